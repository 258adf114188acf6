import WireCore

/// Java's `SimpleDateFormat` of JDK 17 with the locale `en` in UTC: dates and times as texts by a pattern such as
/// `yyyy-MM-dd'T'HH:mm:ss`. Parsing is lenient, and a text may continue after what the pattern describes.
package struct SimpleDateFormat: Sendable {
    /// A pattern that Java refuses, with Java's message.
    package struct PatternError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    enum Letter: UInt8 {
        case era = 71  // G
        case year = 121  // y
        case weekYear = 89  // Y
        case month = 77  // M
        case standaloneMonth = 76  // L
        case weekOfYear = 119  // w
        case weekOfMonth = 87  // W
        case dayOfYear = 68  // D
        case dayOfMonth = 100  // d
        case weekdayOccurrence = 70  // F
        case weekday = 69  // E
        case isoWeekday = 117  // u
        case halfOfDay = 97  // a
        case hourOfDay = 72  // H
        case hourOfDayFromOne = 107  // k
        case hour = 75  // K
        case hourFromOne = 104  // h
        case minute = 109  // m
        case second = 115  // s
        case millisecond = 83  // S
        case zoneName = 122  // z
        case zoneOffset = 90  // Z
        case isoZone = 88  // X
    }

    enum Element: Hashable {
        case literal(UInt16)
        case field(Letter, count: Int)
    }

    let elements: [Element]
    /// UTC, or the zone whose name was last parsed: as in Java, a text sets the zone of the format.
    var zone = JavaTimeZone.utc
    /// A year of two digits is in the hundred years from then on. Milliseconds since the epoch.
    let centuryStart: Int64
    let centuryStartYear: Int32

    /// - Parameter now: milliseconds since the epoch; the hundred years of two-digit years begin 80 years earlier.
    package init(_ pattern: String, now: Int64) throws(PatternError) {
        elements = try Self.compile(Array(pattern.utf16))
        let fields = CalendarFields(now, in: .utc)
        centuryStartYear = Int32(truncatingIfNeeded: fields.year - 80)
        let year = Int64(centuryStartYear)
        let length = HybridCalendar.monthLength(fields.month, ofYear: year)
        let start = HybridCalendar.gregorianDay(year: year, month: fields.month)
        let day = start + min(fields.dayOfMonth, Int64(length)) - 1
        centuryStart = day &* HybridCalendar.dayMilliseconds &+ fields.millisecondOfDay
    }

    private static func compile(_ pattern: [UInt16]) throws(PatternError) -> [Element] {
        var elements: [Element] = []
        var letter: (value: Letter, count: Int)?
        var isQuoted = false
        let quote = UInt16(UInt8(ascii: "'"))

        func endLetter() throws(PatternError) {
            guard let (value, count) = letter else { return }
            if value == .isoZone, count >= 4 {
                throw PatternError(description: "invalid ISO 8601 format: length=\(count)")
            }
            elements.append(.field(value, count: count))
            letter = nil
        }

        var index = 0
        while index < pattern.count {
            let unit = pattern[index]
            index += 1
            if unit == quote {
                if index < pattern.count, pattern[index] == quote {
                    index += 1
                    try endLetter()
                    elements.append(.literal(quote))
                } else {
                    if !isQuoted { try endLetter() }
                    isQuoted.toggle()
                }
                continue
            }
            guard !isQuoted, let character = UInt8(exactly: unit), character.isLetter else {
                if !isQuoted { try endLetter() }
                elements.append(.literal(unit))
                continue
            }
            guard let value = Letter(rawValue: character) else {
                throw PatternError(description: "Illegal pattern character '\(Unicode.Scalar(character))'")
            }
            if let current = letter, current.value == value {
                letter?.count += 1
            } else {
                try endLetter()
                letter = (value, 1)
            }
        }
        if isQuoted { throw PatternError(description: "Unterminated quote") }
        try endLetter()
        return elements
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}
