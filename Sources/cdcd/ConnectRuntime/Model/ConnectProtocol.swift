/// A version of the protocol in which the members of a Connect group exchange `MemberMetadata` and `GroupAssignment`
/// inside JoinGroup and SyncGroup (`ConnectProtocol` and `IncrementalCooperativeConnectProtocol` of Kafka). The raw
/// value is that of the property `connect.protocol`.
enum ConnectProtocol: String, Sendable, CaseIterable {
    /// In order of preference.
    case sessioned, compatible, eager

    /// The protocol's name in JoinGroup.
    var name: String { self == .eager ? "default" : rawValue }

    var version: Int16 {
        switch self {
        case .sessioned: 2
        case .compatible: 1
        case .eager: 0
        }
    }

    /// The version of the protocol that the coordinator has chosen.
    static func version(ofProtocolNamed name: String) -> Int16 { allCases.first { $0.name == name }?.version ?? 0 }
}
