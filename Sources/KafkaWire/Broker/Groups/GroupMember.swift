import KafkaProtocol
import WireCore

/// A strategy that a member offers, with its own data for it: for consumers their subscription, for Connect workers
/// their URL and what they know. The coordinator never looks inside.
struct OfferedProtocol: Equatable, Sendable {
    var name: String
    var metadata: [UInt8]
}

/// Names one blocked request, so that the machine can say whom an answer is for.
struct GroupTicket: Hashable, Sendable {
    let number: UInt64
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
    var waitingJoin: GroupTicket?
    /// Its SyncGroup that waits for the leader's.
    var waitingSync: GroupTicket?
    /// Whether it has asked for its assignment in this generation.
    var hasSynced = false
    /// When it is taken for dead unless it shows itself. Not while one of its requests waits here.
    var sessionEnd: MonotonicInstant

    var isWaiting: Bool { waitingJoin != nil || waitingSync != nil }

    mutating func showedItself(at now: MonotonicInstant) {
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

/// What a JoinGroup request says.
struct JoinFacts: Equatable, Sendable {
    /// Empty for a member that has none yet.
    var memberID: String
    var groupInstanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeoutMilliseconds: Int32
    var rebalanceTimeoutMilliseconds: Int32
    var protocolType: String
    var protocols: [OfferedProtocol]
    /// From version 4 on a new member receives its id and has to join again with it (KIP-394).
    var mustKnowItsID: Bool
    /// From version 9 on a leader can be asked to keep the assignment (KIP-814).
    var canSkipAssignment: Bool
}

/// What a SyncGroup request says.
struct SyncFacts: Equatable, Sendable {
    var memberID: String
    var groupInstanceID: String?
    var generation: Int32
    /// Nil before version 5.
    var protocolType: String?
    var protocolName: String?
    /// The leader's alone; empty from all others.
    var assignments: [String: [UInt8]]
}

/// The answer to a JoinGroup.
enum JoinOutcome: Equatable, Sendable {
    struct Joined: Equatable, Sendable {
        struct Member: Equatable, Sendable {
            var memberID: String
            var groupInstanceID: String?
            var metadata: [UInt8]
        }
        var generation: Int32
        var protocolType: String
        var protocolName: String
        var leaderID: String
        var memberID: String
        /// All members for the leader, nobody for the others.
        var members: [Member]
        var skipAssignment = false
    }
    case joined(Joined)
    /// `memberID` is the one to use from now on where the error is MEMBER_ID_REQUIRED.
    case refused(KafkaErrorCode, memberID: String)
}

/// The answer to a SyncGroup.
enum SyncOutcome: Equatable, Sendable {
    case assigned(protocolType: String, protocolName: String, assignment: [UInt8])
    case refused(KafkaErrorCode)
}

/// What the group machine wants done, in this order.
enum GroupAction: Equatable, Sendable {
    case answerJoin(GroupTicket, JoinOutcome)
    case answerSync(GroupTicket, SyncOutcome)
    /// The durable part has changed: write it down before the answers behind are given.
    case persist
}
