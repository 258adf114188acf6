extension SimpleDateFormat {
    /// The instant of a text in milliseconds since the epoch; nil if the text does not begin as the pattern describes.
    /// A zone's name in the text becomes the zone of this format.
    package mutating func parse(_ string: String) -> Int64? {
        var parser = DateParser(string, format: self)
        for (index, element) in elements.enumerated() {
            switch element {
            case .literal(let unit):
                guard parser.literal(unit) else { return nil }
            case .field(let letter, let count):
                let next = index + 1 < elements.count ? elements[index + 1] : nil
                guard parser.field(letter, count, isAdjacent: next?.isNumber == true) else {
                    zone = parser.zone
                    return nil
                }
            }
        }
        zone = parser.zone
        let milliseconds = parser.builder.milliseconds(in: zone)
        guard parser.isYearAmbiguous, milliseconds < centuryStart else { return milliseconds }
        parser.builder.addYears(100)
        return parser.builder.milliseconds(in: zone)
    }
}

extension SimpleDateFormat.Element {
    /// Whether it is a number, so that a number before it ends after its count of digits.
    fileprivate var isNumber: Bool {
        switch self {
        case .field(.month, let count), .field(.standaloneMonth, let count): count <= 2
        case .field(.era, _), .field(.weekday, _), .field(.halfOfDay, _), .field(.zoneName, _), .field(.zoneOffset, _),
            .field(.isoZone, _), .literal:
            false
        case .field: true
        }
    }
}

/// Reads one text by the elements of a pattern.
private struct DateParser {
    let text: UTF16Text
    let centuryStartYear: Int32
    var zone: JavaTimeZone
    var builder = CalendarBuilder()
    /// Whether a year of two digits is the first of the hundred years.
    var isYearAmbiguous = false
    private var start = 0

    init(_ string: String, format: SimpleDateFormat) {
        text = UTF16Text(string)
        centuryStartYear = format.centuryStartYear
        zone = format.zone
    }

    mutating func literal(_ unit: UInt16) -> Bool {
        guard start < text.count, text.units[start] == unit else { return false }
        start += 1
        return true
    }

    /// - Parameter isAdjacent: whether a number follows without a separator.
    mutating func field(_ letter: SimpleDateFormat.Letter, _ count: Int, isAdjacent: Bool) -> Bool {
        var position = start
        while position < text.count, text.units[position] == 0x20 || text.units[position] == 0x09 { position += 1 }
        guard position < text.count else { return false }
        switch letter {
        case .era: return name(of: .era, EnglishDateNames.eras)
        case .month where count > 2, .standaloneMonth where count > 2:
            return name(of: .month, EnglishDateNames.months)
        case .weekday: return name(of: .weekday, EnglishDateNames.weekdays, from: 1)
        case .halfOfDay: return name(of: .halfOfDay, [EnglishDateNames.halves])
        case .zoneName, .zoneOffset: return zone(at: position)
        case .isoZone: return isoZone(at: position, count)
        case .year, .weekYear, .month, .standaloneMonth, .weekOfYear, .weekOfMonth, .dayOfYear, .dayOfMonth,
            .weekdayOccurrence, .isoWeekday, .hourOfDay, .hourOfDayFromOne, .hour, .hourFromOne, .minute, .second,
            .millisecond:
            return number(letter, count, at: position, isAdjacent: isAdjacent)
        }
    }

    // MARK: Numbers

    private mutating func number(
        _ letter: SimpleDateFormat.Letter, _ count: Int, at position: Int, isAdjacent: Bool
    ) -> Bool {
        let end = isAdjacent ? start + count : text.count
        guard end <= text.count, position <= end, let number = JavaIntegerText(text.units[position..<end]) else {
            return false
        }
        let length = number.end - position
        start = number.end
        let value = number.value
        switch letter {
        case .year, .weekYear:
            let isShort = count <= 2 && length == 2
                && text.units[position..<number.end].allSatisfy { JavaIntegerText.digit($0) != nil }
            builder.set(letter == .year ? .year : .weekYear, isShort ? yearOfCentury(value) : value)
        case .month, .standaloneMonth: builder.set(.month, value &- 1)
        case .hourOfDayFromOne: builder.set(.hourOfDay, value == 24 ? 0 : value)
        case .hourFromOne: builder.set(.hour, value == 12 ? 0 : value)
        case .isoWeekday: builder.set(.weekday, (1...7).contains(value) ? value % 7 + 1 : value)
        case .weekOfYear: builder.set(.weekOfYear, value)
        case .weekOfMonth: builder.set(.weekOfMonth, value)
        case .dayOfYear: builder.set(.dayOfYear, value)
        case .dayOfMonth: builder.set(.dayOfMonth, value)
        case .weekdayOccurrence: builder.set(.weekdayOccurrence, value)
        case .hourOfDay: builder.set(.hourOfDay, value)
        case .hour: builder.set(.hour, value)
        case .minute: builder.set(.minute, value)
        case .second: builder.set(.second, value)
        case .millisecond: builder.set(.millisecond, value)
        case .era, .weekday, .halfOfDay, .zoneName, .zoneOffset, .isoZone: return false
        }
        return true
    }

    private mutating func yearOfCentury(_ value: Int32) -> Int32 {
        let firstYear = centuryStartYear % 100
        isYearAmbiguous = value == firstYear
        return value + centuryStartYear / 100 * 100 + (value < firstYear ? 100 : 0)
    }

    // MARK: Names

    /// The longest of the names with which the text continues. White space before it is not skipped.
    private mutating func name(of field: CalendarBuilder.Field, _ names: [[String]], from first: Int32 = 0) -> Bool {
        var best: (value: Int, count: Int)?
        for (index, name) in names.flatMap({ $0.enumerated().map { ($0.offset, $0.element) } }) {
            let count = name.utf16.count
            if count > best?.count ?? 0, text.continues(at: start, with: name) { best = (index, count) }
        }
        guard let best else { return false }
        builder.set(field, first + Int32(best.value))
        start += best.count
        return true
    }

    // MARK: Zones

    private mutating func zone(at position: Int) -> Bool {
        if let sign = sign(at: position) { return offset(at: position + 1, sign, count: 0, hasColon: false) }
        let isGMT = text.continues(at: position, with: "g") && text.continues(at: start, with: "GMT")
        guard isGMT else {
            guard let match = zone.match(text, at: position) else { return false }
            zone = match.zone
            if let daylight = match.daylightMilliseconds {
                builder.clear(.zoneOffset)
                builder.set(.daylightOffset, Int32(truncatingIfNeeded: daylight))
            }
            start = position + match.nameCount
            return true
        }
        let end = start + 3
        if let sign = sign(at: end) { return offset(at: end + 1, sign, count: 0, hasColon: true) }
        setOffset(minutes: 0)
        start = end
        return true
    }

    private mutating func isoZone(at position: Int, _ count: Int) -> Bool {
        if text.units[position] == UInt16(UInt8(ascii: "Z")) {
            setOffset(minutes: 0)
            start = position + 1
            return true
        }
        guard let sign = sign(at: position) else { return false }
        return offset(at: position + 1, sign, count: count, hasColon: count == 3)
    }

    private func sign(at position: Int) -> Int32? {
        guard position < text.count else { return nil }
        return switch text.units[position] {
        case UInt16(UInt8(ascii: "+")): 1
        case UInt16(UInt8(ascii: "-")): -1
        default: nil
        }
    }

    /// - Parameter count: 1: hours only; 0: hours may have one digit if a colon follows.
    private mutating func offset(at position: Int, _ sign: Int32, count: Int, hasColon: Bool) -> Bool {
        var index = position
        func digit() -> Int32? {
            guard index < text.count, (0x30...0x39).contains(text.units[index]) else { return nil }
            return Int32(text.units[index]) - 0x30
        }
        guard var hours = digit() else { return false }
        index += 1
        guard index < text.count else { return false }
        if let second = digit() {
            hours = hours * 10 + second
            index += 1
        } else if count > 0 || !hasColon {
            return false
        }
        guard hours <= 23 else { return false }
        var minutes: Int32 = 0
        if count != 1 {
            if hasColon {
                guard index < text.count, text.units[index] == UInt16(UInt8(ascii: ":")) else { return false }
                index += 1
            }
            guard let tens = digit() else { return false }
            index += 1
            guard let ones = digit() else { return false }
            index += 1
            minutes = tens * 10 + ones
            guard minutes <= 59 else { return false }
        }
        setOffset(minutes: sign * (hours * 60 + minutes))
        start = index
        return true
    }

    private mutating func setOffset(minutes: Int32) {
        builder.set(.zoneOffset, minutes * 60_000)
        builder.set(.daylightOffset, 0)
    }
}
