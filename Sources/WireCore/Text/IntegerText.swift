/// Integers as decimal digits, written into memory of the caller.
@usableFromInline package enum IntegerText {
    /// The room that `write` needs. The longest text, `-9223372036854775808`, has 20 bytes; eight are written at once.
    @usableFromInline package static let roomBytes = 32

    /// Writes the number at the address, which has room for `roomBytes` bytes. Returns the address after it.
    @inlinable @inline(__always)
    package static func write(_ value: Int64, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        start.pointee = UInt8(ascii: "-")
        return write(value.magnitude, to: start + (value < 0 ? 1 : 0))
    }

    @inlinable @inline(__always)
    package static func write(_ value: UInt64, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        if value < 100_000_000 { return writeFirst(UInt32(truncatingIfNeeded: value), to: start) }
        return writeLong(value, to: start)
    }

    /// A number of at least nine digits.
    @usableFromInline
    static func writeLong(_ value: UInt64, to start: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
        var target = start
        if high < 100_000_000 {
            target = writeFirst(UInt32(truncatingIfNeeded: high), to: target)
        } else {
            let (top, middle) = high.quotientAndRemainder(dividingBy: 100_000_000)
            target = writeFirst(UInt32(truncatingIfNeeded: top), to: target)
            store(digits(UInt32(truncatingIfNeeded: middle)), at: target)
            target += 8
        }
        store(digits(UInt32(truncatingIfNeeded: low)), at: target)
        return target + 8
    }

    /// Writes a number of at most eight digits without leading zeros.
    @inlinable @inline(__always)
    static func writeFirst(
        _ value: UInt32, to start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        if value < 10 {
            start.pointee = 0x30 &+ UInt8(truncatingIfNeeded: value)
            return start + 1
        }
        let text = digits(value)
        // The first digit is in the lowest byte.
        let zeros = (text ^ zeroDigits).trailingZeroBitCount &>> 3
        store(text &>> UInt64(zeros &* 8), at: start)
        return start + (8 &- zeros)
    }

    /// Writes exactly `count` digits, at most eight, with leading zeros. Eight bytes are written.
    ///
    /// Precondition: the number has at most `count` digits.
    @inlinable @inline(__always)
    package static func writeDigits(_ value: UInt32, _ count: Int, to start: UnsafeMutablePointer<UInt8>) {
        store(digits(value) &>> UInt64(64 &- count &* 8), at: start)
    }

    /// The same for any number of digits.
    package static func writeDigits(_ value: UInt64, _ count: Int, to start: UnsafeMutablePointer<UInt8>) {
        guard count > 8 else { return writeDigits(UInt32(truncatingIfNeeded: value), count, to: start) }
        let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
        writeDigits(high, count - 8, to: start)
        store(digits(UInt32(truncatingIfNeeded: low)), at: start + (count - 8))
    }

    @inlinable static var zeroDigits: UInt64 { 0x3030_3030_3030_3030 }

    /// The eight digits of a number below 10^8, as text in memory order.
    ///
    /// Splits the number into halves of four digits, then all halves at once into pairs and then digits. The quotients
    /// by 100 and 10 are products with reciprocals that are exact for numbers of this size.
    @inlinable @inline(__always)
    package static func digits(_ value: UInt32) -> UInt64 {
        let high = value / 10_000
        let fours = UInt64(high) | UInt64(value &- high &* 10_000) &<< 32
        let hundreds = ((fours &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let pairs = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = ((pairs &* 103) &>> 10) & 0x000F_000F_000F_000F
        return tens | (pairs &- tens &* 10) &<< 8 | zeroDigits
    }

    @inlinable @inline(__always)
    static func store(_ text: UInt64, at address: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(address).storeBytes(of: text.littleEndian, as: UInt64.self)
    }

    /// 10 to the power of `exponent`, 0 to 19.
    @inlinable @inline(__always)
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
