import KafkaProtocol
import KafkaWire
import WireCore

/// Divides the members of the group into former memberships of this worker and other workers.
struct MemberClassifier: Sendable {
    let configuration: WorkerConfiguration
    let host: WorkerHost?

    /// The ids of this worker's own members, and the addresses of the others.
    struct Members: Equatable {
        var own: [String] = []
        var others: [String] = []
    }

    /// - Throws: `WorkerError` if the group belongs to clients of another kind.
    func members(of group: GroupDescription) throws(WorkerError) -> Members {
        if !group.members.isEmpty, group.protocolType != "connect", !group.protocolType.isEmpty {
            throw WorkerError(
                "The group \(configuration.groupID) is in use by clients of the kind '\(group.protocolType)'. Workers need a group "
                    + "of their own: choose another group.id.")
        }
        var members = Members()
        for member in group.members {
            let metadata = Self.metadata(member.metadata)
            if isOwnMember(member, metadata) { members.own.append(member.memberID) } else {
                members.others.append(metadata?.url ?? "\(member.clientID) at \(member.clientHost)")
            }
        }
        return members
    }

    /// A member's metadata; nil if the broker does not show it or it is not in Connect's form.
    static func metadata(_ bytes: [UInt8]) -> MemberMetadata? {
        do throws(WireError) { return try MemberMetadata.decode(bytes) } catch { return nil }
    }

    /// Whether a member is this worker, now or before it was killed: the same URL, host name and boot id. The URL alone
    /// does not identify it, since `127.0.0.1` and `127.0.1.1` are addresses of many machines.
    func isSelf(_ metadata: MemberMetadata?) -> Bool {
        guard let metadata, let host else { return false }
        return metadata.url == configuration.advertisedURL && metadata.host == host
    }

    /// Brokers show the members' metadata only while the group is stable. During a rebalance the client id identifies
    /// this worker, unless it was configured: it then consists of the worker's address, host name and boot id.
    private func isOwnMember(_ member: GroupDescription.Member, _ metadata: MemberMetadata?) -> Bool {
        if !member.metadata.isEmpty { return isSelf(metadata) }
        return host != nil && configuration.clientID.isEmpty && member.clientID == configuration.memberClientID
    }

    /// The error of a worker whose group has other members.
    func otherWorkersError(_ others: [String]) -> WorkerError {
        WorkerError(
            "The group \(configuration.groupID) has another worker that is alive: \(others.joined(separator: ", ")). This worker is "
                + "\(configuration.advertisedURL), and only one worker a group is supported yet. Stop the other one, or give this one "
                + "another group.id and internal topics of its own.")
    }
}
