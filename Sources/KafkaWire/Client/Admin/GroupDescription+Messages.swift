import KafkaProtocol
import WireCore

extension GroupDescription {
    init(_ group: DescribeGroupsResponse.DescribedGroup) {
        self.init(
            groupID: group.groupID, state: group.groupState, protocolType: group.protocolType,
            protocolName: group.protocolData,
            members: group.members.map { Member($0, ofConsumers: group.protocolType == "consumer") })
        authorizedOperations = ACLOperation.operations(group.authorizedOperations)
    }

    init(_ group: ConsumerGroupDescribeResponse.DescribedGroup) {
        self.init(
            groupID: group.groupID, state: group.groupState, protocolType: "consumer", protocolName: group.assignorName,
            members: group.members.map { Member($0) })
        type = .consumer
        groupEpoch = group.groupEpoch
        assignmentEpoch = group.assignmentEpoch
        authorizedOperations = ACLOperation.operations(group.authorizedOperations)
    }
}

extension GroupDescription.Member {
    fileprivate init(_ member: DescribeGroupsResponse.DescribedGroupMember, ofConsumers isConsumer: Bool) {
        self.init(
            memberID: member.memberID, groupInstanceID: member.groupInstanceID, clientID: member.clientID,
            clientHost: member.clientHost, metadata: member.memberMetadata, assignment: member.memberAssignment)
        guard isConsumer else { return }
        // A member may have an assignment of any format; the bytes are in `assignment`.
        partitions = member.memberAssignment.withUnsafeBytes { bytes in
            (try? ConsumerProtocolAssignment.decodeVersioned(ByteReader(bytes)))?.assignedPartitions.flatMap { topic in
                topic.partitions.map { TopicPartition(topic.topic, $0) }
            } ?? []
        }
    }

    fileprivate init(_ member: ConsumerGroupDescribeResponse.Member) {
        self.init(
            memberID: member.memberID, groupInstanceID: member.instanceID, clientID: member.clientID,
            clientHost: member.clientHost, metadata: [], assignment: [])
        rackID = member.rackID
        partitions = Self.partitions(member.assignment)
        targetPartitions = Self.partitions(member.targetAssignment)
        memberEpoch = member.memberEpoch
    }

    private static func partitions(_ assignment: ConsumerGroupDescribeResponse.Assignment) -> [TopicPartition] {
        assignment.topicPartitions.flatMap { topic in topic.partitions.map { TopicPartition(topic.topicName, $0) } }
    }
}
