import KafkaProtocol
import WireCore

/// The metadata and assignments of the protocol type `consumer`, which the members of a classic group exchange.
enum ConsumerProtocol {
    /// The name of the protocol type.
    static let type = "consumer"
    private static let subscriptionVersion: Int16 = 3
    private static let assignmentVersion: Int16 = 3
    private static let stickyVersion: Int16 = 1

    /// What a member says about itself for one assignor.
    static func subscription(
        _ assignor: ConsumerConfiguration.Assignor, topics: [String], owned: Set<TopicPartition>,
        generation: Int32, rack: String?
    ) -> [UInt8] {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        subscription.rackID = rack
        subscription.generationID = generation
        subscription.ownedPartitions = owned.byTopic.map { name, partitions in
            var topic = ConsumerProtocolSubscription.TopicPartition()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        if assignor == .cooperativeSticky {
            // For leaders that do not know the generation of version 2.
            var writer = ByteWriter(capacityBytes: 4)
            writer.bigEndian(generation)
            subscription.userData = writer.array()
        }
        return subscription.encodedVersioned(subscriptionVersion)
    }

    /// The same for the sticky assignor, whose members have revoked everything and name their last assignment.
    static func stickySubscription(
        topics: [String], former: Set<TopicPartition>, generation: Int32, rack: String?
    ) -> [UInt8] {
        var data = StickyAssignorUserData()
        data.generation = generation
        data.previousAssignment = former.byTopic.map { name, partitions in
            var topic = StickyAssignorUserData.TopicAssignment()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        var writer = KafkaWriter(isFlexible: false)
        data.encode(into: &writer, version: stickyVersion)
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics
        subscription.rackID = rack
        subscription.generationID = generation
        subscription.userData = writer.bytes.array()
        return subscription.encodedVersioned(subscriptionVersion)
    }

    /// The member that has sent this metadata.
    static func member(
        _ metadata: GroupMemberMetadata, _ assignor: ConsumerConfiguration.Assignor
    ) throws(WireError) -> GroupSubscription.Member {
        let subscription = try decode(ConsumerProtocolSubscription.self, metadata.metadata)
        var member = GroupSubscription.Member(
            memberID: metadata.memberID, instanceID: metadata.instanceID, topics: subscription.topics,
            rack: subscription.rackID)
        member.generation = subscription.generationID
        member.owned = subscription.ownedPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.topic, $0) }
        }
        guard let data = subscription.userData, !data.isEmpty else { return member }
        switch assignor {
        case .sticky:
            let sticky = try stickyData(data)
            member.generation = sticky.generation
            member.owned = sticky.previousAssignment.flatMap { topic in
                topic.partitions.map { TopicPartition(topic.topic, $0) }
            }
        // Subscriptions before version 2 have the generation in the assignor's data.
        case .cooperativeSticky where member.generation < 0:
            member.generation = try data.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
                var reader = ByteReader(bytes)
                return try reader.bigEndian(Int32.self)
            }
        case .cooperativeSticky, .range, .roundRobin: break
        }
        return member
    }

    /// Version 0 of the data has no generation.
    private static func stickyData(_ data: [UInt8]) throws(WireError) -> StickyAssignorUserData {
        try data.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
            do throws(WireError) {
                var reader = KafkaReader(ByteReader(bytes), isFlexible: false)
                return try StickyAssignorUserData(from: &reader, version: stickyVersion)
            } catch {
                var reader = KafkaReader(ByteReader(bytes), isFlexible: false)
                return try StickyAssignorUserData(from: &reader, version: 0)
            }
        }
    }

    static func encode(_ partitions: [TopicPartition]) -> [UInt8] {
        var assignment = ConsumerProtocolAssignment()
        assignment.assignedPartitions = partitions.byTopic.map { name, partitions in
            var topic = ConsumerProtocolAssignment.TopicPartition()
            topic.topic = name
            topic.partitions = partitions
            return topic
        }
        return assignment.encodedVersioned(assignmentVersion)
    }

    /// An empty assignment may also be no bytes.
    static func partitions(_ assignment: [UInt8]) throws(WireError) -> Set<TopicPartition> {
        guard !assignment.isEmpty else { return [] }
        let decoded = try decode(ConsumerProtocolAssignment.self, assignment)
        return Set(decoded.assignedPartitions.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.topic, $0) }
        })
    }

    private static func decode<Data: KafkaData>(_: Data.Type, _ bytes: [UInt8]) throws(WireError) -> Data {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
            try Data.decodeVersioned(ByteReader(bytes))
        }
    }
}
