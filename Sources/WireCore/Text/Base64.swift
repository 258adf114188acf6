/// Base64 of RFC 4648, with padding and without line breaks.
@usableFromInline package enum Base64 {
    @usableFromInline package enum Alphabet {
        /// Section 4.
        case standard
        /// Section 5: with `-` and `_`, safe in URLs and file names.
        case urlSafe
    }

    /// The length of the text for this number of bytes.
    @inlinable package static func byteCount(_ sourceCount: Int) -> Int { (sourceCount + 2) / 3 * 4 }

    /// Writes the text at the address, which has room for `byteCount` bytes. Returns the address after it.
    @usableFromInline
    package static func encode(
        _ source: UnsafeRawBufferPointer, _ alphabet: Alphabet = .standard, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let standard: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let urlSafe: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let symbols = (alphabet == .standard ? standard : urlSafe).utf8Start
        var target = start
        func write(_ group: UInt32, _ symbolCount: Int) {
            for place in 0..<4 {
                let digit = Int(group >> UInt32(18 - place * 6) & 63)
                target[place] = place < symbolCount ? symbols[digit] : UInt8(ascii: "=")
            }
            target += 4
        }
        var index = 0
        while index &+ 3 <= source.count {
            write(
                UInt32(source[index]) &<< 16 | UInt32(source[index &+ 1]) &<< 8 | UInt32(source[index &+ 2]), 4)
            index &+= 3
        }
        switch source.count &- index {
        case 1: write(UInt32(source[index]) << 16, 2)
        case 2: write(UInt32(source[index]) << 16 | UInt32(source[index + 1]) << 8, 3)
        default: break
        }
        return target
    }

    /// Returns nil for anything except padded base64.
    package static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count % 4 == 0 else { return nil }
        let padding = source.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        for (index, byte) in source.enumerated() {
            let isPadding = index >= source.count - padding
            guard let value = isPadding ? 0 : self.value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            for shift in [16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            bits = 0
        }
        return Array(bytes.dropLast(padding))
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
