import KafkaProtocol
import WireCore

/// An offset that a group has committed.
struct CommittedOffset: Equatable, Sendable {
    var offset: Int64
    var leaderEpoch: Int32
    var metadata: String
    /// Milliseconds since 1970.
    var committedAt: Int64
}

/// The persistent state of a group.
struct GroupSnapshot: Equatable, Sendable {
    var groupID: String
    var generation: Int32
    var protocolType: String?
    var protocolName: String?
    var leaderID: String?
    var members: [GroupMember]

    /// During a rebalance the members are left out: without an assignment they must join again.
    init(_ group: ConsumerGroup) {
        groupID = group.groupID
        generation = group.generation
        protocolType = group.protocolType
        protocolName = group.protocolName
        let isStable = group.phase == .stable
        leaderID = isStable ? group.leaderID : nil
        members = isStable ? group.members : []
    }

    /// The restored group. Its members have a full session timeout for their next heartbeat.
    func restored(now: MonotonicInstant) -> ConsumerGroup {
        var group = ConsumerGroup(groupID: groupID)
        group.generation = generation
        group.protocolType = protocolType
        group.protocolName = protocolName
        group.leaderID = leaderID
        group.members = members
        for index in group.members.indices { group.members[index].recordHeartbeat(at: now) }
        group.phase = members.isEmpty ? .empty : .stable
        return group
    }
}

/// One entry of the groups' journal. Later entries replace earlier ones for the same group or partition.
enum GroupJournalEntry: Equatable, Sendable, JournalEntry {
    static let fileName = "groups.journal"

    case group(GroupSnapshot)
    case offset(groupID: String, topic: String, partition: Int32, CommittedOffset)
    case offsetRemoved(groupID: String, topic: String, partition: Int32)
    /// Also removes all offsets of the group.
    case groupRemoved(groupID: String)
    /// An offset that becomes valid when the producer's transaction is committed.
    case pendingOffset(producerID: Int64, groupID: String, topic: String, partition: Int32, CommittedOffset)
    /// A group in the consumer protocol of KIP-848, which replaces a classic one with its id.
    case serverAssigned(ServerAssignedGroup)
    /// The producer's pending offsets became valid, or were discarded.
    case transactionEnded(producerID: Int64, isCommit: Bool)

    /// Layout: kind u8, then the fields in Kafka's flexible primitives.
    func encode(into writer: inout KafkaWriter) {
        switch self {
        case .group(let snapshot):
            writer.int8(1)
            writer.string(snapshot.groupID)
            writer.int32(snapshot.generation)
            writer.nullableString(snapshot.protocolType)
            writer.nullableString(snapshot.protocolName)
            writer.nullableString(snapshot.leaderID)
            writer.arrayCount(snapshot.members.count)
            for member in snapshot.members { member.encode(into: &writer) }
        case .offset(let groupID, let topic, let partition, let committed):
            writer.int8(2)
            writer.string(groupID)
            writer.string(topic)
            writer.int32(partition)
            committed.encode(into: &writer)
        case .offsetRemoved(let groupID, let topic, let partition):
            writer.int8(3)
            writer.string(groupID)
            writer.string(topic)
            writer.int32(partition)
        case .groupRemoved(let groupID):
            writer.int8(4)
            writer.string(groupID)
        case .pendingOffset(let producerID, let groupID, let topic, let partition, let committed):
            writer.int8(5)
            writer.int64(producerID)
            writer.string(groupID)
            writer.string(topic)
            writer.int32(partition)
            committed.encode(into: &writer)
        case .transactionEnded(let producerID, let isCommit):
            writer.int8(6)
            writer.int64(producerID)
            writer.bool(isCommit)
        case .serverAssigned(let group):
            writer.int8(7)
            group.encode(into: &writer)
        }
    }

    @_lifetime(reader: copy reader)
    init(from reader: inout KafkaReader) throws(WireError) {
        switch try reader.int8() {
        case 1: self = .group(try GroupSnapshot(from: &reader))
        case 2:
            self = .offset(
                groupID: try reader.string(), topic: try reader.string(), partition: try reader.int32(),
                try CommittedOffset(from: &reader))
        case 3:
            self = .offsetRemoved(
                groupID: try reader.string(), topic: try reader.string(), partition: try reader.int32())
        case 4: self = .groupRemoved(groupID: try reader.string())
        case 5:
            self = .pendingOffset(
                producerID: try reader.int64(), groupID: try reader.string(), topic: try reader.string(),
                partition: try reader.int32(), try CommittedOffset(from: &reader))
        case 6: self = .transactionEnded(producerID: try reader.int64(), isCommit: try reader.bool())
        case 7: self = .serverAssigned(try ServerAssignedGroup(from: &reader))
        case let kind: throw WireError(.invalidValue("journal entry of unknown kind \(kind)"), at: 0)
        }
    }
}

extension CommittedOffset {
    fileprivate func encode(into writer: inout KafkaWriter) {
        writer.int64(offset)
        writer.int32(leaderEpoch)
        writer.string(metadata)
        writer.int64(committedAt)
    }

    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        self.init(
            offset: try reader.int64(), leaderEpoch: try reader.int32(), metadata: try reader.string(),
            committedAt: try reader.int64())
    }
}

extension GroupSnapshot {
    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        groupID = try reader.string()
        generation = try reader.int32()
        protocolType = try reader.nullableString()
        protocolName = try reader.nullableString()
        leaderID = try reader.nullableString()
        members = []
        for _ in 0..<(try reader.arrayCount()) { members.append(try GroupMember(from: &reader)) }
    }
}

extension GroupMember {
    fileprivate func encode(into writer: inout KafkaWriter) {
        writer.string(memberID)
        writer.nullableString(groupInstanceID)
        writer.string(clientID)
        writer.string(clientHost)
        writer.int32(sessionTimeoutMilliseconds)
        writer.int32(rebalanceTimeoutMilliseconds)
        writer.byteArray(assignment)
        writer.arrayCount(protocols.count)
        for offer in protocols {
            writer.string(offer.name)
            writer.byteArray(offer.metadata)
        }
    }

    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        memberID = try reader.string()
        groupInstanceID = try reader.nullableString()
        clientID = try reader.string()
        clientHost = try reader.string()
        sessionTimeoutMilliseconds = try reader.int32()
        rebalanceTimeoutMilliseconds = try reader.int32()
        assignment = try reader.byteArray()
        protocols = []
        for _ in 0..<(try reader.arrayCount()) {
            protocols.append(OfferedProtocol(name: try reader.string(), metadata: try reader.byteArray()))
        }
        hasSynced = true
        sessionEnd = MonotonicInstant(nanoseconds: 0)
    }
}
