/// Bytes as hexadecimal digits, two for each byte.
package enum HexText {
    package static func text(_ bytes: UnsafeRawBufferPointer, isUppercase: Bool = false) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            return write(bytes, isUppercase: isUppercase, to: start) - start
        }
    }

    package static func text(_ bytes: [UInt8], isUppercase: Bool = false) -> String {
        bytes.withUnsafeBytes { text($0, isUppercase: isUppercase) }
    }

    /// Writes the digits to memory with room for them. Returns the address after them.
    @inlinable @inline(__always)
    package static func write(
        _ bytes: UnsafeRawBufferPointer, isUppercase: Bool = false, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let letters: UInt8 = isUppercase ? 0x37 : 0x57
        var end = start
        for byte in bytes {
            let (high, low) = (byte >> 4, byte & 15)
            end[0] = high &+ (high < 10 ? 0x30 : letters)
            end[1] = low &+ (low < 10 ? 0x30 : letters)
            end += 2
        }
        return end
    }

    /// The bytes of hexadecimal digits of either case; nil if the text has other characters or half a byte.
    package static func bytes(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = text[index].hexDigitValue, let low = text[index + 1].hexDigitValue else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
