import KafkaProtocol
import WireCore

/// A strategy that a member offers, with its own data for it: for consumers their subscription, for Connect workers
/// their URL and what they know. The coordinator never looks inside.
struct OfferedProtocol: Equatable, Sendable {
    var name: String
    var metadata: [UInt8]
}

/// One member of a group, as the coordinator sees it.
struct GroupMember: Equatable, Sendable {
    var memberID: String
    /// Set for a static member (KIP-345), which keeps its place when it comes back under this name.
    var groupInstanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeoutMilliseconds: Int32
    var rebalanceTimeoutMilliseconds: Int32
    var protocols: [OfferedProtocol]
    var assignment: [UInt8] = []

    /// Its JoinGroup that waits for the others.
    var pendingJoin: GroupRequestID?
    /// Its SyncGroup that waits for the leader's.
    var pendingSync: GroupRequestID?
    /// Whether it has asked for its assignment in this generation.
    var hasSynced = false
    /// When it is taken for dead unless it shows itself. Not while one of its requests waits here.
    var sessionEnd: MonotonicInstant

    var hasPendingRequest: Bool { pendingJoin != nil || pendingSync != nil }

    mutating func recordHeartbeat(at now: MonotonicInstant) {
        sessionEnd = now.advanced(byMilliseconds: Int(sessionTimeoutMilliseconds))
    }

    /// The names that occur in every one of the lists.
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
