import KafkaProtocol
import KafkaWire
import Testing
import WireStreams
import WireTestSupport

/// Administration of a real cluster; `CDCD_TEST_KAFKA=host:port` names a broker, of Kafka 2.8 or later. A broker that
/// is too old for a call must give an error that names the API.
@Suite(.enabled(if: RealServers.kafka != nil, "CDCD_TEST_KAFKA names no broker"), .serialized)
struct KafkaAdminTests {
    private let client: KafkaClient
    private let admin: KafkaAdmin
    private let name = "cdcd-admin-test-\(UInt32.random(in: 0 ... .max))"
    /// Kafka 2.8 finalizes no features.
    private let isOld: Bool

    init() throws {
        var configuration = KafkaClientConfiguration(bootstrapServers: [try #require(RealServers.kafka)])
        configuration.apiTimeoutMilliseconds = 20_000
        client = KafkaClient(configuration)
        admin = KafkaAdmin(client)
        isOld = try admin.describeFeatures().finalized.isEmpty
    }

    private func withTopic(partitions: Int32 = 1, _ body: () throws -> Void) throws {
        try admin.createTopics([NewTopic(name: name, partitions: partitions, replicationFactor: 1)]).get()
        // A broker sees a new topic a little later than its controller.
        _ = try admin.topicConfiguration(name)
        defer {
            // A topic that is left over does no harm.
            _ = admin.deleteTopics([name])
            client.close()
        }
        try body()
    }

    private func append(_ values: [String]) throws {
        let producer = KafkaProducer(client)
        let topic = try producer.topic(name)
        for value in values {
            try Array(value.utf8).withUnsafeBytes {
                try producer.append(to: topic, partition: 0, key: nil, value: $0)
            }
        }
        try producer.awaitDelivery(timeoutMilliseconds: 20_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    /// Expects an error that names the API on old brokers.
    private func newer<Value>(_ key: APIKey, _ body: () throws -> Value) throws -> Value? {
        guard isOld else { return try body() }
        let error = #expect(throws: KafkaError.self) { _ = try body() }
        switch error {
        case .unsupportedVersion(key, _): break
        case .code(.unsupportedVersion, _, let message): #expect(message?.contains("\(key)") == true)
        default: Issue.record("\(String(describing: error))")
        }
        return nil
    }

    private var partition: TopicPartition { TopicPartition(name, 0) }

    // MARK: Topics and partitions

    @Test func topicsAreCreatedListedAndDeletedByNameAndID() throws {
        let others = (0..<3).map { "\(name)-\($0)" }
        #expect(try admin.createTopics([NewTopic(name: others[0])], validateOnly: true).get().count == 1)
        #expect(try admin.describeTopic(others[0]) == nil)
        let broker = try #require(try admin.brokers().first?.id)
        let results = admin.createTopics([
            NewTopic(
                name: others[0], partitions: 3, replicationFactor: 1, configuration: [("cleanup.policy", "compact")]),
            NewTopic(name: "a name with blanks"),
            NewTopic(name: others[1], replicaAssignment: [[broker], [broker]]),
            NewTopic(name: others[2]), NewTopic(name: others[2]),
        ])
        #expect(results.map { try? $0.get().partitions } == [3, nil, 2, 1, nil])
        #expect(results.map(\.errorCode) == [nil, .invalidTopicException, nil, nil, .invalidRequest])
        let created = try results[0].get()
        #expect(created.configuration?.first { $0.name == "cleanup.policy" }?.source == .topic)
        #expect(created.id != .zero)
        for other in others { _ = try admin.topicConfiguration(other) }

        let listed = try admin.listTopics().filter { others.contains($0.name) }
        #expect(listed.map(\.name) == others)
        #expect(listed[0].id == created.id)
        let described = admin.describeTopics([others[1], "none", others[0]])
        let replicas = described.map { try? $0.get().partitions.map(\.replicas) }
        #expect(replicas == [[[broker], [broker]], nil, [[broker], [broker], [broker]]])
        #expect(described[1].errorCode == .unknownTopicOrPartition)
        if let topics = try newer(.metadata, { try admin.describeTopics(ids: [created.id]).get() }) {
            #expect(topics.map(\.name) == [others[0]])
            #expect(admin.describeTopics(ids: [.random()])[0].errorCode == .unknownTopicID)
        }
        #expect(admin.deleteTopics(ids: [created.id, .random()]).map(\.errorCode) == [nil, .unknownTopicID])
        let deleted = admin.deleteTopics([others[1], "none", others[2]])
        #expect(deleted.map(\.errorCode) == [nil, .unknownTopicOrPartition, nil])
        client.close()
    }

    @Test func partitionsAreAddedReassignedAndTheirLeadersElected() throws {
        try withTopic {
            let broker = try #require(try admin.brokers().first?.id)
            let added = admin.createPartitions([
                NewPartitions(topic: name, totalCount: 3), NewPartitions(topic: "none", totalCount: 3),
            ])
            #expect(added.map(\.errorCode) == [nil, .unknownTopicOrPartition])
            let fewer = admin.createPartitions([NewPartitions(topic: name, totalCount: 2)])
            #expect(fewer.map(\.errorCode) == [.invalidPartitions])
            let reassigned = admin.reassignPartitions([
                PartitionReassignment(partition, replicas: [broker]),
                PartitionReassignment(TopicPartition(name, 1), replicas: [999_999]),
                PartitionReassignment(TopicPartition(name, 2), replicas: nil),
            ])
            #expect(reassigned.map(\.errorCode) == [nil, .invalidReplicaAssignment, .noReassignmentInProgress])
            #expect(try admin.listPartitionReassignments([partition]).isEmpty)
            #expect(try admin.listPartitionReassignments().isEmpty)
            let elected = admin.electLeaders(.preferred, of: [partition, TopicPartition("none", 0)])
            #expect(elected.map(\.errorCode) == [.electionNotNeeded, .unknownTopicOrPartition])
            #expect(admin.electLeaders(.unclean, of: [partition])[0].errorCode == .electionNotNeeded)
            // Kafka 2.8 refuses an election for topics that are being deleted, such as those of other tests.
            let results = try admin.electLeadersOfAllPartitions(.preferred)
            #expect(!results.contains { $0.partition.topic == name })
        }
    }

    // MARK: Configurations

    @Test func configurationsAreDescribedAndChanged() throws {
        try withTopic {
            let broker = try #require(try admin.brokers().first?.id)
            let resources: [ConfigResource] = [.topic(name), .broker(broker), .topic("none"), .brokerLogger(broker)]
            let described = admin.describeConfigs(resources, includeSynonyms: true, includeDocumentation: true)
            #expect(described.map(\.errorCode) == [nil, nil, .unknownTopicOrPartition, nil])
            let retention = try #require(try described[0].get().first { $0.name == "retention.ms" })
            #expect(retention.value == "604800000")
            #expect(retention.isDefault && !retention.isReadOnly && !retention.isSensitive)
            #expect(retention.type == .long)
            #expect(retention.documentation?.contains("retention") == true)
            #expect(try described[1].get().contains { $0.isReadOnly })
            #expect(try described[3].get().contains { $0.source == .brokerLogger })
            let one = try admin.describeConfigs([.topic(name)], names: ["cleanup.policy"])[0].get()
            #expect(one.map(\.name) == ["cleanup.policy"])

            let changed = admin.alterConfigs([
                ConfigAlteration(
                    .topic(name), ["retention.ms": .set("1000"), "cleanup.policy": .append("compact")]),
                ConfigAlteration(.topic("none"), ["retention.ms": .set("1000")]),
                ConfigAlteration(.broker(broker), ["log.retention.ms": .set("x")]),
            ])
            #expect(changed.map(\.errorCode) == [nil, .unknownTopicOrPartition, .invalidRequest]
                || changed.map(\.errorCode) == [nil, .unknownTopicOrPartition, .invalidConfig])
            try awaitConfiguration(["retention.ms": "1000", "cleanup.policy": "delete,compact"])
            try admin.alterConfigs([
                ConfigAlteration(.topic(name), ["retention.ms": .delete, "cleanup.policy": .subtract("delete")])
            ]).get()
            try awaitConfiguration(["retention.ms": "604800000", "cleanup.policy": "compact"])
            let invalid = [ConfigAlteration(.topic(name), ["retention.ms": .set("never")])]
            let refused = admin.alterConfigs(invalid, validateOnly: true)
            #expect(refused.map(\.errorCode) == [isOld ? .invalidRequest : .invalidConfig])
            if let listed = try newer(.listConfigResources, { try admin.listConfigResources([.topic]) }) {
                #expect(listed.contains(.topic(name)))
            }
        }
    }

    /// A broker applies a change a little later than its controller.
    private func awaitConfiguration(_ expected: [String: String]) throws {
        try eventually {
            let entries = try admin.topicConfiguration(name).filter { expected[$0.name] != nil }
            return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) }) == expected
        }
    }

    private func eventually(_ condition: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while try !condition() {
            try #require(ContinuousClock.now < deadline)
            _ = ThreadCompletion().wait(milliseconds: 20)
        }
    }

    // MARK: Access

    @Test func accessControlListsAreCreatedDescribedAndDeleted() throws {
        defer { client.close() }
        let all: [ACLBinding]
        do throws(KafkaError) { all = try admin.describeACLs() } catch {
            return #expect(error.errorCode == .securityDisabled, "\(error)")
        }
        let user = "User:\(name)"
        let read = ACLBinding(.allow, .read, to: user, on: .topic, name, patternType: .prefixed)
        let deny = ACLBinding(.deny, .write, to: user, host: "10.0.0.1", on: .group, "*")
        let invalid = ACLBinding(.allow, .any, to: user, on: .topic, name)
        #expect(admin.createACLs([read, invalid, deny]).map(\.errorCode) == [nil, .invalidRequest, nil])
        var filter = ACLFilter()
        filter.principal = user
        try eventually { try Set(admin.describeACLs(filter)) == [read, deny] }
        var matching = ACLFilter()
        (matching.resourceType, matching.resourceName, matching.patternType) = (.topic, name + "-x", .match)
        #expect(try admin.describeACLs(matching).contains(read))
        let deleted = admin.deleteACLs([ACLFilter(read), ACLFilter(invalid), filter])
        #expect(Set((try? deleted[0].get()) ?? []) == [read])
        try eventually { try admin.describeACLs(filter).isEmpty && admin.describeACLs().count == all.count }
    }

    @Test func quotasOfClientsAreSetAndRemoved() throws {
        defer { client.close() }
        let entity = ["user": Optional(name), "client-id": nil]
        let results = admin.alterClientQuotas([
            ClientQuotaAlteration(entity, ["producer_byte_rate": 1024, "request_percentage": 50]),
            ClientQuotaAlteration(["user": "\(name)-2"], ["nonsense": 1]),
        ])
        #expect(results.map(\.errorCode) == [nil, .invalidRequest])
        let filter = [ClientQuotaFilter("user", .exact(name)), ClientQuotaFilter("client-id", .default)]
        try eventually {
            try admin.describeClientQuotas(filter, strict: true).map(\.values)
                == [["producer_byte_rate": 1024, "request_percentage": 50]]
        }
        #expect(try admin.describeClientQuotas(filter).map(\.entity) == [entity])
        let removal: [String: Double?] = ["producer_byte_rate": nil, "request_percentage": nil]
        try admin.alterClientQuotas([ClientQuotaAlteration(entity, removal)]).get()
        try eventually { try admin.describeClientQuotas([ClientQuotaFilter("user", .exact(name))]).isEmpty }
    }

    @Test func usersOfSCRAMAreCreatedAndDeleted() throws {
        defer { client.close() }
        let results = admin.alterSCRAMUsers([
            .upsert(user: name, password: "secret"), .upsert(user: name, .sha512, password: "secret", iterations: 8192),
            .delete(user: "none", .sha256), .upsert(user: "few", password: "x", iterations: 1),
        ])
        #expect(results.map(\.errorCode) == [nil, nil, .resourceNotFound, .unacceptableCredential])
        try eventually { admin.describeSCRAMUsers([name])[0].errorCode == nil }
        let users = try admin.describeSCRAMUsers([name]).get()
        #expect(users.map(\.name) == [name])
        #expect(users.map(\.iterations) == [[.sha256: 4096, .sha512: 8192]])
        #expect(admin.describeSCRAMUsers(["none"])[0].errorCode == .resourceNotFound)
        #expect(try admin.listSCRAMUsers().contains { $0.name == name })
        try admin.alterSCRAMUsers([.delete(user: name, .sha256), .delete(user: name, .sha512)]).get()
        try eventually { admin.describeSCRAMUsers([name])[0].errorCode == .resourceNotFound }
    }

    // MARK: Groups and records

    @Test func groupsAreListedDescribedAndDeleted() throws {
        try withTopic {
            let (group, other) = ("\(name)-group", TopicPartition(name, 7))
            let committed = admin.alterGroupOffsets(
                group,
                [(partition, OffsetAndMetadata(5, leaderEpoch: 0, metadata: "x")), (other, OffsetAndMetadata(1))])
            #expect(committed.map(\.errorCode) == [nil, .unknownTopicOrPartition])
            let offsets = try admin.listGroupOffsets([(group, nil), ("\(group)-none", nil)], requireStable: true).get()
            #expect(offsets[0].map(\.partition) == [partition])
            #expect(try offsets[0][0].offset.get() == OffsetAndMetadata(5, leaderEpoch: 0, metadata: "x"))
            #expect(offsets[1].isEmpty)
            let some = try admin.listGroupOffsets([(group, [partition, other])]).get()[0]
            #expect(Set(some.map(\.partition)) == [partition, other])

            let listed = try admin.listGroups().get().joined().first { $0.groupID == group }
            #expect(listed?.state == "Empty")
            #expect(listed?.type == (isOld ? .unknown : .classic))
            #expect(try admin.listGroups(states: ["Stable"]).get().joined().allSatisfy { $0.groupID != group })
            if let classic = try newer(.listGroups, { try admin.listGroups(types: [.classic]).get() }) {
                #expect(classic.joined().contains { $0.groupID == group })
            }
            let described = admin.describeGroups([group, "\(group)-none"], includeAuthorizedOperations: true)
            #expect(try described[0].get().state == "Empty")
            #expect(try described[0].get().authorizedOperations?.contains(.read) == true)
            #expect(described[1].errorCode == .groupIDNotFound)
            #expect(try admin.describeGroup("\(group)-none").state == "Dead")
            #expect(admin.removeMembers(group: group, [.memberID("none"), .groupInstanceID("none")]).map(\.errorCode)
                == [.unknownMemberID, .unknownMemberID])
            #expect(admin.deleteGroupOffsets(group, [partition]).map(\.errorCode) == [nil])
            #expect(try admin.listGroupOffsets([(group, nil)]).get()[0].isEmpty)
            try admin.alterGroupOffsets(group, [(partition, OffsetAndMetadata(1))]).get()
            #expect(admin.deleteGroups([group, "\(group)-none"]).map(\.errorCode) == [nil, .groupIDNotFound])
        }
    }

    @Test func offsetsAreListedAndRecordsDeleted() throws {
        try withTopic {
            try append(["a", "b", "c"])
            func offset(_ spec: OffsetSpec) throws -> Int64? {
                try admin.listOffsets([(partition, spec)])[0].get().offset
            }
            #expect(try offset(.earliest) == 0)
            #expect(try offset(.latest) == 3)
            #expect(try offset(.timestamp(1)) == 0)
            #expect(try offset(.timestamp(1 << 50)) == nil)
            #expect(try offset(.offset(17)) == 17)
            if let latest = try newer(.listOffsets, { try offset(.maxTimestamp) }) { #expect(latest != nil) }
            if let local = try newer(.listOffsets, { try offset(.earliestLocal) }) { #expect(local == 0) }
            if let tiered = try newer(.listOffsets, { try offset(.latestTiered) }) { #expect(tiered == nil) }
            #expect(try admin.endOffsets(name) == [0: 3])
            let deleted = admin.deleteRecords([(partition, 2), (TopicPartition(name, 0), 2)])
            #expect(try deleted[0].get() == 2)
            #expect(deleted[1].errorCode == .invalidRequest)
            #expect(try offset(.earliest) == 2)
            #expect(admin.deleteRecords([(partition, 99)])[0].errorCode == .offsetOutOfRange)
            #expect(try admin.deleteRecords([(partition, -1)])[0].get() == 3)
        }
    }

    // MARK: The cluster

    @Test func clusterFeaturesAndQuorumAreDescribed() throws {
        defer { client.close() }
        let cluster = try admin.describeCluster(includeAuthorizedOperations: true)
        let (clusterID, brokers) = (try admin.clusterID(), try admin.brokers())
        #expect(cluster.clusterID == clusterID)
        #expect(cluster.brokers == brokers)
        #expect(cluster.controllerID != nil)
        #expect(cluster.authorizedOperations?.contains(.describe) == true)
        let withFenced = try newer(.describeCluster) { try admin.describeCluster(includeFencedBrokers: true) }
        #expect(isOld || withFenced?.fencedBrokers.isEmpty == true)
        let features = try admin.describeFeatures()
        #expect(isOld || features.finalized["metadata.version"] != nil)
        let tooHigh = [FeatureUpdate("metadata.version", maxVersion: 999)]
        if isOld {
            #expect(admin.updateFeatures(tooHigh)[0].errorCode != nil)
        } else {
            #expect(admin.updateFeatures(tooHigh, validateOnly: true)[0].errorCode == .invalidUpdateVersion)
        }
        if let quorum = try newer(.describeQuorum, { try admin.describeQuorum() }) {
            #expect(quorum.voters.contains { $0.id == quorum.leaderID })
            #expect(quorum.highWatermark > 0)
        }
    }

    @Test func producersAreDescribedAndFenced() throws {
        try withTopic {
            try append(["a"])
            let producers = try admin.describeProducers([partition]).get()[0]
            #expect(producers.map(\.lastSequence) == [0])
            #expect(producers.map(\.transactionStartOffset) == [nil])
            let fenced = try admin.fenceProducers([name]).get()[0]
            #expect(fenced.producerID >= 0)
            #expect(try admin.fenceProducers([name]).get()[0].producerEpoch == fenced.producerEpoch + 1)
            if let listed = try newer(.listTransactions, { try admin.listTransactions().get() }) {
                #expect(listed.joined().contains { $0.transactionalID == name && $0.state == "Empty" })
                let ongoing = try admin.listTransactions(states: ["Ongoing"]).get().joined()
                #expect(ongoing.allSatisfy { $0.transactionalID != name })
                let described = admin.describeTransactions([name, "\(name)-none"])
                #expect(try described[0].get().producerID == fenced.producerID)
                #expect(described[1].errorCode == .transactionalIDNotFound)
                // Kafka writes the marker for any producer.
                try admin.abortTransaction(
                    AbortedTransaction(partition, producerID: 1 << 40, producerEpoch: 0, coordinatorEpoch: 0))
            }
        }
    }

    @Test func logDirectoriesAreDescribed() throws {
        try withTopic {
            let broker = try #require(try admin.brokers().first?.id)
            let directories = try admin.describeLogDirectories(of: [broker], partitions: [partition]).get()[0]
            let directory = try #require(directories.first)
            #expect(directory.error == nil)
            #expect(directories.flatMap(\.replicas).map(\.partition) == [partition])
            #expect(isOld || directory.totalBytes ?? 0 > 0)
            let moves = admin.moveReplicas([
                ReplicaMove(partition, brokerID: broker, path: directory.path),
                ReplicaMove(TopicPartition(name, 1), brokerID: broker, path: "/none"),
            ])
            #expect(moves.map(\.errorCode) == [nil, .logDirNotFound])
        }
    }
}

extension Result where Failure == KafkaError {
    /// The code of a broker's error; nil for a success.
    fileprivate var errorCode: KafkaErrorCode? {
        if case .failure(let error) = self { error.errorCode ?? .unknownServerError } else { nil }
    }
}
