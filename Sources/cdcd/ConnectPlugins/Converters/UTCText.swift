import ConnectData
import WireCore

/// Instants as text in UTC, in the proleptic Gregorian calendar.
enum UTCText {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// Connect's dates and times, which Java represents as `java.util.Date`.
    static func connectDate(_ number: Int64, _ type: LogicalType?) -> String? {
        let milliseconds: Int64
        switch type {
        case .date:
            let (product, overflow) = number.multipliedReportingOverflow(by: dayMilliseconds)
            guard !overflow else { return nil }
            milliseconds = product
        case .time, .timestamp: milliseconds = number
        case .decimal, nil: return nil
        }
        return connectDate(milliseconds)
    }

    /// A `java.util.Date`: the time alone on the first day, the date alone at midnight, otherwise both, in UTC.
    static func connectDate(_ milliseconds: Int64) -> String {
        if milliseconds < dayMilliseconds { return time(milliseconds) }
        if milliseconds % dayMilliseconds == 0 { return date(milliseconds) }
        return "\(date(milliseconds))T\(time(milliseconds))"
    }

    /// `yyyy-MM-dd`
    static func date(_ milliseconds: Int64) -> String {
        let (year, month, day) = CivilDate.from(daysSinceEpoch: floorDivide(milliseconds, 86_400_000))
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `HH:mm:ss.SSS'Z'`
    static func time(_ milliseconds: Int64) -> String {
        let inDay = milliseconds - floorDivide(milliseconds, 86_400_000) * 86_400_000
        let seconds = inDay / 1000
        return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + ".\(padded(inDay % 1000, 3))Z"
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-(a + 1)) / b) - 1 }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
