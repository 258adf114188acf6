import KafkaProtocol

/// The content of a JoinGroup request.
struct JoinRequest: Equatable, Sendable {
    /// Empty for a new member.
    var memberID: String
    var groupInstanceID: String?
    var clientID: String
    var clientHost: String
    var sessionTimeoutMilliseconds: Int32
    var rebalanceTimeoutMilliseconds: Int32
    var protocolType: String
    var protocols: [OfferedProtocol]
    /// Since version 4 a new member receives its id and has to join again with it (KIP-394).
    var requiresKnownMemberID: Bool
    /// Since version 9 the response can make the leader keep the assignment (KIP-814).
    var supportsSkippingAssignment: Bool
}

/// The response to a JoinGroup request.
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
        /// All members for the leader, empty for the others.
        var members: [Member]
        var skipAssignment = false
    }
    case joined(Joined)
    /// If the error is MEMBER_ID_REQUIRED, `memberID` is the one to join with.
    case refused(KafkaErrorCode, memberID: String)
}
