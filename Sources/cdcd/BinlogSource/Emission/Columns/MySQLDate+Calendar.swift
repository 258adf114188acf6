import MySQLWire

extension MySQLDate {
    /// Whether it is a day of the calendar: no part is zero, and the month has that day.
    @inline(__always)
    var isDayOfCalendar: Bool {
        guard !isZeroOrPartial, month <= 12 else { return false }
        return day <= 28 || day <= daysOfMonth
    }

    var daysOfMonth: Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
