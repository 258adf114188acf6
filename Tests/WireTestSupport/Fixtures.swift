import Foundation

/// The captured bytes and golden files in `Fixtures/`.
package enum Fixtures {
    /// The folder itself, relative to the path of this source file.
    package static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// The bytes of a file; its path is relative to `Fixtures/`.
    package static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    package static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }
}

extension [UInt8] {
    /// The bytes of hexadecimal digits; blanks are ignored. Nil for anything else.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8.filter { $0 != 0x20 && $0 != 0x0A }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        self = bytes
    }

    package var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
