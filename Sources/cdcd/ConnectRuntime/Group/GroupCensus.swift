import KafkaProtocol
import KafkaWire
import WireCore

/// Who is in the group: this worker's own former memberships, or somebody else.
struct GroupCensus: Sendable {
    let configuration: WorkerConfiguration
    let host: WorkerHost?

    /// The ids of this worker's own members, and how the others can be reached.
    struct Members: Equatable {
        var own: [String] = []
        var others: [String] = []
    }

    /// - Throws: `WorkerError` where the group belongs to clients of another kind.
    func members(of group: GroupDescription) throws(WorkerError) -> Members {
        if !group.members.isEmpty, group.protocolType != "connect", !group.protocolType.isEmpty {
            throw WorkerError(
                "The group \(configuration.groupID) is in use by clients of the kind '\(group.protocolType)'. Workers need a group "
                    + "of their own: choose another group.id.")
        }
        var members = Members()
        for member in group.members {
            let metadata = Self.metadata(member.metadata)
            if isFormerSelf(member, metadata) { members.own.append(member.memberID) } else {
                members.others.append(metadata?.url ?? "\(member.clientID) at \(member.clientHost)")
            }
        }
        return members
    }

    /// What a member says of itself; nil if that is hidden or not in Connect's form.
    static func metadata(_ bytes: [UInt8]) -> MemberMetadata? {
        do throws(WireError) { return try MemberMetadata.decode(bytes) } catch { return nil }
    }

    /// Whether that is this worker, now or before it was killed: the same URL on the same machine since the same start
    /// of it. The URL alone proves nothing: `127.0.0.1` and `127.0.1.1` are the address of many machines.
    func isSelf(_ metadata: MemberMetadata?) -> Bool {
        guard let metadata, let host else { return false }
        return metadata.url == configuration.advertisedURL && metadata.host == host
    }

    /// Brokers show the members' metadata only while the group is stable. While it forms, the client id identifies this
    /// worker, where it is made of its address, host name and boot id.
    private func isFormerSelf(_ member: GroupDescription.Member, _ metadata: MemberMetadata?) -> Bool {
        if !member.metadata.isEmpty { return isSelf(metadata) }
        return host != nil && configuration.clientID.isEmpty && member.clientID == configuration.memberClientID
    }

    func foreignWorkers(_ others: [String]) -> WorkerError {
        WorkerError(
            "The group \(configuration.groupID) has another worker that is alive: \(others.joined(separator: ", ")). This worker is "
                + "\(configuration.advertisedURL), and only one worker a group is supported yet. Stop the other one, or give this one "
                + "another group.id and internal topics of its own.")
    }
}
