/// What a client may use up.
package struct BrokerLimits: Sendable {
    /// `socket.request.max.bytes`, which only Produce needs.
    package var requestBytesMax = 100 << 20
    /// All other requests: a small one may ask for an answer that is hundreds of times as long.
    package var plainRequestBytesMax = 4 << 20
    /// Each has a thread.
    package var connectionsMax = 512
    /// How long a connection may be silent between requests. (`connections.max.idle.ms`)
    package var idleMilliseconds = 600_000
    /// How long a request may take to arrive once its first byte is there.
    package var requestMilliseconds = 30_000
    /// How long an answer may wait for the client to take more of it.
    package var writeMilliseconds = 30_000
    /// The bytes of records in one answer, whatever the client allows. (`fetch.max.bytes`)
    package var fetchBytesMax = 55 << 20
    /// The longest that a fetch waits for records, whatever the client allows: a client that is gone is noticed then.
    package var fetchWaitMillisecondsMax = 30_000
    package var partitionsPerTopicMax = 10_000
    /// How many partition files are open at once; nil: half of the descriptors that the process may have, at most
    /// 10,000.
    package var openFilesMax: Int?
    /// `group.min.session.timeout.ms` to `group.max.session.timeout.ms`.
    package var sessionTimeoutMilliseconds: ClosedRange<Int32> = 6000...1_800_000
    /// `offset.metadata.max.bytes`.
    package var offsetMetadataBytesMax = 4096
    /// The names that clients make up for groups, members and protocols. What one client sends in the compact form must
    /// fit into the older form for another.
    package var nameBytesMax = 4096

    package init() {}
}
