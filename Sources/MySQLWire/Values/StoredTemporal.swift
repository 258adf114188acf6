/// The temporal types as the binlog stores them ("Date and Time Data Type Representation").
package enum StoredTemporal {
    /// The fraction of a second as microseconds: 0 to 3 big-endian bytes, in units of 10^-2, 10^-4, 10^-6 s.
    @inline(__always)
    static func microseconds(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> Int {
        switch bytes.count - offset {
        case 1: Int(bytes[offset]) * 10_000
        case 2: (Int(bytes[offset]) << 8 | Int(bytes[offset + 1])) * 100
        case 3: Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
        default: 0
        }
    }

    @inline(__always)
    static func bigEndian(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> Int {
        var value = 0
        for index in 0..<count { value = value << 8 | Int(bytes[index]) }
        return value
    }

    /// DATE: u24 little-endian: day 5 bits | month 4 bits | year 15 bits.
    package static func date(_ cell: UnsafeRawBufferPointer) -> MySQLDate {
        let value = Int(cell[0]) | Int(cell[1]) << 8 | Int(cell[2]) << 16
        return MySQLDate(year: value >> 9, month: value >> 5 & 15, day: value & 31)
    }

    /// DATETIME since 5.6.4: big-endian u40: sign 1 bit | year × 13 + month 17 | day 5 | hour 5 | minute 6 | second 6;
    /// then the fraction.
    package static func dateTime2(_ cell: UnsafeRawBufferPointer) -> MySQLDateTime {
        let value = bigEndian(cell, 5) & 0x7F_FFFF_FFFF
        let yearMonth = value >> 22
        return MySQLDateTime(
            date: MySQLDate(year: yearMonth / 13, month: yearMonth % 13, day: value >> 17 & 31), hour: value >> 12 & 31,
            minute: value >> 6 & 63, second: value & 63, microsecond: microseconds(cell, from: 5))
    }

    /// DATETIME before 5.6.4: u64 little-endian, the decimal number yyyymmddhhmmss. A damaged number is truncated.
    package static func dateTime(_ cell: UnsafeRawBufferPointer) -> MySQLDateTime {
        var value = 0
        for index in 0..<8 { value |= Int(cell[index]) << (index * 8) }
        value &= .max
        let (day, clock) = (value / 1_000_000, value % 1_000_000)
        return MySQLDateTime(
            date: MySQLDate(year: day / 10_000 % 10_000, month: day / 100 % 100, day: day % 100), hour: clock / 10_000,
            minute: clock / 100 % 100, second: clock % 100)
    }

    /// TIMESTAMP since 5.6.4: seconds since the epoch u32 big-endian, then the fraction. In microseconds.
    package static func timestamp2(_ cell: UnsafeRawBufferPointer) -> Int64 {
        Int64(bigEndian(cell, 4)) * 1_000_000 + Int64(microseconds(cell, from: 4))
    }

    /// TIMESTAMP before 5.6.4: seconds since the epoch u32 little-endian. In microseconds.
    package static func timestamp(_ cell: UnsafeRawBufferPointer) -> Int64 {
        (Int64(cell[0]) | Int64(cell[1]) << 8 | Int64(cell[2]) << 16 | Int64(cell[3]) << 24) * 1_000_000
    }

    /// TIME since 5.6.4: a big-endian number biased by half its range: sign 1 bit | unused 1 | hour 10 | minute 6 |
    /// second 6, then the fraction, which belongs to the number: -0.5 s is stored below -0. In microseconds.
    package static func time2(_ cell: UnsafeRawBufferPointer) -> Int64 {
        let fractionBits = (cell.count - 3) * 8
        let raw = bigEndian(cell, cell.count)
        let signed = raw - 1 << (23 + fractionBits)
        let magnitude = abs(signed)
        let clock = magnitude >> fractionBits
        let fraction = magnitude & ((1 << fractionBits) - 1)
        let unit = fractionBits == 8 ? 10_000 : fractionBits == 16 ? 100 : 1
        let seconds = (clock >> 12 & 0x3FF) * 3600 + (clock >> 6 & 63) * 60 + clock & 63
        let microseconds = Int64(seconds) * 1_000_000 + Int64(fraction * unit)
        return signed < 0 ? -microseconds : microseconds
    }

    /// TIME before 5.6.4: signed 24 bits little-endian, the decimal number hhmmss. In microseconds.
    package static func time(_ cell: UnsafeRawBufferPointer) -> Int64 {
        let raw = Int(cell[0]) | Int(cell[1]) << 8 | Int(cell[2]) << 16
        let value = raw >= 1 << 23 ? raw - 1 << 24 : raw
        let magnitude = abs(value)
        let seconds = magnitude / 10_000 * 3600 + magnitude / 100 % 100 * 60 + magnitude % 100
        return Int64(value < 0 ? -seconds : seconds) * 1_000_000
    }

    /// YEAR: years since 1900, 0 for the year 0.
    @inlinable
    package static func year(_ cell: UnsafeRawBufferPointer) -> Int { cell[0] == 0 ? 0 : 1900 + Int(cell[0]) }
}
