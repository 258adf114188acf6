import KafkaProtocol
import WireCore

/// A protocol that a member supports, with the member's metadata for it: the subscription of a consumer, the URL and
/// config offset of a Connect worker. The coordinator does not interpret the metadata.
struct OfferedProtocol: Equatable, Sendable {
    var name: String
    var metadata: [UInt8]
}

/// One member of a group.
struct GroupMember: Equatable, Sendable {
    var memberID: String
    /// Set for a static member (KIP-345), which keeps its assignment when it returns with this id.
    var groupInstanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeoutMilliseconds: Int32
    var rebalanceTimeoutMilliseconds: Int32
    var protocols: [OfferedProtocol]
    var assignment: [UInt8] = []

    /// Its JoinGroup request that waits for the other members.
    var pendingJoin: GroupRequestID?
    /// Its SyncGroup request that waits for the leader's.
    var pendingSync: GroupRequestID?
    /// Whether it has sent SyncGroup in this generation.
    var hasSynced = false
    /// Whether its first JoinGroup waits. Its client may have given up, and have joined again with another id.
    var isNew = false
    /// When it is removed unless a heartbeat comes first. Does not apply while one of its requests waits, apart from
    /// the first.
    var sessionEnd: MonotonicInstant

    /// How long the first JoinGroup of a member waits at most, as in Kafka.
    static let firstJoinMilliseconds = 300_000

    var hasPendingRequest: Bool { pendingJoin != nil || pendingSync != nil }
    /// Whether the member is removed at `sessionEnd`.
    var canExpire: Bool { isNew || !hasPendingRequest }

    mutating func recordHeartbeat(at now: MonotonicInstant) {
        sessionEnd = now.advanced(byMilliseconds: Int(sessionTimeoutMilliseconds))
    }

    /// The names that occur in all lists.
    static func commonProtocols(of lists: [[OfferedProtocol]]) -> Set<String> {
        guard let first = lists.first else { return [] }
        return lists.dropFirst().reduce(into: Set(first.map(\.name))) { common, list in
            common.formIntersection(list.map(\.name))
        }
    }

    func metadata(for protocolName: String?) -> [UInt8] {
        protocols.first { $0.name == protocolName }?.metadata ?? []
    }
}
