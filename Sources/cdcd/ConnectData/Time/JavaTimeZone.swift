/// A `java.util.TimeZone` with its English names, as far as `SimpleDateFormat` can reach it: UTC, or a zone that Java
/// finds for a name in a text.
struct JavaTimeZone: Sendable, Hashable {
    /// Milliseconds east of UTC.
    struct Offset: Sendable, Hashable {
        let raw: Int64
        let daylight: Int64

        static let zero = Offset(raw: 0, daylight: 0)

        var totalMilliseconds: Int64 { raw + daylight }
    }

    struct RawChange: Sendable, Hashable {
        /// Seconds since the epoch.
        let instant: Int64
        let offsetSeconds: Int64
    }

    let id: String
    /// Long and short standard name, long and short daylight name.
    let names: [String]
    let daylightSavingsMilliseconds: Int64
    let rawChanges: [RawChange]
    let rules: TimeZoneRules

    /// Java's table of offsets begins in 1900; the present standard offset applies before.
    private static let tableStart: Int64 = -2_208_988_800

    static let utc = JavaTimeZone(
        id: "UTC",
        names: ["Coordinated Universal Time", "UTC", "Coordinated Universal Time", "UTC"], daylightSavingsMilliseconds: 0,
        rawChanges: [RawChange(instant: .min, offsetSeconds: 0)],
        rules: TimeZoneRules(name: "UTC", fixedOffsetSeconds: 0))

    /// The offset at an instant, in milliseconds since the epoch.
    func offset(at milliseconds: Int64) -> Offset {
        if rules.isFixed && rawChanges.count == 1 { return fixedOffset }
        let seconds = HybridCalendar.floorDivide(milliseconds, 1000)
        return offset(total: { rules.offsetSeconds(at: seconds) }, at: seconds)
    }

    /// The offset that Java chooses for a local time: the earlier offset for a time that is skipped, the later for one
    /// that occurs twice.
    func offset(atLocal milliseconds: Int64) -> Offset {
        if rules.isFixed && rawChanges.count == 1 { return fixedOffset }
        let seconds = HybridCalendar.floorDivide(milliseconds, 1000)
        let total = rules.offsetSeconds(atLocal: seconds)
        return offset(total: { total }, at: seconds &- Int64(total))
    }

    private var fixedOffset: Offset { Offset(raw: rawChanges[0].offsetSeconds * 1000, daylight: 0) }

    private func offset(total: () -> Int32, at seconds: Int64) -> Offset {
        let raw = (rawChanges.last { $0.instant <= seconds } ?? rawChanges[0]).offsetSeconds
        if seconds < Self.tableStart { return Offset(raw: raw * 1000, daylight: 0) }
        return Offset(raw: raw * 1000, daylight: (Int64(total()) - raw) * 1000)
    }
}
