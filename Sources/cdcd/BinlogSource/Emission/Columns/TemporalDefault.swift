import MySQLWire

/// Dates and times in the spellings that Debezium accepts in a DEFAULT.
///
/// SHOW CREATE TABLE always prints one of them. MySQL's own grammar, which streamed statements use, has more: digits
/// without separators, days before a time, any punctuation as separator.
///
/// Source: Debezium's default value converters, `java.time.format.DateTimeFormatter` and `java.sql.Timestamp`.
enum TemporalDefault {
    enum Reading<Value> {
        case value(Value)
        /// `0000-00-00`, a month or day 00, the number 0.
        case zero
        case unreadable
    }

    /// DATE: `2020-01-05`, and a time after it, which is dropped.
    static func date(_ text: String) -> Reading<MySQLDate> {
        if text == "0" || isZeroDate(text) || isZeroDateTime(text) { return .zero }
        var scanner = Scanner(text)
        guard let value = isoDateTime(&scanner) else { return .unreadable }
        return .value(value.date)
    }

    /// DATETIME: `2020-01-05`, `2020-01-05 10:11`, `2020-01-05 10:11:12.5`.
    static func dateTime(_ text: String) -> Reading<MySQLDateTime> {
        if text == "0" || isZeroDateTime(text) { return .zero }
        var scanner = Scanner(text)
        guard let value = isoDateTime(&scanner) else { return .unreadable }
        return .value(value)
    }

    /// TIMESTAMP: numbers with any separators; parts at the end may be missing: `2020-1-5`, `2020/01/05T10.11`.
    static func timestamp(_ text: String) -> Reading<MySQLDateTime> {
        if text == "0" || text == "1970-01-01 00:00:00" || isZeroDateTime(text) { return .zero }
        var scanner = Scanner(text)
        guard let value = separatedDateTime(&scanner), scanner.isAtEnd else { return .unreadable }
        return .value(value)
    }

    /// TIME in microseconds: `8:00`, `-838:59:59.5`, and the time of `2020-01-05 10:11:12`.
    ///
    /// - Parameter losesSign: whether a time above -01:00:00 becomes positive.
    static func time(_ text: String, losesSign: Bool) -> Int64? {
        var scanner = Scanner(text)
        scanner.skipDateBeforeTime()
        let isNegative = scanner.skip(UInt8(ascii: "-"))
        guard let hours = scanner.number(), scanner.skip(UInt8(ascii: ":")), let minutes = scanner.number() else {
            return nil
        }
        var seconds = 0
        if scanner.skip(UInt8(ascii: ":")) {
            guard let number = scanner.number() else { return nil }
            seconds = number
        }
        guard let microseconds = scanner.fraction(), scanner.isAtEnd else { return nil }
        let magnitude = (Int64(hours) * 3600 + Int64(minutes) * 60 + Int64(seconds)) * 1_000_000 + Int64(microseconds)
        return isNegative && !(losesSign && hours == 0) ? -magnitude : magnitude
    }

    // MARK: Zero dates

    /// `2020-01-00`, `2020-00-05`, `0000-01-05`.
    private static func isZeroDate(_ text: String) -> Bool {
        var scanner = Scanner(text)
        return scanner.zeroDate() && scanner.isAtEnd
    }

    /// A zero date at midnight; with another time it is invalid.
    private static func isZeroDateTime(_ text: String) -> Bool {
        var scanner = Scanner(text)
        guard scanner.zeroDate(), scanner.skip(" 00:00:00") else { return false }
        return scanner.isAtEnd || scanner.digitsOfFraction().map { (1...6).contains($0) } ?? false && scanner.isAtEnd
    }

    // MARK: Forms

    /// Years have four digits; the microseconds of later ones would overflow.
    private static let yearMax = 9999

    private static func isoDateTime(_ scanner: inout Scanner) -> MySQLDateTime? {
        guard let date = scanner.isoDate() else { return nil }
        var value = MySQLDateTime(date: date)
        if scanner.isAtEnd { return value }
        guard scanner.skip(UInt8(ascii: " ")), let hour = scanner.number(digits: 2), hour < 24,
            scanner.skip(UInt8(ascii: ":")), let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        (value.hour, value.minute) = (hour, minute)
        if scanner.skip(UInt8(ascii: ":")) {
            guard let second = scanner.number(digits: 2), second < 60, let microsecond = scanner.fraction() else {
                return nil
            }
            (value.second, value.microsecond) = (second, microsecond)
        }
        return scanner.isAtEnd ? value : nil
    }

    private static func separatedDateTime(_ scanner: inout Scanner) -> MySQLDateTime? {
        guard let year = scanner.number(), scanner.skipSeparator(), let month = scanner.number(),
            scanner.skipSeparator(), let day = scanner.number(), year <= yearMax, (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        var value = MySQLDateTime(date: MySQLDate(year: year, month: month, day: day))
        if year < 100 {
            // Java treats it as a date of the Julian calendar, two days ahead of the Gregorian one in that century.
            value.date = MySQLDate(epochDays: value.date.epochDays - 2)
        }
        guard scanner.skipSeparator() else { return value }
        guard let hour = scanner.number() else { return nil }
        value.hour = hour
        guard scanner.skipSeparator() else { return value }
        guard let minute = scanner.number() else { return nil }
        value.minute = minute
        guard scanner.skipSeparator() else { return value }
        guard let second = scanner.number(), let microsecond = scanner.fraction() else { return nil }
        (value.second, value.microsecond) = (second, microsecond)
        return value
    }

    /// Parses a text from left to right.
    private struct Scanner {
        private let bytes: [UInt8]
        private var offset = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        var isAtEnd: Bool { offset == bytes.count }

        private var isAtDigit: Bool { offset < bytes.count && (0x30...0x39).contains(bytes[offset]) }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard offset < bytes.count, bytes[offset] == byte else { return false }
            offset += 1
            return true
        }

        mutating func skip(_ text: String) -> Bool {
            guard bytes[offset...].starts(with: text.utf8) else { return false }
            offset += text.utf8.count
            return true
        }

        /// One or more characters that are not digits.
        mutating func skipSeparator() -> Bool {
            guard offset < bytes.count, !isAtDigit else { return false }
            while offset < bytes.count, !isAtDigit { offset += 1 }
            return true
        }

        /// A number of at most nine digits.
        mutating func number() -> Int? {
            let start = offset
            var value = 0
            while isAtDigit, offset - start < 9 {
                value = value * 10 + Int(bytes[offset] - 0x30)
                offset += 1
            }
            return offset == start || isAtDigit ? nil : value
        }

        /// A number with exactly this many digits.
        mutating func number(digits: Int) -> Int? {
            let start = offset
            guard let value = number(), offset - start == digits else { return nil }
            return value
        }

        /// The number of digits after a point at this position; nil without a point.
        mutating func digitsOfFraction() -> Int? {
            guard skip(UInt8(ascii: ".")) else { return nil }
            let start = offset
            while isAtDigit { offset += 1 }
            return offset - start
        }

        /// The fraction of a second in microseconds, truncated; nil if it has more than nine digits.
        mutating func fraction() -> Int? {
            let start = offset + 1
            guard let count = digitsOfFraction() else { return 0 }
            guard count <= 9 else { return nil }
            let digits = bytes[start..<start + min(count, 6)].map { Int($0 - 0x30) }
            return (digits + repeatElement(0, count: 6 - digits.count)).reduce(0) { $0 * 10 + $1 }
        }

        /// A day of the calendar with four, two and two digits; a day after the end of its month is the month's last.
        mutating func isoDate() -> MySQLDate? {
            guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2),
                skip(UInt8(ascii: "-")), let day = number(digits: 2), year > 0, (1...12).contains(month),
                (1...31).contains(day)
            else { return nil }
            let date = MySQLDate(year: year, month: month, day: day)
            return MySQLDate(year: year, month: month, day: min(day, date.daysOfMonth))
        }

        /// Four, two and two digits, one part of which is zero.
        mutating func zeroDate() -> Bool {
            guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2),
                skip(UInt8(ascii: "-")), let day = number(digits: 2)
            else { return false }
            return MySQLDate(year: year, month: month, day: day).isZeroOrPartial
        }

        /// Skips `2020-01-05 ` if two colons follow.
        mutating func skipDateBeforeTime() {
            let parts = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            let dashes = parts[0].count { $0 == UInt8(ascii: "-") }
            guard parts.count == 2, dashes == 2, parts[1].count(where: { $0 == UInt8(ascii: ":") }) == 2,
                parts[0].allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) })
            else { return }
            offset = parts[1].startIndex
        }
    }
}
