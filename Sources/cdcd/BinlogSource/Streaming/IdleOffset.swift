import WireCore

/// When the offset of a stream in which nothing captured changes moves on by itself, so that the server may purge its
/// binlog without cutting the connector off.
struct IdleOffset: Sendable {
    /// How long an offset may stay behind.
    static let idleMilliseconds = 60_000

    private var lastCheckpoint: MonotonicInstant
    private var lastPlace: (file: String, position: Int64)?

    init(at now: MonotonicInstant) { lastCheckpoint = now }

    /// An offset was handed over.
    mutating func didCheckpoint(_ offset: SourceOffset, at now: MonotonicInstant) {
        lastCheckpoint = now
        lastPlace = (offset.file, offset.position)
    }

    /// Whether it is long since the last offset.
    func isDue(at now: MonotonicInstant) -> Bool { now.milliseconds(since: lastCheckpoint) >= Self.idleMilliseconds }

    /// Whether the offset is at another place than the last: files of a quiet server all end at the same position.
    func isNew(_ offset: SourceOffset) -> Bool {
        guard let lastPlace else { return true }
        return lastPlace != (offset.file, offset.position)
    }
}
