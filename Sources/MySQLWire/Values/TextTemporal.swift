/// The temporal types in the text protocol.
package enum TextTemporal {
    /// The digits up to the next character that is not a digit.
    private static func number(_ text: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        let start = offset
        var value = 0
        while offset < text.count, text[offset] >= 0x30, text[offset] <= 0x39, offset - start < 9 {
            value = value * 10 + Int(text[offset] - 0x30)
            offset += 1
        }
        return offset == start ? nil : value
    }

    private static func skip(_ character: UInt8, _ text: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        guard offset < text.count, text[offset] == character else { return false }
        offset += 1
        return true
    }

    private static func date(_ text: UnsafeRawBufferPointer, _ offset: inout Int) -> MySQLDate? {
        guard let year = number(text, &offset), skip(0x2D, text, &offset), let month = number(text, &offset),
            skip(0x2D, text, &offset), let day = number(text, &offset), year <= 9999, month <= 12, day <= 31
        else { return nil }
        return MySQLDate(year: year, month: month, day: day)
    }

    /// A fraction of at most six digits, as microseconds; 0 if there is none.
    private static func fraction(_ text: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        guard skip(0x2E, text, &offset) else { return 0 }
        let start = offset
        guard var value = number(text, &offset), offset - start <= 6 else { return nil }
        for _ in (offset - start)..<6 { value *= 10 }
        return value
    }

    private static func clock(
        _ text: UnsafeRawBufferPointer, _ offset: inout Int
    ) -> (hour: Int, minute: Int, second: Int, microsecond: Int)? {
        guard let hour = number(text, &offset), skip(0x3A, text, &offset), let minute = number(text, &offset),
            skip(0x3A, text, &offset), let second = number(text, &offset), let microsecond = fraction(text, &offset)
        else { return nil }
        return (hour, minute, second, microsecond)
    }

    /// `2020-02-29`.
    package static func date(_ text: UnsafeRawBufferPointer) -> MySQLDate? {
        var offset = 0
        guard let date = date(text, &offset), offset == text.count else { return nil }
        return date
    }

    /// `2020-02-29 12:34:56.789`.
    package static func dateTime(_ text: UnsafeRawBufferPointer) -> MySQLDateTime? {
        if let value = usualDateTime(text) { return value }
        var offset = 0
        guard let date = date(text, &offset), skip(0x20, text, &offset), let clock = clock(text, &offset),
            offset == text.count
        else { return nil }
        return MySQLDateTime(
            date: date, hour: clock.hour, minute: clock.minute, second: clock.second, microsecond: clock.microsecond)
    }

    /// A value in the form in which the server writes all of them: four digits and five times two, and up to six digits
    /// after a point. Returns nil for any other text.
    private static func usualDateTime(_ text: UnsafeRawBufferPointer) -> MySQLDateTime? {
        guard text.count >= 19, text.count <= 26, text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x20, text[13] == 0x3A,
            text[16] == 0x3A
        else { return nil }
        var isDigit = true
        func pair(at offset: Int) -> Int {
            let (tens, ones) = (text[offset] &- 0x30, text[offset &+ 1] &- 0x30)
            isDigit = isDigit && tens < 10 && ones < 10
            return Int(tens) &* 10 &+ Int(ones)
        }
        let (year, month, day) = (pair(at: 0) &* 100 &+ pair(at: 2), pair(at: 5), pair(at: 8))
        let (hour, minute, second) = (pair(at: 11), pair(at: 14), pair(at: 17))
        var microsecond = 0
        if text.count > 19 {
            guard text.count > 20, text[19] == 0x2E else { return nil }
            for offset in 20..<26 {
                let digit = offset < text.count ? text[offset] &- 0x30 : 0
                isDigit = isDigit && digit < 10
                microsecond = microsecond &* 10 &+ Int(digit)
            }
        }
        guard isDigit, month <= 12, day <= 31 else { return nil }
        return MySQLDateTime(
            date: MySQLDate(year: year, month: month, day: day), hour: hour, minute: minute, second: second,
            microsecond: microsecond)
    }

    /// `-838:59:59.000000`, in microseconds.
    package static func time(_ text: UnsafeRawBufferPointer) -> Int64? {
        var offset = 0
        let isNegative = skip(0x2D, text, &offset)
        guard let clock = clock(text, &offset), offset == text.count else { return nil }
        let seconds = Int64(clock.hour * 3600 + clock.minute * 60 + clock.second)
        let value = seconds * 1_000_000 + Int64(clock.microsecond)
        return isNegative ? -value : value
    }
}
