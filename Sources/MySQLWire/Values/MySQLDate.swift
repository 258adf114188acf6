import WireCore

/// A MySQL date: any part may be zero.
public struct MySQLDate: Hashable, Sendable {
    public var year: Int
    public var month: Int
    public var day: Int

    @inlinable
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Whether it is not a day of the calendar: `0000-00-00` or `2020-00-15`.
    @inlinable public var isZeroOrPartial: Bool { year == 0 || month == 0 || day == 0 }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    @inlinable public var epochDays: Int {
        Int(CivilDate.daysSinceEpoch(year: Int64(year), month: Int64(month), day: Int64(day)))
    }

    /// The date of a day counted from 1970-01-01.
    public init(epochDays days: Int) {
        let (year, month, day) = CivilDate.from(daysSinceEpoch: Int64(days))
        self.init(year: Int(year), month: Int(month), day: Int(day))
    }
}

extension MySQLDate: CustomStringConvertible {
    /// `2020-02-29`.
    public var description: String {
        "\(ClockText.padded(year, 4))-\(ClockText.padded(month, 2))-\(ClockText.padded(day, 2))"
    }
}
