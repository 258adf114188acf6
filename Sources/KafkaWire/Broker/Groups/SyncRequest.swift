import KafkaProtocol

/// The content of a SyncGroup request.
struct SyncRequest: Equatable, Sendable {
    var memberID: String
    var groupInstanceID: String?
    var generation: Int32
    /// nil before version 5.
    var protocolType: String?
    var protocolName: String?
    /// Empty unless the sender is the leader.
    var assignments: [String: [UInt8]]
}

/// The response to a SyncGroup request.
enum SyncOutcome: Equatable, Sendable {
    case assigned(protocolType: String, protocolName: String, assignment: [UInt8])
    case refused(KafkaErrorCode)
}
