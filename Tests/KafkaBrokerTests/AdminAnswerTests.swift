import KafkaProtocol
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Answers that `Tests/Scenarios/admin_answers.py` found in Kafka 4.3.1.
@Suite struct AdminAnswerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func run(_ body: (RawClient) throws -> Void) throws {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        defer { broker.stop() }
        try body(RawClient(broker.address))
    }

    private func create(
        _ client: RawClient, _ name: String, replicas: [[Int32]] = [], _ settings: [String: String] = [:],
        validateOnly: Bool = false
    ) throws -> CreateTopicsResponse.CreatableTopicResult {
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = name
        topic.numPartitions = replicas.isEmpty ? 1 : -1
        topic.replicationFactor = replicas.isEmpty ? 1 : -1
        topic.assignments = replicas.enumerated().map { index, brokers in
            var assignment = CreateTopicsRequest.CreatableReplicaAssignment()
            assignment.partitionIndex = Int32(index)
            assignment.brokerIDs = brokers
            return assignment
        }
        topic.configs = settings.map { name, value in
            var setting = CreateTopicsRequest.CreatableTopicConfig()
            setting.name = name
            setting.value = value
            return setting
        }
        var request = CreateTopicsRequest()
        request.topics = [topic]
        request.validateOnly = validateOnly
        return try #require(try client.call(request, version: 7).topics.first)
    }

    @Test func topicsThatKafkaRefusesAreRefusedInItsWords() throws {
        try run { client in
            #expect(try create(client, "a.b").errorCode == .none)
            let expected: [(CreateTopicsResponse.CreatableTopicResult, KafkaErrorCode, String)] = [
                (
                    try create(client, "a_b"), .invalidTopicException, "Topic 'a_b' collides with existing topic: a.b"
                ),
                (
                    try create(client, "__cluster_metadata"), .invalidRequest,
                    "Creation of internal topic __cluster_metadata is prohibited."
                ),
                (try create(client, ".."), .invalidTopicException, "Topic name is invalid: '..' is not allowed"),
                (
                    try create(client, "r", replicas: [[1, 1]]), .invalidReplicaAssignment,
                    "The manual partition assignment includes the broker 1 more than once."
                ),
                (
                    try create(client, "r", replicas: [[1], [1, 9]]), .invalidReplicaAssignment,
                    "The manual partition assignment includes broker 9, but no such broker is registered."
                ),
                (
                    try create(client, "r", ["remote.storage.enable": "true"]), .invalidConfig,
                    "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log "
                        + "storage."
                ),
            ]
            for (answer, code, message) in expected {
                #expect(answer.errorCode == code)
                #expect(answer.errorMessage == message)
            }
            #expect(try create(client, "tried", validateOnly: true).topicID != .zero)
        }
    }

    @Test func topicWhoseNameCollidesIsNotCreatedAutomatically() throws {
        try run { client in
            _ = try create(client, "a.b")
            var request = MetadataRequest()
            var topic = MetadataRequest.Topic()
            topic.name = "a_b"
            request.topics = [topic]
            request.allowAutoTopicCreation = true
            #expect(try client.call(request, version: 4).topics.map(\.errorCode) == [.unknownTopicOrPartition])
        }
    }

    private func alter(
        _ client: RawClient, _ changes: [(String, Int8, String?)]
    ) throws -> IncrementalAlterConfigsResponse.AlterConfigsResourceResponse {
        var resource = IncrementalAlterConfigsRequest.AlterConfigsResource()
        resource.resourceType = 2
        resource.resourceName = "t"
        resource.configs = changes.map { name, operation, value in
            var change = IncrementalAlterConfigsRequest.AlterableConfig()
            change.name = name
            change.configOperation = operation
            change.value = value
            return change
        }
        var request = IncrementalAlterConfigsRequest()
        request.resources = [resource]
        return try #require(try client.call(request, version: 1).responses.first)
    }

    @Test func changesOfSettingsAreCheckedAsKafkaDoes() throws {
        try run { client in
            _ = try create(client, "t")
            let twice = try alter(client, [("retention.ms", 0, "1"), ("retention.ms", 0, "2")])
            #expect(twice.errorCode == .invalidRequest && twice.errorMessage == "Error due to duplicate config keys")
            let null = try alter(client, [("retention.ms", 0, nil)])
            #expect(null.errorMessage == "Null value not supported for : retention.ms")
            let append = try alter(client, [("retention.ms", 2, "1")])
            #expect(append.errorMessage == "Can't APPEND to key retention.ms because its type is not LIST.")
            #expect(try alter(client, [("unknown", 1, nil)]).errorCode == .none)
        }
    }

    @Test func oldRequestReplacesAllSettingsOfATopic() throws {
        try run { client in
            _ = try create(client, "t", ["retention.ms": "5", "segment.ms": "9"])
            func replace(_ name: String, _ value: String?) throws -> KafkaErrorCode? {
                var setting = AlterConfigsRequest.AlterableConfig()
                setting.name = name
                setting.value = value
                var resource = AlterConfigsRequest.AlterConfigsResource()
                resource.resourceType = 2
                resource.resourceName = "t"
                resource.configs = [setting]
                var request = AlterConfigsRequest()
                request.resources = [resource]
                return try client.call(request, version: 2).responses.first?.errorCode
            }
            #expect(try replace("segment.ms", "long") == .invalidConfig)
            #expect(try replace("segment.ms", nil) == .invalidRequest)
            #expect(try replace("segment.ms", "8") == KafkaErrorCode.none)
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = 2
            resource.resourceName = "t"
            resource.configurationKeys = ["retention.ms", "segment.ms"]
            var request = DescribeConfigsRequest()
            request.resources = [resource]
            let settings = try client.call(request, version: 4).results.first?.configs ?? []
            #expect(settings.map(\.value) == ["604800000", "8"])
        }
    }

    @Test func synonymsHaveTheNamesOfTheBrokersSettings() throws {
        try run { client in
            _ = try create(client, "t", ["retention.ms": "5"])
            var resource = DescribeConfigsRequest.DescribeConfigsResource()
            resource.resourceType = 2
            resource.resourceName = "t"
            resource.configurationKeys = nil
            var request = DescribeConfigsRequest()
            request.resources = [resource]
            request.includeSynonyms = true
            let settings = try client.call(request, version: 4).results.first?.configs ?? []
            let names = Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0.synonyms.map(\.name)) })
            #expect(names["segment.bytes"] == ["log.segment.bytes"])
            #expect(names["retention.ms"] == ["retention.ms"])
            #expect(names["flush.ms"] == [])
        }
    }

    @Test func settingsAreDocumentedOnRequest() throws {
        try run { client in
            _ = try create(client, "t")
            for (type, name) in [(2, "t"), (4, "1")] as [(Int8, String)] {
                var request = DescribeConfigsRequest()
                request.resources = [DescribeConfigsRequest.DescribeConfigsResource()]
                (request.resources[0].resourceType, request.resources[0].resourceName) = (type, name)
                request.resources[0].configurationKeys = nil
                for includesDocumentation in [false, true] {
                    request.includeDocumentation = includesDocumentation
                    let settings = try client.call(request, version: 4).results.first?.configs ?? []
                    #expect(!settings.isEmpty)
                    #expect(settings.allSatisfy { ($0.documentation?.isEmpty == false) == includesDocumentation })
                }
            }
        }
    }

    /// KIP-412, with the errors of Kafka.
    @Test func levelsOfLoggersAreDescribedAndChanged() throws {
        let logger = Logger("broker.loggers.test")
        func alter(
            _ client: RawClient, _ name: String, _ value: String?, _ operation: Int8 = 0, node: String = "1"
        ) throws -> String {
            var request = IncrementalAlterConfigsRequest()
            request.resources = [IncrementalAlterConfigsRequest.AlterConfigsResource()]
            (request.resources[0].resourceType, request.resources[0].resourceName) = (8, node)
            request.resources[0].configs = [IncrementalAlterConfigsRequest.AlterableConfig()]
            request.resources[0].configs[0].name = name
            request.resources[0].configs[0].configOperation = operation
            request.resources[0].configs[0].value = value
            let answer = try #require(try client.call(request, version: 1).responses.first)
            return answer.errorCode == .none ? "" : answer.errorMessage ?? "\(answer.errorCode)"
        }
        func level(_ client: RawClient) throws -> String? {
            var request = DescribeConfigsRequest()
            request.resources = [DescribeConfigsRequest.DescribeConfigsResource()]
            (request.resources[0].resourceType, request.resources[0].resourceName) = (8, "1")
            request.resources[0].configurationKeys = [logger.name]
            let found = try client.call(request, version: 4).results.first?.configs.first
            #expect(found?.configSource == 6 && found?.readOnly == false)
            return found?.value
        }
        try run { client in
            let changed = try alter(client, logger.name, "ERROR")
            #expect(changed.isEmpty)
            #expect(try level(client) == "ERROR" && !logger.isEnabled(.info))
            let unknown = "as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN"
            #expect(try alter(client, logger.name, "LOUD") == "Cannot set the log level of \(logger.name) to LOUD \(unknown)")
            #expect(try alter(client, "none.such", "INFO") == "Logger none.such does not exist!")
            #expect(try alter(client, "root", nil, 1) == "Removing the log level of the root logger is not allowed")
            #expect(try alter(client, "root", "INFO", 2) == "APPEND operation is not allowed for the BROKER_LOGGER resource")
            #expect(try alter(client, logger.name, "INFO", node: "7").hasPrefix("Unexpected broker id"))
            #expect(try level(client) == "ERROR")
            #expect(try alter(client, logger.name, nil, 1) == "")
            #expect(try level(client) == LogSystem.shared.level.name)
        }
    }

    @Test func recordsOfATopicThatKeepsAllCanBeDeleted() throws {
        try run { client in
            _ = try create(client, "t", ["cleanup.policy": ""])
            var partition = DeleteRecordsRequest.DeleteRecordsPartition()
            partition.offset = 0
            var topic = DeleteRecordsRequest.DeleteRecordsTopic()
            topic.name = "t"
            topic.partitions = [partition]
            var request = DeleteRecordsRequest()
            request.topics = [topic]
            let codes = try client.call(request, version: 2).topics.flatMap { $0.partitions.map(\.errorCode) }
            #expect(codes == [.none])
        }
    }

    @Test func clientMayDoEverything() throws {
        try run { client in
            _ = try create(client, "t")
            var metadata = MetadataRequest()
            metadata.topics = nil
            metadata.includeClusterAuthorizedOperations = true
            metadata.includeTopicAuthorizedOperations = true
            let answer = try client.call(metadata, version: 10)
            // Create, alter, describe, cluster action, describe and alter configurations, idempotent write.
            #expect(answer.clusterAuthorizedOperations == 0b1_1111_1010_0000)
            #expect(answer.topics.map(\.topicAuthorizedOperations) == [0b1101_1111_1000])
            metadata.includeTopicAuthorizedOperations = false
            #expect(try client.call(metadata, version: 10).topics.map(\.topicAuthorizedOperations) == [.min])
        }
    }

    // MARK: SCRAM

    @Test func userHasOneEntryInARequestThatChangesCredentials() throws {
        func upsertion(
            _ name: String, _ mechanism: Int8, bytes: Int
        ) -> AlterUserScramCredentialsRequest.ScramCredentialUpsertion {
            var upsertion = AlterUserScramCredentialsRequest.ScramCredentialUpsertion()
            upsertion.name = name
            upsertion.mechanism = mechanism
            upsertion.iterations = 4096
            upsertion.saltedPassword = [UInt8](repeating: 1, count: bytes)
            return upsertion
        }
        func deletion(_ name: String) -> AlterUserScramCredentialsRequest.ScramCredentialDeletion {
            var deletion = AlterUserScramCredentialsRequest.ScramCredentialDeletion()
            deletion.name = name
            deletion.mechanism = 1
            return deletion
        }
        try run { client in
            var request = AlterUserScramCredentialsRequest()
            request.upsertions = [
                upsertion("alice", 1, bytes: 32), upsertion("alice", 2, bytes: 64), upsertion("bob", 1, bytes: 32),
            ]
            let codes = try client.call(request, version: 0).results.map(\.errorCode)
            #expect(codes == [.duplicateResource, .none])
            request.deletions = [deletion("carol")]
            request.upsertions = [upsertion("carol", 1, bytes: 32)]
            #expect(try client.call(request, version: 0).results.map(\.errorCode) == [.resourceNotFound])
            request.deletions = [deletion("bob")]
            request.upsertions = []
            #expect(try client.call(request, version: 0).results.map(\.errorCode) == [.none])
            #expect(try client.call(DescribeUserScramCredentialsRequest(), version: 0).results.isEmpty)
        }
    }

    // MARK: Groups

    /// A member of a group in the protocol of KIP-848.
    private func join(_ client: RawClient) throws -> ConsumerGroupHeartbeatResponse {
        var heartbeat = ConsumerGroupHeartbeatRequest()
        heartbeat.groupID = "g"
        heartbeat.memberID = "m"
        heartbeat.rebalanceTimeoutMilliseconds = 60_000
        heartbeat.subscribedTopicNames = ["t"]
        heartbeat.topicPartitions = []
        return try client.call(heartbeat, version: 1)
    }

    private func commit(_ client: RawClient, partition: Int32 = 0) throws -> KafkaErrorCode? {
        var offset = OffsetCommitRequest.Partition()
        offset.partitionIndex = partition
        offset.committedOffset = 3
        var topic = OffsetCommitRequest.Topic()
        topic.name = "t"
        topic.partitions = [offset]
        var request = OffsetCommitRequest()
        request.groupID = "g"
        request.topics = [topic]
        return try client.call(request, version: 9).topics.first?.partitions.first?.errorCode
    }

    @Test func offsetsOfAGroupWithMembersAreCommittedByThemOnly() throws {
        try run { client in
            _ = try create(client, "t")
            #expect(try commit(client) == KafkaErrorCode.none)
            #expect(try commit(client, partition: 9) == .unknownTopicOrPartition)
            #expect(try join(client).errorCode == .none)
            #expect(try commit(client) == .unknownMemberID)
        }
    }

    @Test func administratorRemovesAMemberOfAServerAssignedGroup() throws {
        try run { client in
            _ = try create(client, "t")
            #expect(try join(client).errorCode == .none)
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberID = "m"
            var request = LeaveGroupRequest()
            request.groupID = "g"
            request.members = [member]
            #expect(try client.call(request, version: 5).members.map(\.errorCode) == [.none])
            #expect(try client.call(request, version: 5).members.map(\.errorCode) == [.unknownMemberID])
            #expect(try commit(client) == KafkaErrorCode.none)
        }
    }
}
