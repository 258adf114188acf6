import KafkaProtocol

/// What a SyncGroup request says.
struct SyncRequest: Equatable, Sendable {
    var memberID: String
    var groupInstanceID: String?
    var generation: Int32
    /// Nil before version 5.
    var protocolType: String?
    var protocolName: String?
    /// The leader's alone; empty from all others.
    var assignments: [String: [UInt8]]
}

/// The answer to a SyncGroup.
enum SyncOutcome: Equatable, Sendable {
    case assigned(protocolType: String, protocolName: String, assignment: [UInt8])
    case refused(KafkaErrorCode)
}
