/// The minimal big-endian two's complement of a number: the unscaled value of Connect's `Decimal`, as Java's
/// `BigInteger.toByteArray` returns it.
enum TwosComplement {
    /// The bytes of a decimal integer.
    ///
    /// - Parameter digits: values 0 to 9, the highest first.
    static func bytes(isNegative: Bool, digits: [UInt8]) -> [UInt8] {
        // Base 256, least significant byte first.
        var magnitude: [UInt8] = []
        for digit in digits {
            var carry = Int(digit)
            for index in magnitude.indices {
                let product = Int(magnitude[index]) * 10 + carry
                magnitude[index] = UInt8(product & 0xFF)
                carry = product >> 8
            }
            if carry > 0 { magnitude.append(UInt8(carry)) }
        }
        while magnitude.last == 0 { magnitude.removeLast() }
        magnitude.append(0)
        if isNegative {
            var carry = 1
            for index in magnitude.indices {
                let value = Int(~magnitude[index]) + carry
                magnitude[index] = UInt8(value & 0xFF)
                carry = value >> 8
            }
        }
        // Remove bytes that only repeat the sign.
        while magnitude.count > 1 {
            let (last, before) = (magnitude[magnitude.count - 1], magnitude[magnitude.count - 2])
            guard (last == 0 && before < 0x80) || (last == 0xFF && before >= 0x80) else { break }
            magnitude.removeLast()
        }
        return magnitude.reversed()
    }

    /// The bytes of a number that fits into 64 bits.
    static func bytes(_ value: Int64) -> [UInt8] {
        let bits = 64 - (value < 0 ? (~value).leadingZeroBitCount : value.leadingZeroBitCount)
        let count = bits / 8 + 1
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                buffer[index] = UInt8(truncatingIfNeeded: value >> Int64((count - 1 - index) * 8))
            }
            filled = count
        }
    }
}
