extension JavaTimeZone {
    /// What `SimpleDateFormat` makes of a zone's name in a text.
    struct Match {
        let zone: JavaTimeZone
        let nameCount: Int
        /// The daylight saving offset that the name states; nil: the zone's rules decide.
        let daylightMilliseconds: Int64?
    }

    /// The zone of the name with which the text continues: the present zone if it has such a name, otherwise the first
    /// in Java's order.
    func match(_ text: UTF16Text, at position: Int) -> Match? {
        if let match = ownMatch(text, at: position) { return match }
        if id != Self.utc.id, let match = Self.utc.ownMatch(text, at: position) { return match }
        for zone in Self.named {
            if let match = zone.ownMatch(text, at: position) { return match }
        }
        return nil
    }

    private func ownMatch(_ text: UTF16Text, at position: Int) -> Match? {
        for (index, name) in names.enumerated() where text.continues(at: position, with: name) {
            let isDaylight = index >= 2
            let hasOneName = !isDaylight && UTF16Text(name) == UTF16Text(names[index + 2])
            let savings = isDaylight ? daylightSavingsMilliseconds : 0
            return Match(
                zone: self, nameCount: name.utf16.count,
                daylightMilliseconds: hasOneName || isDaylight && savings == 0 ? nil : savings)
        }
        return nil
    }

    /// The zones that Java finds by a name, in Java's order.
    private static let named: [JavaTimeZone] = {
        let text = JavaTimeZoneNames.zones.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        return text.split(separator: "\n").map { JavaTimeZone(line: $0) }
    }()

    /// Parses a line of the table; `scripts/golden-records/ZoneNames.java` defines its layout.
    ///
    /// Precondition: the table is well-formed.
    private init(line: Substring) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        precondition(fields.count == 8)
        let changes = fields[7].split(separator: " ").map { text in
            let numbers = text.split(separator: ":").compactMap { Int64($0) }
            return RawChange(instant: numbers.count == 2 ? numbers[0] : .min, offsetSeconds: numbers.last ?? 0)
        }
        self.init(
            id: fields[0], names: Array(fields[2...5]), daylightSavingsMilliseconds: (Int64(fields[6]) ?? 0) * 60_000,
            rawChanges: changes,
            rules: TimeZoneRules(named: fields[1])
                ?? TimeZoneRules(name: fields[1], fixedOffsetSeconds: Int32(clamping: changes[0].offsetSeconds)))
    }
}
