import KafkaProtocol

/// The group, fetch and commit settings of a consumer. The names are Kafka's, with their unit; the defaults are those
/// of Kafka 4.3.
public struct ConsumerConfiguration: Sendable, Equatable {
    /// How a group agrees on its assignment (`group.protocol`).
    public enum GroupProtocol: String, Sendable {
        /// The members' leader assigns with one of the members' `assignors`.
        case classic
        /// The coordinator assigns (KIP-848); needs a broker of 4.0 or later.
        case consumer
    }

    /// A strategy of `partition.assignment.strategy`.
    public enum Assignor: String, Sendable, CaseIterable {
        /// For each topic, consecutive partitions to each member, preferably with a replica in its rack (KIP-881).
        case range
        /// All partitions in turn to the members.
        case roundRobin = "roundrobin"
        /// Balanced, keeping as much as possible of the previous assignment; a rebalance revokes all partitions.
        case sticky
        /// As `sticky`; only partitions that move are revoked (KIP-429).
        case cooperativeSticky = "cooperative-sticky"
    }

    /// The assignor of a coordinator (`group.remote.assignor`). Brokers may have others.
    public struct RemoteAssignor: Sendable, Hashable {
        /// The name that the broker knows.
        public var name: String
        /// The assignor with this name.
        public init(name: String) { self.name = name }

        /// Balanced, keeping as much as possible of the previous assignment; the default of Kafka's brokers.
        public static let uniform = RemoteAssignor(name: "uniform")
        /// For each topic, consecutive partitions to each member.
        public static let range = RemoteAssignor(name: "range")
    }

    /// The position in a partition without a committed offset, or whose position does not exist any more
    /// (`auto.offset.reset`).
    public enum OffsetReset: Sendable, Hashable {
        /// The first record.
        case earliest
        /// After the last record.
        case latest
        /// `poll` throws an error.
        case none
        /// The first record that is at most this old (`by_duration`, KIP-1106).
        case byDuration(milliseconds: Int)
    }

    /// The consumer group; nil: no group, partitions are assigned by the program and offsets are not committed
    /// (`group.id`).
    public var groupID: String?
    /// The id of a static member, which keeps its assignment when it restarts within the session timeout
    /// (`group.instance.id`, KIP-345).
    public var groupInstanceID: String?
    /// How the group agrees on its assignment (`group.protocol`).
    public var groupProtocol = GroupProtocol.classic
    /// The assignors of a classic group, in the order of preference (`partition.assignment.strategy`).
    public var assignors = [Assignor.range, .cooperativeSticky]
    /// The coordinator's assignor; nil is the broker's choice (`group.remote.assignor`). For `.consumer` only.
    public var remoteAssignor: RemoteAssignor?
    /// The time after which a member that sends no heartbeats is removed (`session.timeout.ms`). For `.classic` only;
    /// the broker has a setting of its own for `.consumer`.
    public var sessionTimeoutMilliseconds = 45_000
    /// The interval of heartbeats (`heartbeat.interval.ms`). For `.classic` only; for `.consumer` the broker decides.
    public var heartbeatIntervalMilliseconds = 3_000
    /// The maximum time between two calls of `poll`; a consumer that exceeds it leaves its group until the next one
    /// (`max.poll.interval.ms`). A static member keeps its partitions in the group until its session times out. It also
    /// is the time that a member has to rejoin, or to revoke partitions.
    public var maxPollIntervalMilliseconds = 300_000
    /// The maximum number of records that one `poll` returns (`max.poll.records`).
    public var maxPollRecords = 500
    /// The number of bytes for which a broker waits before it answers a fetch (`fetch.min.bytes`).
    public var fetchMinBytes = 1
    /// The maximum number of bytes of a fetch response, and of the fetched records that are waiting for `poll`
    /// (`fetch.max.bytes`). A first batch that is larger is fetched all the same.
    public var fetchMaxBytes = 50 << 20
    /// The maximum number of bytes of one partition in a fetch response (`max.partition.fetch.bytes`).
    public var maxPartitionFetchBytes = 1 << 20
    /// The maximum time for which a broker waits for `fetchMinBytes` (`fetch.max.wait.ms`).
    public var fetchMaxWaitMilliseconds = 500
    /// Whether records of open and aborted transactions are read (`isolation.level`).
    public var isolationLevel = IsolationLevel.readUncommitted
    /// The position where there is none (`auto.offset.reset`).
    public var offsetReset = OffsetReset.latest
    /// Whether the positions are committed by `poll`, at rebalances and at the end (`enable.auto.commit`).
    public var isAutoCommitEnabled = true
    /// The interval of automatic commits (`auto.commit.interval.ms`).
    public var autoCommitIntervalMilliseconds = 5_000
    /// The rack of the program; brokers then name a replica in it to fetch from (`client.rack`, KIP-392).
    public var rack: String?
    /// Whether the checksums of batches are verified (`check.crcs`).
    public var checksCRCs = true
    /// Whether the broker may create a subscribed or assigned topic that is missing (`allow.auto.create.topics`).
    public var allowsTopicCreation = true
    /// Whether a pattern leaves out Kafka's own topics (`exclude.internal.topics`).
    public var excludesInternalTopics = true
    /// The maximum age of topic metadata: how soon new topics and partitions are noticed (`metadata.max.age.ms`); nil
    /// is the client's `metadataMaxAgeMilliseconds`.
    public var metadataMaxAgeMilliseconds: Int?

    /// Kafka's defaults, with or without a group.
    public init(groupID: String? = nil) { self.groupID = groupID }
}
