import KafkaProtocol

/// What a JoinGroup request says.
struct JoinRequest: Equatable, Sendable {
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
    var requiresKnownMemberID: Bool
    /// From version 9 on a leader can be asked to keep the assignment (KIP-814).
    var supportsSkippingAssignment: Bool
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
