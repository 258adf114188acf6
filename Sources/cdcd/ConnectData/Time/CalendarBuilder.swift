/// Computes an instant from the fields that were set, as `java.text.CalendarBuilder` and `GregorianCalendar` do in
/// lenient mode and the locale `en`: the fields that were set last decide which of them determine the day.
struct CalendarBuilder {
    enum Field: Int {
        case era, year, month, weekOfYear, weekOfMonth, dayOfMonth, dayOfYear, weekday, weekdayOccurrence, halfOfDay
        case hour, hourOfDay, minute, second, millisecond, zoneOffset, daylightOffset, weekYear
    }

    /// How the day of a date is determined.
    private enum DaySelection {
        case dayOfMonth, weekOfMonth, weekdayOccurrence, dayOfYear, weekOfYear
    }

    private var values = [Int32](repeating: 0, count: 18)
    /// The order in which the fields were set; 0: not set.
    private var stamps = [Int](repeating: 0, count: 18)
    private var nextStamp = 1

    mutating func set(_ field: Field, _ value: Int32) {
        values[field.rawValue] = value
        stamps[field.rawValue] = nextStamp
        nextStamp += 1
    }

    mutating func clear(_ field: Field) {
        values[field.rawValue] = 0
        stamps[field.rawValue] = 0
    }

    mutating func addYears(_ count: Int32) {
        values[Field.year.rawValue] &+= count
        values[Field.weekYear.rawValue] &+= count
    }

    /// Milliseconds since the epoch. What the fields leave open is that of 1970-01-01T00:00 in the zone.
    func milliseconds(in zone: JavaTimeZone) -> Int64 {
        guard isSet(.weekYear), stamps[Field.weekYear.rawValue] > stamps[Field.year.rawValue] else {
            return milliseconds(of: self, in: zone)
        }
        var dated = self
        dated.setDateOfWeek(in: zone)
        return milliseconds(of: dated, in: zone)
    }

    private func isSet(_ field: Field) -> Bool { stamp(field) > 0 }
    private func stamp(_ field: Field) -> Int { stamps[field.rawValue] }
    private func value(_ field: Field) -> Int32 { values[field.rawValue] }
    private func wide(_ field: Field) -> Int64 { Int64(values[field.rawValue]) }

    // MARK: Week dates

    /// `GregorianCalendar.setWeekDate`
    private mutating func setDateOfWeek(in zone: JavaTimeZone) {
        var week = isSet(.weekOfYear) ? value(.weekOfYear) : 1
        var weekday = isSet(.weekday) ? wide(.weekday) : 1
        if !(1...7).contains(weekday) {
            week &+= Int32(truncatingIfNeeded: HybridCalendar.floorDivide(weekday - 1, 7))
            // As Java does, from the numbers of ISO 8601.
            weekday = HybridCalendar.floorModulo(weekday - 1, 7) + 2
            if weekday == 8 { weekday = 1 }
        }
        let era = CalendarFields(milliseconds(of: self, in: zone), in: zone).era
        let year = era == 0 ? 1 &- value(.weekYear) : value(.weekYear)
        var first = CalendarBuilder()
        first.set(.year, year)
        first.set(.weekOfYear, 1)
        first.set(.weekday, 1)
        let days = Int32(truncatingIfNeeded: weekday - 1) &+ 7 &* (week &- 1)
        let start = HybridCalendar.floorDivide(
            milliseconds(of: first, in: .utc), HybridCalendar.dayMilliseconds)
        let fields = CalendarFields(
            (start + Int64(days)) &* HybridCalendar.dayMilliseconds, in: .utc)
        set(.era, Int32(truncatingIfNeeded: fields.era))
        set(.year, Int32(truncatingIfNeeded: fields.year))
        set(.month, Int32(truncatingIfNeeded: fields.month - 1))
        set(.dayOfMonth, Int32(truncatingIfNeeded: fields.dayOfMonth))
    }

    // MARK: GregorianCalendar.computeTime

    private func milliseconds(of fields: CalendarBuilder, in zone: JavaTimeZone) -> Int64 {
        let dayMilliseconds = HybridCalendar.dayMilliseconds
        let time = fields.timeOfDay
        let extraDays = HybridCalendar.floorDivide(time, dayMilliseconds)
        let day = fields.day(plus: extraDays)
        let local = day &* dayMilliseconds &+ HybridCalendar.floorModulo(time, dayMilliseconds)
        var offset = JavaTimeZone.Offset.zero
        if !(fields.isSet(.zoneOffset) && fields.isSet(.daylightOffset)) { offset = zone.offset(atLocal: local) }
        let raw = fields.isSet(.zoneOffset) ? fields.wide(.zoneOffset) : offset.raw
        let daylight = fields.isSet(.daylightOffset) ? fields.wide(.daylightOffset) : offset.daylight
        return local &- (raw + daylight)
    }

    private var timeOfDay: Int64 {
        let isTwelveHours = isTwelveHourTime
        var hours = isTwelveHours || !isSet(.hourOfDay) ? wide(.hour) : wide(.hourOfDay)
        if isTwelveHours, isSet(.halfOfDay) { hours += 12 * wide(.halfOfDay) }
        return ((hours * 60 + wide(.minute)) * 60 + wide(.second)) * 1000 + wide(.millisecond)
    }

    /// Whether the hour is that of a half of the day.
    private var isTwelveHourTime: Bool {
        let pair = isSet(.hour) && isSet(.halfOfDay) ? max(stamp(.hour), stamp(.halfOfDay)) : 0
        if max(pair, stamp(.hourOfDay)) == 0 { return isSet(.hour) || isSet(.halfOfDay) }
        return pair > stamp(.hourOfDay)
    }

    /// The day since the epoch. Time that exceeds a day may move it over the cutover.
    private func day(plus extraDays: Int64) -> Int64 {
        var year = isSet(.year) ? value(.year) : 1970
        if isSet(.era), value(.era) == 0 { year = 1 &- year }
        let selection = daySelection
        let julian = extraDays + day(year, selection, isGregorian: false)
        if year < HybridCalendar.cutoverYear { return julian }
        if year == HybridCalendar.cutoverYear, selection == .dayOfYear || selection == .weekOfYear { return julian }
        let gregorian = extraDays + day(year, selection, isGregorian: true)
        return gregorian >= HybridCalendar.cutoverDay ? gregorian : julian
    }

    /// `Calendar.selectFields`
    private var daySelection: DaySelection {
        func withWeekday(_ field: Field) -> Int {
            isSet(field) && isSet(.weekday) ? max(stamp(field), stamp(.weekday)) : 0
        }
        var dayOfMonth = stamp(.dayOfMonth)
        var weekOfMonth = withWeekday(.weekOfMonth)
        var occurrence = withWeekday(.weekdayOccurrence)
        let dayOfYear = stamp(.dayOfYear)
        var weekOfYear = withWeekday(.weekOfYear)
        var best = max(dayOfMonth, weekOfMonth, occurrence, dayOfYear, weekOfYear)
        if best == 0 {
            weekOfMonth = stamp(.weekOfMonth)
            occurrence = max(stamp(.weekdayOccurrence), stamp(.weekday))
            weekOfYear = stamp(.weekOfYear)
            best = max(weekOfMonth, occurrence, weekOfYear)
            if best == 0 {
                dayOfMonth = stamp(.month)
                best = dayOfMonth
            }
        }
        if best == dayOfMonth { return .dayOfMonth }
        let isInMonth = best == weekOfMonth && stamp(.weekOfMonth) >= stamp(.weekOfYear)
            || best == occurrence && stamp(.weekdayOccurrence) >= stamp(.weekOfYear)
        guard isInMonth else { return best == dayOfYear ? .dayOfYear : .weekOfYear }
        if weekOfMonth == occurrence {
            return stamp(.weekOfMonth) >= stamp(.weekdayOccurrence) ? .weekOfMonth : .weekdayOccurrence
        }
        return best == weekOfMonth ? .weekOfMonth : .weekdayOccurrence
    }

    /// `GregorianCalendar.getFixedDate`
    private func day(_ year: Int32, _ selection: DaySelection, isGregorian: Bool) -> Int64 {
        func start(_ year: Int32, _ month: Int64) -> Int64 {
            isGregorian
                ? HybridCalendar.gregorianDay(year: Int64(year), month: month)
                : HybridCalendar.julianDay(year: Int64(year), month: month)
        }
        switch selection {
        case .dayOfYear: return start(year, 1) + wide(.dayOfYear) - 1
        case .weekOfYear:
            var day = HybridCalendar.day(onOrBefore: start(year, 1), weekday: 1)
            if isSet(.weekday), value(.weekday) != 1 {
                day = HybridCalendar.day(onOrBefore: day + 6, weekday: wide(.weekday))
            }
            return day + 7 * (wide(.weekOfYear) - 1)
        case .dayOfMonth, .weekOfMonth, .weekdayOccurrence: break
        }
        let month = HybridCalendar.floorModulo(wide(.month), 12)
        let year = year &+ Int32(truncatingIfNeeded: HybridCalendar.floorDivide(wide(.month), 12))
        let first = start(year, month + 1)
        switch selection {
        case .weekOfMonth:
            var day = HybridCalendar.day(onOrBefore: first, weekday: 1)
            if isSet(.weekday) { day = HybridCalendar.day(onOrBefore: day + 6, weekday: wide(.weekday)) }
            return day + Int64(7 &* (value(.weekOfMonth) &- 1))
        case .weekdayOccurrence:
            let weekday = isSet(.weekday) ? wide(.weekday) : 1
            let occurrence = isSet(.weekdayOccurrence) ? value(.weekdayOccurrence) : 1
            if occurrence >= 0 {
                return HybridCalendar.day(onOrBefore: first + Int64(7 &* occurrence) - 1, weekday: weekday)
            }
            let last = HybridCalendar.monthLength(month + 1, ofYear: Int64(year)) &+ 7 &* (occurrence &+ 1)
            return HybridCalendar.day(onOrBefore: first + Int64(last) - 1, weekday: weekday)
        case .dayOfMonth, .dayOfYear, .weekOfYear:
            return isSet(.dayOfMonth) ? first + wide(.dayOfMonth) - 1 : first
        }
    }
}
