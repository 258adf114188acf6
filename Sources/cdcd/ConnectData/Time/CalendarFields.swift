import WireCore

/// The calendar fields of an instant, as `java.util.GregorianCalendar` computes them in the locale `en`: weeks begin on
/// Sunday, and the week with 1 January is the first of its year.
struct CalendarFields {
    /// 0: before Christ, 1: anno Domini.
    let era: Int64
    /// The year in its era, from 1.
    let year: Int64
    /// From 1.
    let month: Int64
    let dayOfMonth: Int64
    let dayOfYear: Int64
    /// From 1, which is Sunday.
    let weekday: Int64
    let weekdayOccurrence: Int64
    let weekOfYear: Int64
    let weekOfMonth: Int64
    /// The year to which the week belongs; 0 for the year before 1.
    let weekYear: Int64
    let millisecondOfDay: Int64
    let offset: JavaTimeZone.Offset

    /// - Parameter milliseconds: since the epoch.
    init(_ milliseconds: Int64, in zone: JavaTimeZone) {
        offset = zone.offset(at: milliseconds)
        let dayMilliseconds = HybridCalendar.dayMilliseconds
        let inDay = milliseconds % dayMilliseconds + offset.totalMilliseconds
        let day = milliseconds / dayMilliseconds + HybridCalendar.floorDivide(inDay, dayMilliseconds)
        millisecondOfDay = HybridCalendar.floorModulo(inDay, dayMilliseconds)

        let date = HybridCalendar.date(of: day)
        (month, dayOfMonth) = (date.month, date.day)
        era = date.year > 0 ? 1 : 0
        year = date.year > 0 ? date.year : 1 - date.year
        weekday = HybridCalendar.weekday(of: day)

        let isCutover = date.year == HybridCalendar.cutoverYear
        let yearStart = HybridCalendar.firstDay(ofYear: date.year)
        // The month of the cutover begins in the Julian calendar.
        let monthStart = isCutover && date.month == 10
            ? HybridCalendar.julianDay(year: date.year, month: 10) : day - date.day + 1
        dayOfYear = day - yearStart + 1
        weekdayOccurrence = (day - monthStart) / 7 + 1
        weekOfMonth = Self.week(of: day, from: monthStart)
        let nextYearStart = HybridCalendar.firstDay(ofYear: date.year + 1)
        let nextFirstWeek = HybridCalendar.day(onOrBefore: nextYearStart, weekday: 1)
        let isInNextYear = nextFirstWeek < nextYearStart && day >= nextFirstWeek
        weekOfYear = isInNextYear ? 1 : Self.week(of: day, from: yearStart)
        weekYear = Self.weekYear(date.year, dayOfYear: dayOfYear, length: nextYearStart - yearStart, isInNextYear)
    }

    /// The number of the week, from 1 for that of `start`.
    private static func week(of day: Int64, from start: Int64) -> Int64 {
        (day - HybridCalendar.day(onOrBefore: start, weekday: 1)) / 7 + 1
    }

    private static func weekYear(_ year: Int64, dayOfYear: Int64, length: Int64, _ isInNextYear: Bool) -> Int64 {
        if year > HybridCalendar.cutoverYear + 1 { return isInNextYear ? year + 1 : year }
        // Java counts the next year in the same era.
        let following = HybridCalendar.firstDay(ofYear: year > 0 ? year + 1 : -year)
        let firstSunday = HybridCalendar.floorModulo(1 - HybridCalendar.weekday(of: following), 7)
        let daysInFirstWeek = firstSunday == 0 ? 7 : firstSunday
        return length - dayOfYear + 1 <= 7 - daysInFirstWeek ? year + 1 : year
    }
}
