/// A date and a time of day, without a zone.
public struct MySQLDateTime: Hashable, Sendable {
    public var date: MySQLDate
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var microsecond: Int

    @inlinable
    public init(date: MySQLDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }

    /// Microseconds since 1970-01-01 00:00 of the same (unnamed) zone.
    @inlinable public var epochMicroseconds: Int64 {
        Int64(date.epochDays) * 86_400_000_000 + Int64(hour * 3600 + minute * 60 + second) * 1_000_000
            + Int64(microsecond)
    }

    public init(epochMicroseconds: Int64) {
        var (day, rest) = Int(epochMicroseconds).quotientAndRemainder(dividingBy: 86_400_000_000)
        if rest < 0 { (day, rest) = (day - 1, rest + 86_400_000_000) }
        let seconds = rest / 1_000_000
        self.init(
            date: MySQLDate(epochDays: day), hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60,
            microsecond: rest % 1_000_000)
    }
}

extension MySQLDateTime: CustomStringConvertible {
    /// `2020-02-29 12:34:56.789`, the fraction without trailing zeros.
    public var description: String {
        "\(date) " + ClockText.text(hour: hour, minute: minute, second: second, microsecond: microsecond)
    }
}
