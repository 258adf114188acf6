import WireCore

/// The offsets from UTC of one time zone, past and future.
///
/// Named zones come from a built-in table, generated from the tz database: neither `/usr/share/zoneinfo` nor ICU's data
/// is needed. Local times that a change of the offset skips or repeats are resolved as Java's `ZonedDateTime.of` does.
package struct TimeZoneRules: Sendable, Hashable {
    struct Change: Sendable, Hashable {
        /// Seconds since the epoch.
        let instant: Int64
        /// Seconds east of UTC from then on.
        let offset: Int32
    }

    /// An annual change, by month, week (5: the last), weekday (0: Sunday) and seconds of local time.
    struct YearlyChange: Sendable, Hashable {
        let month: Int64
        let week: Int64
        let weekday: Int64
        let localSeconds: Int64

        /// Seconds since the epoch, ignoring the offset.
        func localInstant(in year: Int64) -> Int64 {
            let first = CivilDate.daysSinceEpoch(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday.
            let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
            var day = first + (weekday - weekdayOfFirst + 7) % 7 + 7 * (week - 1)
            let nextMonth = CivilDate.daysSinceEpoch(
                year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
            while day >= nextMonth { day -= 7 }
            return day * 86_400 + localSeconds
        }
    }

    struct YearlyRule: Sendable, Hashable {
        let standardOffset: Int32
        let daylightOffset: Int32
        let start: YearlyChange
        let end: YearlyChange

        /// Both changes of a year, in order.
        func changes(in year: Int64) -> [Change] {
            let on = Change(instant: start.localInstant(in: year) - Int64(standardOffset), offset: daylightOffset)
            let off = Change(instant: end.localInstant(in: year) - Int64(daylightOffset), offset: standardOffset)
            return on.instant < off.instant ? [on, off] : [off, on]
        }
    }

    /// The name as it was requested.
    package let name: String
    let initialOffset: Int32
    let changes: [Change]
    /// The rule that applies after the last of `changes`.
    let rule: YearlyRule?

    package init(name: String, fixedOffsetSeconds: Int32) {
        self.init(name: name, initialOffset: fixedOffsetSeconds, changes: [], rule: nil)
    }

    init(name: String, initialOffset: Int32, changes: [Change], rule: YearlyRule?) {
        self.name = name
        self.initialOffset = initialOffset
        self.changes = changes
        self.rule = rule
    }

    /// The zone never changes its offset.
    package var isFixed: Bool { changes.isEmpty && rule == nil }

    // MARK: Instants

    /// Seconds east of UTC at an instant, given in seconds since the epoch.
    package func offsetSeconds(at instant: Int64) -> Int32 {
        guard let last = changes.last else { return offsetByRule(at: instant, after: .min, otherwise: initialOffset) }
        if instant >= last.instant {
            return offsetByRule(at: instant, after: last.instant, otherwise: last.offset)
        }
        let count = countOfChanges(upTo: instant)
        return count == 0 ? initialOffset : changes[count - 1].offset
    }

    private func countOfChanges(upTo instant: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].instant <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func year(of instant: Int64) -> Int64 {
        let days = instant >= 0 ? instant / 86_400 : (instant - 86_399) / 86_400
        return CivilDate.from(daysSinceEpoch: days).year
    }

    /// Years for which the calendar's arithmetic cannot overflow.
    private static let instants: ClosedRange<Int64> = -1_000_000_000_000_000...1_000_000_000_000_000

    private func offsetByRule(at instant: Int64, after last: Int64, otherwise offset: Int32) -> Int32 {
        guard let rule, Self.instants.contains(instant) else { return offset }
        let year = Self.year(of: instant)
        let candidates = rule.changes(in: year - 1) + rule.changes(in: year)
        return candidates.last { $0.instant <= instant && $0.instant > last }?.offset ?? offset
    }

    // MARK: Local times

    /// The resolution of a local time.
    package struct Resolution: Sendable, Hashable {
        /// Seconds since the epoch.
        package let instant: Int64
        /// The offset at the resulting time, in seconds east of UTC.
        package let offsetSeconds: Int32
    }

    /// The instant of a local time, given in seconds since 1970-01-01T00:00 on the zone's clocks.
    ///
    /// A time that occurs twice resolves to the first instant. A skipped time is moved forward by the length of the
    /// gap.
    package func resolve(localSeconds: Int64) -> Resolution {
        guard Self.instants.contains(localSeconds) else {
            let offset = offsetSeconds(at: localSeconds)
            return Resolution(instant: localSeconds &- Int64(offset), offsetSeconds: offset)
        }
        // No offset exceeds 26 hours.
        let margin: Int64 = 26 * 3600
        var offset = offsetSeconds(at: localSeconds - margin)
        for change in changesBetween(localSeconds - margin, localSeconds + margin) {
            if localSeconds < change.instant + Int64(min(offset, change.offset)) { break }
            if localSeconds < change.instant + Int64(max(offset, change.offset)) {
                return Resolution(
                    instant: localSeconds - Int64(offset), offsetSeconds: max(offset, change.offset))
            }
            offset = change.offset
        }
        return Resolution(instant: localSeconds - Int64(offset), offsetSeconds: offset)
    }

    /// Seconds east of UTC at a local time, given in seconds since 1970-01-01T00:00 on the zone's clocks, as
    /// `java.util.TimeZone` chooses them: the former offset for a skipped time, the new one for one that occurs twice.
    func offsetSeconds(atLocal localSeconds: Int64) -> Int32 {
        guard Self.instants.contains(localSeconds) else { return offsetSeconds(at: localSeconds) }
        let margin: Int64 = 26 * 3600
        let changes = changesBetween(localSeconds - margin, localSeconds + margin)
        return changes.last { $0.instant + Int64($0.offset) <= localSeconds }?.offset
            ?? offsetSeconds(at: localSeconds - margin)
    }

    private func changesBetween(_ start: Int64, _ end: Int64) -> [Change] {
        var found = Array(changes[countOfChanges(upTo: start)...].prefix { $0.instant <= end })
        if let rule {
            let last = changes.last?.instant ?? .min
            for year in (Self.year(of: start) - 1)...(Self.year(of: end) + 1) {
                found += rule.changes(in: year).filter { $0.instant > max(start, last) && $0.instant <= end }
            }
        }
        return found
    }
}
