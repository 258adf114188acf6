/// An encoding of one byte a character, whose lower half is ASCII.
final class SingleByteTable: Sendable {
    /// By byte; U+FFFD where there is none.
    private let characters: [UInt16]

    init(_ packed: StaticString) {
        var table = PackedTable(packed)
        characters = Array(0..<128) + table.u16s(128)
    }

    func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        characters.withUnsafeBufferPointer { characters in
            for byte in bytes { output.append(characters[Int(byte)]) }
        }
    }
}
