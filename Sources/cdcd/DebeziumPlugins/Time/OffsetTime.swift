import ConnectData
import WireCore

/// A date and time, or a time, with an offset from UTC, in the texts of Java's `ISO_OFFSET_DATE_TIME` and
/// `ISO_OFFSET_TIME`.
struct OffsetTime {
    /// On the clocks of the offset: seconds since 1970-01-01T00:00, or since midnight without a date.
    private(set) var localSeconds: Int64 = 0
    private(set) var nanoseconds: Int64 = 0
    private(set) var offsetSeconds: Int64 = 0
    private let hasDate: Bool

    /// - Throws: if the text is not in the format.
    init(_ text: String, hasDate: Bool) throws(DataError) {
        self.hasDate = hasDate
        var reader = Reader(bytes: Array(text.utf8))
        guard Self.read(&reader, &self) else {
            let place = reader.problem.map { ": \($0)" } ?? " at index \(reader.index)"
            throw DataError("Text '\(text)' could not be parsed\(place)")
        }
        guard reader.index == reader.bytes.count else {
            throw DataError("Text '\(text)' could not be parsed, unparsed text found at index \(reader.index)")
        }
    }

    /// The same instant with another offset; without a date, of the same day.
    func with(offsetSeconds offset: Int64) -> OffsetTime {
        var result = self
        result.localSeconds += offset - offsetSeconds
        if !hasDate { result.localSeconds = (result.localSeconds % 86_400 + 86_400) % 86_400 }
        result.offsetSeconds = offset
        return result
    }

    /// Seconds are always shown, a fraction as long as it must be.
    var text: String {
        let inDay = (localSeconds % 86_400 + 86_400) % 86_400
        var text = ""
        if hasDate {
            let (year, month, day) = CivilDate.from(daysSinceEpoch: (localSeconds - inDay) / 86_400)
            let digits = Self.digits(Int64(year.magnitude), 4)
            text = (year < 0 ? "-" : year > 9999 ? "+" : "") + digits + "-" + Self.digits(month, 2) + "-"
            text += Self.digits(day, 2) + "T"
        }
        text += Self.clock(inDay, alwaysSeconds: true)
        if nanoseconds > 0 {
            var fraction = Self.digits(nanoseconds, 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        if offsetSeconds == 0 { return text + "Z" }
        return text + (offsetSeconds < 0 ? "-" : "+") + Self.clock(Int64(offsetSeconds.magnitude), alwaysSeconds: false)
    }

    private static func clock(_ seconds: Int64, alwaysSeconds: Bool) -> String {
        let text = digits(seconds / 3600, 2) + ":" + digits(seconds / 60 % 60, 2)
        return alwaysSeconds || seconds % 60 != 0 ? text + ":" + digits(seconds % 60, 2) : text
    }

    private static func digits(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

// MARK: Reading

extension OffsetTime {
    private struct Reader {
        let bytes: [UInt8]
        var index = 0
        /// Why a number is refused.
        var problem: String?

        /// - Parameter letter: lowercase, or another character.
        mutating func skip(_ letter: UInt8) -> Bool {
            guard index < bytes.count else { return false }
            let isCapital = letter >= UInt8(ascii: "a") && bytes[index] == letter - 0x20
            guard bytes[index] == letter || isCapital else { return false }
            index += 1
            return true
        }

        /// Reads the value of a field of `java.time.temporal.ChronoField`.
        mutating func number(_ count: ClosedRange<Int>, _ range: ClosedRange<Int64>, _ field: String = "") -> Int64? {
            var value: Int64 = 0
            var end = index
            while end < bytes.count, end - index < count.upperBound, (0x30...0x39).contains(bytes[end]) {
                value = value * 10 + Int64(bytes[end] - 0x30)
                end += 1
            }
            guard count.contains(end - index) else { return nil }
            guard range.contains(value) else {
                let valid = "\(range.lowerBound) - \(range.upperBound)"
                problem = "Invalid value for \(field) (valid values \(valid)): \(value)"
                return nil
            }
            index = end
            return value
        }
    }

    private static func read(_ reader: inout Reader, _ time: inout OffsetTime) -> Bool {
        if time.hasDate {
            guard let days = readDate(&reader), reader.skip(UInt8(ascii: "t")) else { return false }
            time.localSeconds = days * 86_400
        }
        guard let hour = reader.number(2...2, 0...23, "HourOfDay"), reader.skip(UInt8(ascii: ":")),
            let minute = reader.number(2...2, 0...59, "MinuteOfHour")
        else { return false }
        time.localSeconds += hour * 3600 + minute * 60
        if reader.skip(UInt8(ascii: ":")) {
            guard let second = reader.number(2...2, 0...59, "SecondOfMinute") else { return false }
            time.localSeconds += second
            if reader.skip(UInt8(ascii: ".")) {
                let start = reader.index
                guard var fraction = reader.number(0...9, 0...999_999_999) else { return false }
                for _ in (reader.index - start)..<9 { fraction *= 10 }
                time.nanoseconds = fraction
            }
        }
        return readOffset(&reader, &time)
    }

    /// Days since the epoch.
    private static func readDate(_ reader: inout Reader) -> Int64? {
        let isNegative = reader.skip(UInt8(ascii: "-"))
        let isLong = !isNegative && reader.skip(UInt8(ascii: "+"))
        let digits = isLong ? 5...9 : 4...(isNegative ? 9 : 4)
        guard let year = reader.number(digits, 0...999_999_999), reader.skip(UInt8(ascii: "-")),
            let month = reader.number(2...2, 1...12, "MonthOfYear"), reader.skip(UInt8(ascii: "-")),
            let day = reader.number(2...2, 1...31, "DayOfMonth")
        else { return nil }
        let days = CivilDate.daysSinceEpoch(year: isNegative ? -year : year, month: month, day: day)
        if CivilDate.from(daysSinceEpoch: days).month == month { return days }
        reader.problem = "Invalid date"
        return nil
    }

    private static func readOffset(_ reader: inout Reader, _ time: inout OffsetTime) -> Bool {
        if reader.skip(UInt8(ascii: "z")) { return true }
        let isNegative = reader.skip(UInt8(ascii: "-"))
        guard isNegative || reader.skip(UInt8(ascii: "+")) else { return false }
        guard let hour = reader.number(2...2, 0...18) else { return false }
        var seconds = hour * 3600
        if reader.skip(UInt8(ascii: ":")) {
            guard let minute = reader.number(2...2, 0...59) else { return false }
            seconds += minute * 60
            if reader.skip(UInt8(ascii: ":")) {
                guard let second = reader.number(2...2, 0...59) else { return false }
                seconds += second
            }
        }
        time.offsetSeconds = isNegative ? -seconds : seconds
        return true
    }
}
