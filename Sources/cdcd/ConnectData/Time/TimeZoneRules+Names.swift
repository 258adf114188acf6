extension TimeZoneRules {
    /// The rules of a zone by its name, with the names of Java's `ZoneId.of`: a region of the tz database, `Z`, an
    /// offset (`+9`, `+09:00`, `-0330`), or an offset after `UTC`, `GMT` or `UT`. Returns nil for everything else.
    package init?(named name: String) {
        if let offset = Self.fixedOffset(name) {
            self.init(name: name, fixedOffsetSeconds: offset)
        } else if let line = Self.linesByName[name] {
            self.init(name: name, line: line)
        } else {
            return nil
        }
    }

    /// The names of all regions.
    package static var knownNames: [String] {
        linesByName.keys.sorted()
    }

    // MARK: Offsets

    private static func fixedOffset(_ name: String) -> Int32? {
        if name == "Z" { return 0 }
        for prefix in ["UTC", "GMT", "UT"] where name.hasPrefix(prefix) {
            let rest = name.dropFirst(prefix.count)
            return rest.isEmpty ? 0 : offset(rest)
        }
        return offset(Substring(name))
    }

    /// `+h`, `+hh`, `+hh:mm`, `+hhmm`, `+hh:mm:ss`, `+hhmmss`, up to 18 hours.
    private static func offset(_ text: Substring) -> Int32? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let body = text.dropFirst()
        let parts = body.split(separator: ":", omittingEmptySubsequences: false)
        var digits: [Substring]
        if parts.count > 1 {
            guard parts.count <= 3, parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
            digits = parts
        } else {
            guard [1, 2, 4, 6].contains(body.utf8.count) else { return nil }
            digits = []
            var rest = body
            while !rest.isEmpty {
                digits.append(rest.prefix(2))
                rest = rest.dropFirst(2)
            }
        }
        guard digits.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
        let numbers = digits.compactMap { Int32($0) } + [0, 0]
        let seconds = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        guard numbers[1] < 60, numbers[2] < 60, seconds <= 18 * 3600 else { return nil }
        return sign == "-" ? -seconds : seconds
    }

    // MARK: The table

    private static let linesByName: [String: Substring] = {
        let text = TimeZoneTable.rules.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        var lines: [String: Substring] = [:]
        for line in text.split(separator: "\n") {
            for name in line.prefix(while: { $0 != "|" }).split(separator: " ") { lines[String(name)] = line }
        }
        return lines
    }()

    /// Parses a line of the table; `scripts/generate-time-zones` defines its layout.
    ///
    /// Precondition: the table is well-formed.
    private init(name: String, line: Substring) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false)
        precondition(fields.count == 4)
        let offsets = fields[1].split(separator: ",").compactMap { Int32($0) }
        var instant: Int64 = 0
        let changes = fields[2].split(separator: ",").map { text in
            let parts = text.split(separator: ":")
            instant += Int64(parts[0], radix: 36) ?? 0
            return Change(instant: instant, offset: offsets[Int(parts[1]) ?? 0])
        }
        let rule = fields[3].split(separator: " ")
        precondition(rule.isEmpty || rule.count == 4)
        self.init(
            name: name, initialOffset: offsets[0], changes: changes,
            rule: rule.isEmpty
                ? nil
                : YearlyRule(
                    standardOffset: Int32(rule[0]) ?? 0, daylightOffset: Int32(rule[1]) ?? 0,
                    start: Self.yearlyChange(rule[2]), end: Self.yearlyChange(rule[3])))
    }

    private static func yearlyChange(_ text: Substring) -> YearlyChange {
        let numbers = text.split(separator: ".").compactMap { Int64($0) }
        precondition(numbers.count == 4)
        return YearlyChange(month: numbers[0], week: numbers[1], weekday: numbers[2], localSeconds: numbers[3])
    }
}
