/// A cluster's brokers.
public struct ClusterDescription: Sendable, Equatable {
    /// The cluster's id; empty if the brokers have none.
    public var clusterID: String
    /// The broker to which changes are sent; nil if the cluster has none. With KRaft it is any broker.
    public var controllerID: Int32?
    /// The brokers in the order of their ids.
    public var brokers: [BrokerDescription]
    /// Registered brokers that are not available; empty unless they were requested (Kafka 4.0).
    public var fencedBrokers: [BrokerDescription] = []
    /// What this client may do with the cluster; nil unless it was requested.
    public var authorizedOperations: Set<ACLOperation>?
}

/// The versions of the features that a cluster's brokers support and use (KIP-584).
public struct FeatureDescription: Sendable, Equatable {
    /// What the broker supports.
    public var supported: [String: ClosedRange<Int16>]
    /// What the cluster uses, at most the maximum of the range.
    public var finalized: [String: ClosedRange<Int16>]
    /// Increases with each change of the finalized features; nil if the cluster has none.
    public var finalizedEpoch: Int64?
}

/// A change of the version of a feature that a cluster uses.
public struct FeatureUpdate: Sendable, Equatable {
    /// Which changes are allowed.
    public enum Kind: Int8, Sendable {
        /// Only to a later version.
        case upgrade = 1
        /// To an earlier version, if no metadata is lost.
        case safeDowngrade = 2
        /// To an earlier version.
        case unsafeDowngrade = 3
    }

    /// The feature's name, for example `metadata.version`.
    public var feature: String
    /// The version to use; 0 disables the feature.
    public var maxVersion: Int16
    /// Which changes are allowed.
    public var kind: Kind

    /// A change of a feature's version.
    public init(_ feature: String, maxVersion: Int16, kind: Kind = .upgrade) {
        self.feature = feature
        self.maxVersion = maxVersion
        self.kind = kind
    }
}

/// The controllers of a cluster with KRaft, which replicate its metadata (KIP-595).
public struct QuorumDescription: Sendable, Equatable {
    /// A replica of the metadata.
    public struct Replica: Sendable, Equatable {
        /// The replica's node id.
        public var id: Int32
        /// The id of its directory (Kafka 3.9); zero if unknown.
        public var directoryID: KafkaUUID
        /// The offset after its last record; -1 if unknown.
        public var logEndOffset: Int64
        /// When it has last fetched, in milliseconds since 1970; nil if unknown, and of the leader.
        public var lastFetchMilliseconds: Int64?
        /// When it had all records of the leader, in milliseconds since 1970; nil if unknown.
        public var lastCaughtUpMilliseconds: Int64?
    }

    /// The node id of the leader; -1 if there is none.
    public var leaderID: Int32
    /// The leader's epoch.
    public var leaderEpoch: Int32
    /// The offset after the last record that is committed.
    public var highWatermark: Int64
    /// The controllers that elect the leader.
    public var voters: [Replica]
    /// The nodes that only replicate: brokers.
    public var observers: [Replica]
}
