import KafkaProtocol
import Testing
import WireStreams
import WireTestSupport

@testable import KafkaBroker

/// Quotas, features, log directories and settings, with the answers of Kafka 4.3.1 to the same requests.
@Suite struct AdministrationTests {
    private let directory: TemporaryDirectory
    private let broker: DevelopmentBroker
    private let client: RawClient

    init() throws {
        directory = try TemporaryDirectory()
        broker = try Self.start(directory)
        client = try RawClient(broker.address)
        _ = try broker.service.topics.create(name: "t", partitionCount: 2, configuration: TopicConfiguration())
    }

    private static func start(_ directory: TemporaryDirectory) throws -> DevelopmentBroker {
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory.path + "/data")
        broker.start()
        return broker
    }

    // MARK: Quotas

    private typealias Names = [(type: String, name: String?)]

    private func alter(
        _ names: Names, _ key: String, _ value: Double?, validateOnly: Bool = false
    ) throws -> AlterClientQuotasResponse.EntryData {
        var entry = AlterClientQuotasRequest.EntryData()
        entry.entity = names.map { type, name in
            var part = AlterClientQuotasRequest.EntityData()
            (part.entityType, part.entityName) = (type, name)
            return part
        }
        var change = AlterClientQuotasRequest.OpData()
        (change.key, change.value, change.remove) = (key, value ?? 0, value == nil)
        entry.ops = [change]
        var request = AlterClientQuotasRequest()
        request.entries = [entry]
        request.validateOnly = validateOnly
        return try #require(try client.call(request, version: 1).entries.first)
    }

    /// - Parameter filter: type, match type, name.
    private func describe(
        _ filter: [(String, Int8, String?)] = [], strict: Bool = false, _ client: RawClient? = nil
    ) throws -> DescribeClientQuotasResponse {
        var request = DescribeClientQuotasRequest()
        request.strict = strict
        request.components = filter.map { type, matchType, name in
            var component = DescribeClientQuotasRequest.ComponentData()
            (component.entityType, component.matchType, component.match) = (type, matchType, name)
            return component
        }
        return try (client ?? self.client).call(request, version: 1)
    }

    private static func text(_ response: DescribeClientQuotasResponse) -> [String] {
        (response.entries ?? []).map { entry in
            let names = entry.entity.map { "\($0.entityType)=\($0.entityName ?? "<default>")" }
            return (names + entry.values.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
        }
    }

    @Test func quotasAreStoredDescribedAndRemoved() throws {
        #expect(try alter([("user", "u")], "producer_byte_rate", 1000).errorCode == .none)
        #expect(try alter([("user", "u")], "request_percentage", 50.5).errorCode == .none)
        #expect(try alter([("user", nil)], "consumer_byte_rate", 2000).errorCode == .none)
        #expect(try alter([("user", "u"), ("client-id", "c")], "consumer_byte_rate", 3000).errorCode == .none)
        #expect(try alter([("ip", "127.0.0.9")], "connection_creation_rate", 5).errorCode == .none)
        #expect(try alter([("user", "v")], "producer_byte_rate", 9, validateOnly: true).errorCode == .none)
        let ofUser = "user=u producer_byte_rate=1000.0 request_percentage=50.5"
        let ofDefault = "user=<default> consumer_byte_rate=2000.0"
        let ofBoth = "client-id=c user=u consumer_byte_rate=3000.0"
        let ofAddress = "ip=127.0.0.9 connection_creation_rate=5.0"
        #expect(Set(Self.text(try describe())) == [ofUser, ofDefault, ofBoth, ofAddress])
        #expect(Set(Self.text(try describe([("user", 0, "u")]))) == [ofUser, ofBoth])
        #expect(Self.text(try describe([("user", 0, "u")], strict: true)) == [ofUser])
        #expect(Self.text(try describe([("user", 1, nil)])) == [ofDefault])
        #expect(Set(Self.text(try describe([("user", 2, nil)]))) == [ofUser, ofDefault, ofBoth])
        #expect(Self.text(try describe([("user", 2, nil), ("client-id", 2, nil)])) == [ofBoth])
        broker.stop()
        let again = try Self.start(directory)
        defer { again.stop() }
        #expect(Set(Self.text(try describe([], RawClient(again.address)))) == [ofUser, ofDefault, ofBoth, ofAddress])
    }

    @Test func removedQuotasAreNotDescribed() throws {
        defer { broker.stop() }
        _ = try alter([("client-id", nil)], "controller_mutation_rate", 4.5)
        #expect(Self.text(try describe()) == ["client-id=<default> controller_mutation_rate=4.5"])
        #expect(try alter([("client-id", nil)], "controller_mutation_rate", nil).errorCode == .none)
        #expect(try alter([("client-id", nil)], "producer_byte_rate", nil).errorCode == .none)
        #expect(Self.text(try describe()).isEmpty)
    }

    @Test func invalidQuotasAreRefusedAsByKafka() throws {
        defer { broker.stop() }
        let cases: [(Names, String, Double?, String)] = [
            ([("user", "u"), ("client-id", "c")], "consumer_byte_rate", 3000.5, "consumer_byte_rate cannot be a fractional value."),
            ([("user", "u")], "nope", 1, "Invalid configuration key nope"),
            ([("user", "u")], "producer_byte_rate", 0, "Quota producer_byte_rate must be greater than 0"),
            ([("user", "u")], "producer_byte_rate", -1, "Quota producer_byte_rate must be greater than 0"),
            ([("user", "u")], "connection_creation_rate", 1, "Invalid configuration key connection_creation_rate"),
            ([("ip", "127.0.0.9")], "producer_byte_rate", 1, "Invalid configuration key producer_byte_rate"),
            ([("ip", "x y z")], "connection_creation_rate", 1, "x y z is not a valid IP or resolvable host."),
            ([("ip", "127.0.0.9"), ("user", "u")], "connection_creation_rate", 1,
             "Invalid quota entity combination, IP entity shouldnot be combined with User or ClientId"),
            ([("foo", "x")], "producer_byte_rate", 1, "Unhandled client quota entity type: foo"),
            ([("user", "")], "producer_byte_rate", 1, "Empty user not supported"),
            ([], "producer_byte_rate", 1, "Invalid empty client quota entity"),
        ]
        for (names, key, value, message) in cases {
            let answer = try alter(names, key, value)
            #expect(answer.errorCode == .invalidRequest && answer.errorMessage == message, "\(names) \(key)")
        }
        let unknown = try describe([("foo", 2, nil)])
        #expect(unknown.errorCode == .unsupportedVersion && unknown.errorMessage == "Unsupported entity type foo")
        let twice = try describe([("user", 2, nil), ("user", 0, "x")])
        #expect(twice.errorMessage == "Entity type user cannot appear more than once in the filter.")
        #expect(try describe([("user", 2, nil), ("ip", 2, nil)]).errorCode == .invalidRequest)
        #expect(Self.text(try describe()).isEmpty)
    }

    // MARK: Features

    private func update(
        _ feature: String, _ level: Int16, upgradeType: Int8 = 1, validateOnly: Bool = false, version: Int16 = 2
    ) throws -> UpdateFeaturesResponse {
        var key = UpdateFeaturesRequest.FeatureUpdateKey()
        (key.feature, key.maxVersionLevel, key.upgradeType) = (feature, level, upgradeType)
        var request = UpdateFeaturesRequest()
        request.featureUpdates = [key]
        request.validateOnly = validateOnly
        return try client.call(request, version: version)
    }

    private func transactionVersion(_ client: RawClient) throws -> Int16? {
        let features = try client.call(ApiVersionsRequest.named, version: 3).finalizedFeatures
        return features.first { $0.name == "transaction.version" }?.maxVersionLevel
    }

    @Test func versionOfTransactionsIsChanged() throws {
        #expect(try update("transaction.version", 1, upgradeType: 2, validateOnly: true).errorCode == .none)
        #expect(try transactionVersion(client) == 2)
        let refused = try update("transaction.version", 1)
        #expect(refused.errorCode == .invalidUpdateVersion && refused.errorMessage?.contains("Can't downgrade") == true)
        #expect(try update("transaction.version", 0, upgradeType: 2, version: 1).results.map(\.errorCode) == [.none])
        #expect(try transactionVersion(client) == 0)
        broker.stop()
        let again = try Self.start(directory)
        defer { again.stop() }
        #expect(try transactionVersion(RawClient(again.address)) == 0)
    }

    @Test func otherFeaturesAreRefused() throws {
        defer { broker.stop() }
        let unknown = try update("nope", 1)
        #expect(
            unknown.errorMessage == "The update failed for all features since the following feature had an error: Invalid "
                + "update version 1 for feature nope. Local controller 1 does not support this feature.")
        let high = try update("transaction.version", 99)
        #expect(high.errorMessage?.hasSuffix("Local controller 1 only supports versions 0-2") == true)
        #expect(try update("metadata.version", 29, upgradeType: 2).errorCode == .invalidUpdateVersion)
        #expect(try update("metadata.version", 30).errorCode == .none)
    }

    // MARK: Settings and directories

    private func replace(_ settings: [(String, String)], validateOnly: Bool = false) throws -> KafkaErrorCode? {
        var resource = AlterConfigsRequest.AlterConfigsResource()
        (resource.resourceType, resource.resourceName) = (2, "t")
        resource.configs = settings.map { name, value in
            var entry = AlterConfigsRequest.AlterableConfig()
            (entry.name, entry.value) = (name, value)
            return entry
        }
        var request = AlterConfigsRequest()
        request.resources = [resource]
        request.validateOnly = validateOnly
        return try client.call(request, version: 2).responses.first?.errorCode
    }

    private var settings: [String] {
        broker.service.topics.topic(named: "t")?.configuration.values.map { "\($0.name)=\($0.value)" } ?? []
    }

    @Test func alterConfigsReplacesAllSettings() throws {
        defer { broker.stop() }
        #expect(try replace([("retention.ms", "1000"), ("segment.ms", "2000")]) == KafkaErrorCode.none)
        #expect(settings == ["retention.ms=1000", "segment.ms=2000"])
        #expect(try replace([("segment.ms", "3000")], validateOnly: true) == KafkaErrorCode.none)
        #expect(try replace([("segment.ms", "x")]) == .invalidConfig)
        #expect(settings == ["retention.ms=1000", "segment.ms=2000"])
        #expect(try replace([("segment.ms", "3000")]) == KafkaErrorCode.none)
        #expect(settings == ["segment.ms=3000"])
    }

    @Test func configResourcesAreListedByType() throws {
        defer { broker.stop() }
        func list(_ types: [Int8], version: Int16 = 1) throws -> ListConfigResourcesResponse {
            var request = ListConfigResourcesRequest()
            request.resourceTypes = types
            return try client.call(request, version: version)
        }
        #expect(try list([]).configResources.map { "\($0.resourceType) \($0.resourceName)" } == ["2 t", "4 1", "8 1"])
        #expect(try list([2]).configResources.map(\.resourceName) == ["t"])
        #expect(try list([32]).configResources.isEmpty)
        #expect(try list([99]).errorCode == .unsupportedVersion)
        #expect(try list([], version: 0).configResources.isEmpty)
    }

    @Test func partitionsStayInTheOneDirectory() throws {
        defer { broker.stop() }
        func move(_ topic: String, _ path: String) throws -> [KafkaErrorCode] {
            var partitions = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
            (partitions.name, partitions.partitions) = (topic, [0, 1])
            var target = AlterReplicaLogDirsRequest.AlterReplicaLogDir()
            (target.path, target.topics) = (path, [partitions])
            var request = AlterReplicaLogDirsRequest()
            request.dirs = [target]
            return try client.call(request, version: 2).results.flatMap { $0.partitions.map(\.errorCode) }
        }
        #expect(try move("t", broker.service.directory.path) == [.none, .none])
        #expect(try move("t", "/nowhere") == [.logDirNotFound, .logDirNotFound])
        #expect(try move("no", broker.service.directory.path) == [.unknownTopicOrPartition, .unknownTopicOrPartition])
    }
}
