import Testing
import WireTestSupport

/// What Kafka's own classes compute: `Fixtures/java/sasl.txt`.
enum JavaSASLValues {
    /// The fields of the lines of one kind, without the kind.
    static func lines(_ kind: String) throws -> [[String]] {
        let text = String(decoding: try Fixtures.bytes("java/sasl.txt"), as: UTF8.self)
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }.filter { $0[0] == kind }.map { Array($0.dropFirst()) }
        try #require(!lines.isEmpty)
        return lines
    }

    static func bytes(_ field: String) -> [UInt8] {
        stride(from: 0, to: field.utf8.count, by: 2).compactMap { UInt8(field.dropFirst($0).prefix(2), radix: 16) }
    }

    static func text(_ field: String) -> String { String(decoding: bytes(field), as: UTF8.self) }
}
