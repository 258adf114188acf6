import KafkaProtocol
import WireCore

/// The stored form, in Kafka's flexible primitives. Deadlines are not stored: after a restart each member has a whole
/// session timeout for its next heartbeat.
extension ServerAssignedGroup {
    func encode(into writer: inout KafkaWriter) {
        writer.string(groupID)
        writer.int32(epoch)
        writer.int32(targetEpoch)
        writer.arrayCount(subscribedTopics.count)
        for (name, topic) in subscribedTopics.sorted(by: { $0.key < $1.key }) {
            writer.string(name)
            writer.uuid(topic.id)
            writer.int32(topic.partitionCount)
        }
        writer.arrayCount(members.count)
        for (memberID, member) in members.sorted(by: { $0.key < $1.key }) {
            member.encode(into: &writer)
            (target[memberID] ?? PartitionSets()).encode(into: &writer)
        }
    }

    @_lifetime(reader: copy reader)
    init(from reader: inout KafkaReader) throws(WireError) {
        self.init(groupID: try reader.string())
        epoch = try reader.int32()
        targetEpoch = try reader.int32()
        for _ in 0..<(try reader.arrayCount()) {
            let name = try reader.string()
            subscribedTopics[name] = .init(id: try reader.uuid(), partitionCount: try reader.int32())
        }
        for _ in 0..<(try reader.arrayCount()) {
            let member = try Member(from: &reader)
            members[member.id] = member
            target[member.id] = try PartitionSets(from: &reader)
        }
    }

    /// Gives all members a whole session timeout, after a restart.
    mutating func restoreSessions(now: MonotonicInstant) {
        for memberID in members.keys {
            members[memberID]?.sessionEnd = now.advanced(byMilliseconds: Self.sessionMilliseconds)
            guard let member = members[memberID], member.state == .unrevoked else { continue }
            members[memberID]?.revocationEnd = now.advanced(byMilliseconds: Int(member.rebalanceTimeoutMilliseconds))
        }
    }
}

extension ServerAssignedGroup.Member {
    fileprivate func encode(into writer: inout KafkaWriter) {
        writer.string(id)
        writer.nullableString(instanceID)
        writer.nullableString(rackID)
        writer.string(clientID)
        writer.string(clientHost)
        writer.int32(rebalanceTimeoutMilliseconds)
        writer.arrayCount(topicNames.count)
        for name in topicNames { writer.string(name) }
        writer.nullableString(pattern)
        writer.nullableString(assignor)
        writer.int32(epoch)
        writer.int32(previousEpoch)
        writer.int8(state.rawValue)
        assigned.encode(into: &writer)
        pendingRevocation.encode(into: &writer)
    }

    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        self.init(
            id: try reader.string(), instanceID: try reader.nullableString(), rackID: try reader.nullableString(),
            clientID: try reader.string(), clientHost: try reader.string(),
            rebalanceTimeoutMilliseconds: try reader.int32(), sessionEnd: MonotonicInstant(nanoseconds: 0))
        for _ in 0..<(try reader.arrayCount()) { topicNames.append(try reader.string()) }
        pattern = try reader.nullableString()
        assignor = try reader.nullableString()
        epoch = try reader.int32()
        previousEpoch = try reader.int32()
        state = State(rawValue: try reader.int8()) ?? .stable
        assigned = try PartitionSets(from: &reader)
        pendingRevocation = try PartitionSets(from: &reader)
    }
}

extension PartitionSets {
    fileprivate func encode(into writer: inout KafkaWriter) {
        writer.arrayCount(byTopic.count)
        for (topicID, partitions) in sorted {
            writer.uuid(topicID)
            writer.arrayCount(partitions.count)
            for partition in partitions { writer.int32(partition) }
        }
    }

    @_lifetime(reader: copy reader)
    fileprivate init(from reader: inout KafkaReader) throws(WireError) {
        self.init()
        for _ in 0..<(try reader.arrayCount()) {
            let topicID = try reader.uuid()
            for _ in 0..<(try reader.arrayCount()) { insert(topicID, try reader.int32()) }
        }
    }
}
