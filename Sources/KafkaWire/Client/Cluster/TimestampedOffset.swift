/// The first record of a partition at or after a time.
public struct TimestampedOffset: Sendable, Equatable {
    /// The record's offset.
    public var offset: Int64
    /// The record's timestamp in milliseconds since 1970; -1 if unknown.
    public var timestampMilliseconds: Int64
    /// The leader epoch of the record; nil if unknown.
    public var leaderEpoch: Int32?
}
