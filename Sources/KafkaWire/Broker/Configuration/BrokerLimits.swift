/// Limits on what clients may use.
package struct BrokerLimits: Sendable {
    /// The maximum size of a Produce request. (`socket.request.max.bytes`)
    package var requestBytesMax = 100 << 20
    /// The maximum size of all other requests: the response may be hundreds of times as long as the request.
    package var plainRequestBytesMax = 4 << 20
    /// The maximum number of connections. Each has a thread.
    package var connectionsMax = 512
    /// The maximum time between two requests of a connection. (`connections.max.idle.ms`)
    package var idleMilliseconds = 600_000
    /// The maximum time from the first byte of a request to its last.
    package var requestMilliseconds = 30_000
    /// The maximum time that a response waits for the client to read more of it.
    package var writeMilliseconds = 30_000
    /// The maximum bytes of records in one response, even if the client allows more. (`fetch.max.bytes`)
    package var fetchBytesMax = 55 << 20
    /// The maximum time that a fetch waits for records, even if the client allows more: a disconnected client is
    /// detected when the wait ends.
    package var fetchWaitMillisecondsMax = 30_000
    package var partitionsPerTopicMax = 10_000
    /// The maximum number of open partition files. If nil, half of the process's descriptor limit, at most 10,000.
    package var openFilesMax: Int?
    /// `group.min.session.timeout.ms` to `group.max.session.timeout.ms`.
    package var sessionTimeoutMilliseconds: ClosedRange<Int32> = 6000...1_800_000
    /// How long the offsets of a group without members are kept. (`offsets.retention.minutes`)
    package var offsetsRetentionMilliseconds: Int64 = 604_800_000
    /// `offset.metadata.max.bytes`.
    package var offsetMetadataBytesMax = 4096
    /// The maximum size of names of groups, members and protocols, and of topic settings. What one client sends in the
    /// compact encoding must fit into the older encoding for another.
    package var nameBytesMax = 4096

    package init() {}
}
