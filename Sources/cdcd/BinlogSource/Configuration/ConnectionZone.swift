import ConnectData

/// The zone in which a snapshot interprets the wall clock times of TIMESTAMP columns (`database.connectionTimeZone`).
package struct ConnectionZone: Sendable, Hashable {
    private let rules: TimeZoneRules

    /// Returns nil if there is no such zone.
    init?(_ name: String) {
        guard let rules = TimeZoneRules(named: name) else { return nil }
        self.rules = rules
    }

    /// The instant of a local time in the zone; both in microseconds since the epoch.
    ///
    /// As Java's `GregorianCalendar` does: a skipped time is moved forward by the gap, and a time that occurs twice is
    /// the second one.
    func instant(ofLocalMicroseconds local: Int64) -> Int64 {
        var seconds = local / 1_000_000
        if local % 1_000_000 < 0 { seconds -= 1 }
        let fraction = local - seconds * 1_000_000
        let first = rules.resolve(localSeconds: seconds)
        // Clocks are never put back by more than a few hours.
        let laterOffset = Int64(rules.offsetSeconds(at: first.instant + 6 * 3600))
        let second = seconds - laterOffset
        let isTwice = laterOffset < Int64(first.offsetSeconds) && Int64(rules.offsetSeconds(at: second)) == laterOffset
        return (isTwice ? second : first.instant) * 1_000_000 + fraction
    }
}
