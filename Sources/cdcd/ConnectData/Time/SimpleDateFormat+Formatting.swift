extension SimpleDateFormat {
    /// The text of an instant.
    ///
    /// - Parameter milliseconds: since the epoch.
    package func format(_ milliseconds: Int64) -> String {
        let fields = CalendarFields(milliseconds, in: zone)
        var text: [UInt16] = []
        for element in elements {
            switch element {
            case .literal(let unit): text.append(unit)
            case .field(let letter, let count): text += self.text(letter, count, fields).utf16
            }
        }
        return String(decoding: text, as: UTF16.self)
    }

    private func text(_ letter: Letter, _ count: Int, _ fields: CalendarFields) -> String {
        let isLong = count >= 4
        let time = fields.millisecondOfDay
        let hour = time / 3_600_000
        switch letter {
        case .era: return EnglishDateNames.eras[0][Int(fields.era)]
        case .year: return Self.number(count == 2 ? fields.year % 100 : fields.year, count)
        case .weekYear: return Self.number(count == 2 ? fields.weekYear % 100 : fields.weekYear, count)
        case .month, .standaloneMonth:
            return count < 3
                ? Self.number(fields.month, count)
                : EnglishDateNames.months[isLong ? 1 : 0][Int(fields.month) - 1]
        case .weekOfYear: return Self.number(fields.weekOfYear, count)
        case .weekOfMonth: return Self.number(fields.weekOfMonth, count)
        case .dayOfYear: return Self.number(fields.dayOfYear, count)
        case .dayOfMonth: return Self.number(fields.dayOfMonth, count)
        case .weekdayOccurrence: return Self.number(fields.weekdayOccurrence, count)
        case .weekday: return EnglishDateNames.weekdays[isLong ? 1 : 0][Int(fields.weekday) - 1]
        case .isoWeekday: return Self.number(fields.weekday == 1 ? 7 : fields.weekday - 1, count)
        case .halfOfDay: return EnglishDateNames.halves[hour < 12 ? 0 : 1]
        case .hourOfDay: return Self.number(hour, count)
        case .hourOfDayFromOne: return Self.number(hour == 0 ? 24 : hour, count)
        case .hour: return Self.number(hour % 12, count)
        case .hourFromOne: return Self.number(hour % 12 == 0 ? 12 : hour % 12, count)
        case .minute: return Self.number(time / 60_000 % 60, count)
        case .second: return Self.number(time / 1000 % 60, count)
        case .millisecond: return Self.number(time % 1000, count)
        case .zoneName:
            return zone.names[(fields.offset.daylight != 0 ? 2 : 0) + (isLong ? 0 : 1)]
        case .zoneOffset: return Self.offset(fields.offset.totalMilliseconds / 60_000)
        case .isoZone: return Self.isoOffset(fields.offset.totalMilliseconds, count)
        }
    }

    /// The maximum number of digits to which Java's `DecimalFormat` pads.
    private static let digitCountMax = 309

    private static func number(_ value: Int64, _ count: Int) -> String {
        let digits = String(value.magnitude)
        let padding = String(repeating: "0", count: max(0, min(count, digitCountMax) - digits.utf8.count))
        return (value < 0 ? "-" : "") + padding + digits
    }

    /// `+hhmm`
    private static func offset(_ minutes: Int64) -> String {
        (minutes < 0 ? "-" : "+") + number(abs(minutes / 60 * 100 + minutes % 60), 4)
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`
    private static func isoOffset(_ milliseconds: Int64, _ count: Int) -> String {
        if milliseconds == 0 { return "Z" }
        let minutes = milliseconds / 60_000
        let hours = (minutes >= 0 ? "+" : "-") + number(abs(minutes) / 60, 2)
        return count == 1 ? hours : hours + (count == 3 ? ":" : "") + number(abs(minutes) % 60, 2)
    }
}
