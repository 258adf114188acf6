import WireCore

/// Determines when the offset of a stream without captured changes advances, so that the server may purge its binlog
/// without disconnecting the connector.
struct IdleOffset: Sendable {
    /// The maximum age of an offset.
    static let idleMilliseconds = 60_000

    private var lastCheckpoint: MonotonicInstant
    private var lastPlace: (file: String, position: Int64)?

    init(at now: MonotonicInstant) { lastCheckpoint = now }

    /// An offset was reported.
    mutating func didCheckpoint(_ offset: SourceOffset, at now: MonotonicInstant) {
        lastCheckpoint = now
        lastPlace = (offset.file, offset.position)
    }

    /// Whether the last offset is too old.
    func isDue(at now: MonotonicInstant) -> Bool { now.milliseconds(since: lastCheckpoint) >= Self.idleMilliseconds }

    /// Whether the offset differs from the last one: files of an idle server all end at the same position.
    func isNew(_ offset: SourceOffset) -> Bool {
        guard let lastPlace else { return true }
        return lastPlace != (offset.file, offset.position)
    }
}
