/// A position that a group has consumed a partition to, as it is committed (`OffsetAndMetadata` of the Java client).
public struct OffsetAndMetadata: Sendable, Hashable {
    /// The offset of the next record to consume.
    public var offset: Int64
    /// The leader epoch of the last consumed record (KIP-320); nil if it is not known.
    public var leaderEpoch: Int32?
    /// Any text, kept beside the offset.
    public var metadata: String

    /// A position in a partition.
    public init(_ offset: Int64, leaderEpoch: Int32? = nil, metadata: String = "") {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}
