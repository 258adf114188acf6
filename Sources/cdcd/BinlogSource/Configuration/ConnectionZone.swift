import ConnectData

/// The zone in which a snapshot takes the wall clock of TIMESTAMPs to be (`database.connectionTimeZone`).
package struct ConnectionZone: Sendable, Hashable {
    private let rules: TimeZoneRules

    /// Nil if there is no such zone.
    init?(_ name: String) {
        guard let rules = TimeZoneRules(named: name) else { return nil }
        self.rules = rules
    }

    /// The instant at which clocks of the zone show this time; both in microseconds since the epoch.
    ///
    /// As Java's `GregorianCalendar` has it: a time that is skipped is moved on by the gap, and of one that comes twice
    /// the second is meant.
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
