import KafkaProtocol
import Synchronization
import Testing

@testable import KafkaWire

@Suite(.serialized) struct AdminOperationTests {
    /// Answers DeleteRecords with the code of `code`.
    private static func deletion(
        _ request: any KafkaMessage, _ code: (Int32) -> KafkaErrorCode
    ) -> DeleteRecordsResponse? {
        guard let request = request as? DeleteRecordsRequest else { return nil }
        var response = DeleteRecordsResponse()
        response.topics = request.topics.map { topic in
            var result = DeleteRecordsResponse.DeleteRecordsTopicResult()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
                result.partitionIndex = partition.partitionIndex
                result.errorCode = code(partition.partitionIndex)
                result.lowWatermark = partition.offset
                return result
            }
            return result
        }
        return response
    }

    private static func partitions(_ count: Int32) -> [(partition: TopicPartition, before: Int64)] {
        (0..<count).map { (TopicPartition("t", $0), Int64($0) * 10) }
    }

    /// The message of a failure with this code.
    private static func message<Value>(of result: Result<Value, KafkaError>, _ code: KafkaErrorCode) -> String? {
        if case .failure(.code(code, _, let message)) = result { message } else { nil }
    }

    // MARK: Leaders

    @Test func itemsAreSentToTheirLeadersAndOnlyFailedOnesAgain() throws {
        let failures = Countdown(2)
        let cluster = try AnsweringCluster(nodes: 3) { _, request in
            Self.deletion(request) { $0 == 1 && failures.take() ? .notLeaderOrFollower : .none }
        }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).deleteRecords(Self.partitions(3))
        #expect(try results.get() == [0, 10, 20])
        #expect(cluster.requests(.deleteRecords).map(\.node).sorted() == [0, 1, 1, 1, 2])
    }

    @Test func errorsThatAreNotRetriableAreResultsOfTheirItems() throws {
        let cluster = try AnsweringCluster(nodes: 2) { _, request in
            Self.deletion(request) { $0 == 1 ? .offsetOutOfRange : .none }
        }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).deleteRecords(Self.partitions(2))
        #expect(try results[0].get() == 0)
        #expect(results[1] == .failure(.code(.offsetOutOfRange, about: "deleting records of t-1")))
        #expect(throws: KafkaError.code(.offsetOutOfRange, about: "deleting records of t-1")) { try results.get() }
    }

    @Test func itemsThatStayRetriableFailWhenTheTimeIsUp() throws {
        let cluster = try AnsweringCluster(nodes: 2, apiTimeoutMilliseconds: 100) { _, request in
            Self.deletion(request) { $0 == 1 ? .leaderNotAvailable : .none }
        }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).deleteRecords(Self.partitions(2) + [(TopicPartition("none", 0), 1)])
        #expect(try results[0].get() == 0)
        for (result, code) in [(results[1], "LEADER_NOT_AVAILABLE"), (results[2], "UNKNOWN_TOPIC_OR_PARTITION")] {
            guard case .failure(.timedOut(_, 100, let last)) = result else {
                Issue.record("\(result)")
                continue
            }
            #expect(last?.contains(code) == true)
        }
        #expect(cluster.requests(.deleteRecords).count > 2)
    }

    @Test func itemsThatTheBrokerLeavesOutAreErrors() throws {
        let cluster = try AnsweringCluster { _, request in
            var response = Self.deletion(request) { _ in .none }
            response?.topics[0].partitions.removeLast()
            return response
        }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).deleteRecords(Self.partitions(1))
        #expect(Self.message(of: results[0], .unknownServerError)?.contains("does not mention") == true)
    }

    @Test func repeatedItemIsRefused() throws {
        let cluster = try AnsweringCluster { _, request in Self.deletion(request) { _ in .none } }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).deleteRecords(Self.partitions(1) + Self.partitions(1))
        #expect(try results[0].get() == 0)
        #expect(throws: KafkaError.self) { try results[1].get() }
    }

    @Test func closedClientFailsAllItems() throws {
        let cluster = try AnsweringCluster { _, _ in nil }
        cluster.end()
        #expect(KafkaAdmin(cluster.client).deleteRecords(Self.partitions(2)) == [.failure(.closed), .failure(.closed)])
    }

    // MARK: Coordinators

    /// Answers DeleteGroups with the code of `code`.
    private static func deletion(
        ofGroups request: any KafkaMessage, _ code: (String) -> KafkaErrorCode = { _ in .none }
    ) -> DeleteGroupsResponse? {
        guard let request = request as? DeleteGroupsRequest else { return nil }
        var response = DeleteGroupsResponse()
        response.results = request.groupsNames.map { name in
            var result = DeleteGroupsResponse.DeletableGroupResult()
            (result.groupID, result.errorCode) = (name, code(name))
            return result
        }
        return response
    }

    @Test(arguments: [(Int16(6), 1), (3, 4)])
    func groupsAreSentToTheirCoordinators(version: Int16, lookups: Int) throws {
        let cluster = try AnsweringCluster(nodes: 2, versions: [.findCoordinator: version]) { _, request in
            Self.deletion(ofGroups: request)
        }
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        try admin.deleteGroups(["a0", "b1", "c0", "d1"]).get()
        #expect(cluster.requests(.findCoordinator).count == lookups)
        let sent = cluster.requests(.deleteGroups).sorted { $0.node < $1.node }
        #expect(sent.map { ($0.message as? DeleteGroupsRequest)?.groupsNames } == [["a0", "c0"], ["b1", "d1"]])
        try admin.deleteGroups(["a0", "b1"]).get()
        #expect(cluster.requests(.findCoordinator).count == lookups)
    }

    @Test func coordinatorIsFoundAgainForTheGroupThatItRefuses() throws {
        let refusals = Countdown(1)
        let cluster = try AnsweringCluster(nodes: 2) { _, request in
            Self.deletion(ofGroups: request) { $0 == "b1" && refusals.take() ? .notCoordinator : .none }
        }
        defer { cluster.end() }
        try KafkaAdmin(cluster.client).deleteGroups(["a0", "b1"]).get()
        let lookups = cluster.requests(.findCoordinator).map {
            ($0.message as? FindCoordinatorRequest)?.coordinatorKeys ?? []
        }
        #expect(lookups.map(Set.init) == [["a0", "b1"], ["b1"]])
        #expect(cluster.requests(.deleteGroups).count == 3)
    }

    @Test func offsetsOfSeveralGroupsNeedSeveralRequestsBeforeVersionEight() throws {
        let cluster = try AnsweringCluster(versions: [.offsetFetch: 7]) { _, request in
            guard let request = request as? OffsetFetchRequest else { return nil }
            var response = OffsetFetchResponse()
            response.topics = [OffsetFetchResponse.Topic()]
            response.topics[0].name = "t"
            response.topics[0].partitions = [OffsetFetchResponse.Partition(), OffsetFetchResponse.Partition()]
            response.topics[0].partitions[0].committedOffset = request.groupID == "a0" ? 1 : 2
            response.topics[0].partitions[1].partitionIndex = 1
            response.topics[0].partitions[1].committedOffset = -1
            return response
        }
        defer { cluster.end() }
        let offsets = try KafkaAdmin(cluster.client).listGroupOffsets([("a0", nil), ("b0", nil)]).get()
        #expect(try offsets.map { try $0.map { try $0.offset.get()?.offset } } == [[1, nil], [2, nil]])
        #expect(cluster.requests(.offsetFetch).count == 2)
    }

    // MARK: Versions

    @Test func requestThatTheBrokerLacksIsNamed() throws {
        let versions: [APIKey: Int16?] = [.alterPartitionReassignments: nil, .deleteTopics: 5]
        let cluster = try AnsweringCluster(versions: versions) { _, _ in nil }
        defer { cluster.end() }
        let admin = KafkaAdmin(cluster.client)
        let moved = admin.reassignPartitions([PartitionReassignment(TopicPartition("t", 0), replicas: [1])])
        #expect(throws: KafkaError.unsupportedVersion(.alterPartitionReassignments, broker: nil)) { try moved.get() }
        let deleted = admin.deleteTopics(ids: [.random()])[0]
        let message = Self.message(of: deleted, .unsupportedVersion)
        #expect(message == "it needs version 6 of DeleteTopics, the broker has 5")
    }

    /// Brokers before 2.3 can only replace all configurations of a resource.
    @Test func configurationsAreReadAndReplacedAtOldBrokers() throws {
        let cluster = try AnsweringCluster(versions: [.incrementalAlterConfigs: nil]) { _, request in
            switch request {
            case let request as DescribeConfigsRequest: Self.description(of: request)
            case let request as AlterConfigsRequest: Self.result(of: request)
            default: nil
            }
        }
        defer { cluster.end() }
        let results = KafkaAdmin(cluster.client).alterConfigs([
            ConfigAlteration(
                .topic("t"), ["retention.ms": .delete, "segment.ms": .set("5"), "cleanup.policy": .append("compact")]),
            ConfigAlteration(.topic("secret"), ["segment.ms": .set("5")]),
        ])
        try results[0].get()
        #expect(Self.message(of: results[1], .invalidRequest)?.contains("password.x") == true)
        let sent = try #require(cluster.requests(.alterConfigs).first?.message as? AlterConfigsRequest)
        #expect(sent.resources.map(\.resourceName) == ["t"])
        #expect(sent.resources[0].configs.map { "\($0.name)=\($0.value ?? "nil")" }
            == ["cleanup.policy=delete,compact", "max.message.bytes=7", "segment.ms=5"])
    }

    private static func description(of request: DescribeConfigsRequest) -> DescribeConfigsResponse {
        func config(_ name: String, _ value: String?, source: ConfigEntry.Source, isSensitive: Bool = false)
            -> DescribeConfigsResponse.DescribeConfigsResourceResult {
            var config = DescribeConfigsResponse.DescribeConfigsResourceResult()
            (config.name, config.value, config.isSensitive) = (name, value, isSensitive)
            config.configSource = source.rawValue
            return config
        }
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { resource in
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            (result.resourceType, result.resourceName) = (resource.resourceType, resource.resourceName)
            result.configs = [
                config("retention.ms", "1", source: .topic), config("max.message.bytes", "7", source: .topic),
                config("cleanup.policy", "delete", source: .default),
                config("segment.bytes", "9", source: .staticBroker),
            ]
            if resource.resourceName == "secret" {
                result.configs.append(config("password.x", nil, source: .topic, isSensitive: true))
            }
            return result
        }
        return response
    }

    private static func result(of request: AlterConfigsRequest) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        response.responses = request.resources.map { resource in
            var result = AlterConfigsResponse.AlterConfigsResourceResponse()
            (result.resourceType, result.resourceName) = (resource.resourceType, resource.resourceName)
            return result
        }
        return response
    }

    // MARK: Secrets

    @Test func descriptionOfCredentialsHasNoPassword() {
        let alteration = SCRAMAlteration.upsert(user: "u", password: "hunter2")
        var dumped = ""
        dump(alteration, to: &dumped)
        #expect(!("\(alteration) \(String(reflecting: alteration)) \(dumped)".contains("hunter2")))
        #expect(!dumped.contains("104"))
    }
}
