/// An encoding of one byte per character.
package final class SingleByteTable: Sendable {
    /// By byte; U+FFFD if it is not a character.
    private let characters: [UInt16]
    /// Whether the lower half is ASCII.
    let containsASCII: Bool

    /// - Parameter packed: the characters of 0x80 to 0xFF, or of all bytes if the lower half is not ASCII.
    package init(_ packed: StaticString) {
        var table = PackedTable(packed)
        containsASCII = table.byteCount == 256
        characters = containsASCII ? Array(0..<128) + table.u16s(128) : table.u16s(256)
    }

    package func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        characters.withUnsafeBufferPointer { characters in
            for byte in bytes { output.append(characters[Int(byte)]) }
        }
    }
}
