import WireCore

/// The calendar of Java's `GregorianCalendar`: Julian until 4 October 1582, Gregorian from the next day, 15 October.
/// Days are counted from 1970-01-01; the year before 1 is 0.
enum HybridCalendar {
    /// 15 October 1582
    static let cutoverDay: Int64 = -141_427
    static let cutoverYear: Int64 = 1582
    static let dayMilliseconds: Int64 = 86_400_000

    static func date(of day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        if day >= cutoverDay { return CivilDate.from(daysSinceEpoch: day) }
        let fixed = day + 719_163
        let year = floorDivide(4 * (fixed + 1) + 1464, 1461)
        var prior = day - julianDay(year: year, month: 1)
        if day >= julianDay(year: year, month: 3) { prior += isJulianLeapYear(year) ? 1 : 2 }
        let month = (12 * prior + 373) / 367
        return (year, month, day - julianDay(year: year, month: month) + 1)
    }

    /// The first day of a month in the Julian calendar.
    static func julianDay(year: Int64, month: Int64) -> Int64 {
        let shift: Int64 = month <= 2 ? 0 : isJulianLeapYear(year) ? -1 : -2
        return 365 * (year - 1) + floorDivide(year - 1, 4) + (367 * month - 362) / 12 + shift - 1 - 719_163
    }

    /// The first day of a month in the Gregorian calendar.
    static func gregorianDay(year: Int64, month: Int64) -> Int64 {
        CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
    }

    /// 1 January of a year, in the calendar that was in use then.
    static func firstDay(ofYear year: Int64) -> Int64 {
        year > cutoverYear ? gregorianDay(year: year, month: 1) : julianDay(year: year, month: 1)
    }

    private static func isLeapYear(_ year: Int64) -> Bool {
        isJulianLeapYear(year) && (year < cutoverYear || year % 100 != 0 || year % 400 == 0)
    }

    static func monthLength(_ month: Int64, ofYear year: Int64) -> Int32 {
        switch month {
        case 2: isLeapYear(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// 1 for Sunday.
    static func weekday(of day: Int64) -> Int64 { floorModulo(day + 4, 7) + 1 }

    /// The last day until `day` that is this weekday. A weekday beyond 1...7 is counted on.
    static func day(onOrBefore day: Int64, weekday: Int64) -> Int64 { day - floorModulo(day + 5 - weekday, 7) }

    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a + 1) / b - 1 }

    static func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
        let rest = a % b
        return rest < 0 ? rest + b : rest
    }

    private static func isJulianLeapYear(_ year: Int64) -> Bool { floorModulo(year, 4) == 0 }
}
