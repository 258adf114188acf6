import ConnectData

/// The zone in which a snapshot takes the wall clock of TIMESTAMPs to be (`database.connectionTimeZone`).
struct ConnectionZone: Sendable {
    let offsetSeconds: Int

    /// The instant at which clocks of the zone show this time; both in microseconds since the epoch.
    func instant(ofLocalMicroseconds local: Int64) -> Int64 { local - Int64(offsetSeconds) * 1_000_000 }
}
