/// Integers as decimal digits, written into memory of the caller.
@usableFromInline package enum IntegerText {
    /// The length of the longest text, `-9223372036854775808`.
    @usableFromInline package static let bytesMax = 20

    /// Writes the number at the address, which has room for `bytesMax` bytes. Returns the address after it.
    @inlinable
    package static func write(_ value: Int64, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var target = start
        if value < 0 {
            target.pointee = UInt8(ascii: "-")
            target += 1
        }
        return write(value.magnitude, to: target)
    }

    @inlinable
    package static func write(_ value: UInt64, to target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        if value < 10 {
            target.pointee = 0x30 &+ UInt8(truncatingIfNeeded: value)
            return target + 1
        }
        let count = digitCount(value)
        writeDigits(value, count, to: target)
        return target + count
    }

    /// Writes exactly `count` digits, with leading zeros. Precondition: the number has at most `count` digits.
    @inlinable
    package static func writeDigits(_ value: UInt64, _ count: Int, to target: UnsafeMutablePointer<UInt8>) {
        // Two digits at a time, from the last ones.
        let pairs: StaticString = """
            0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
            5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
            """
        let symbols = pairs.utf8Start
        var rest = value
        var end = target + count
        while end - target >= 2 {
            let next = rest / 100
            let pair = symbols + Int(truncatingIfNeeded: rest &- next &* 100) &* 2
            end -= 2
            end[0] = pair[0]
            end[1] = pair[1]
            rest = next
        }
        if end > target { target.pointee = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10) }
    }

    /// The number of digits: that of the power of two below it, which is exact or one too small.
    @inlinable
    static func digitCount(_ value: UInt64) -> Int {
        let bits = 64 &- (value | 1).leadingZeroBitCount
        // log10(2) = 0.30103 = 1233 / 4096.
        let estimate = (bits &* 1233) &>> 12
        return estimate &+ (value >= power(ofTen: estimate) ? 1 : 0)
    }

    /// 10 to the power of `exponent`, 0 to 19.
    @inlinable
    package static func power(ofTen exponent: Int) -> UInt64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        case 15: 1_000_000_000_000_000
        case 16: 10_000_000_000_000_000
        case 17: 100_000_000_000_000_000
        case 18: 1_000_000_000_000_000_000
        default: 10_000_000_000_000_000_000
        }
    }
}
