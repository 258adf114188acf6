import WireCore

/// Reads the generated tables: base64 of a zlib stream of big-endian numbers.
struct PackedTable {
    private let bytes: [UInt8]
    private var offset = 0

    /// The largest table has some 25,000 cells of two bytes.
    private static let tableBytesMax = 1 << 17

    init(_ text: StaticString) {
        var packed: [UInt8] = []
        var (bits, bitCount) = (UInt32(0), 0)
        for index in 0..<text.utf8CodeUnitCount {
            guard let digit = Self.digit(text.utf8Start[index]) else { break }
            bits = bits << 6 | digit
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                packed.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        guard let bytes = packed.withUnsafeBytes({ Zlib.inflated($0, bytesMax: Self.tableBytesMax) }) else {
            preconditionFailure("a generated table is damaged")
        }
        self.bytes = bytes
    }

    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 0x41
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 0x61 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// The number of unpacked bytes.
    var byteCount: Int { bytes.count }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func byte() -> UInt8 {
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func u16() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func u16s(_ count: Int) -> [UInt16] { (0..<count).map { _ in u16() } }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }
}
