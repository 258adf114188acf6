import ConnectData
import KafkaWire
import Testing

@testable import ConnectRuntime

/// The settings of a consumer from its properties.
@Suite struct ConsumerPropertiesTests {
    private static let package = "org.apache.kafka.clients.consumer."

    private func consumer(_ properties: [String: String]) throws -> ConsumerConfiguration {
        try KafkaClientProperties.of(.consumer).settings(properties, over: ["bootstrap.servers": "b:1"]).consumer
    }

    @Test func defaultsAreThoseOfTheLibrary() throws { #expect(try consumer([:]) == ConsumerConfiguration()) }

    @Test func everyPropertySetsItsValue() throws {
        var expected = ConsumerConfiguration(groupID: "g")
        expected.groupInstanceID = "i"
        expected.assignors = [.sticky, .roundRobin]
        expected.sessionTimeoutMilliseconds = 2
        expected.heartbeatIntervalMilliseconds = 1
        expected.maxPollIntervalMilliseconds = 3
        expected.maxPollRecords = 4
        expected.fetchMinBytes = 5
        expected.fetchMaxBytes = 6
        expected.maxPartitionFetchBytes = 7
        expected.fetchMaxWaitMilliseconds = 8
        expected.isolationLevel = .readCommitted
        expected.offsetReset = .byDuration(milliseconds: 90_000)
        expected.isAutoCommitEnabled = false
        expected.autoCommitIntervalMilliseconds = 9
        expected.rack = "r"
        expected.checksCRCs = false
        expected.allowsTopicCreation = false
        expected.excludesInternalTopics = false
        let properties = [
            "group.id": "g", "group.instance.id": "i",
            "partition.assignment.strategy": "\(Self.package)StickyAssignor,\(Self.package)RoundRobinAssignor",
            "session.timeout.ms": "2", "heartbeat.interval.ms": "1",
            "max.poll.interval.ms": "3", "max.poll.records": "4", "fetch.min.bytes": "5", "fetch.max.bytes": "6",
            "max.partition.fetch.bytes": "7", "fetch.max.wait.ms": "8", "isolation.level": "read_committed",
            "auto.offset.reset": "by_duration:PT1M30S", "enable.auto.commit": "false", "auto.commit.interval.ms": "9",
            "client.rack": "r", "check.crcs": "false", "allow.auto.create.topics": "false",
            "exclude.internal.topics": "false",
        ]
        #expect(try consumer(properties) == expected)
        let properties848 = ["group.protocol": "Consumer", "group.remote.assignor": "uniform"]
        expected = ConsumerConfiguration()
        expected.groupProtocol = .consumer
        expected.remoteAssignor = .uniform
        #expect(try consumer(properties848) == expected)
        // None is left out.
        let options = KafkaClientProperties.of(.consumer).options.options.filter(\.isConsumed).map(\.key.name)
        let others = Set(KafkaClientProperties.of(.admin).options.options.map(\.key.name))
        #expect(Set(options).subtracting(others) == Set(properties.keys).union(properties848.keys))
    }

    /// The texts are those of Java's consumer 4.3.1.
    @Test(arguments: [
        (["group.remote.assignor": "range"], "group.remote.assignor cannot be set when group.protocol=CLASSIC"),
        (["group.protocol": "consumer", "session.timeout.ms": "9000"],
            "session.timeout.ms cannot be set when group.protocol=CONSUMER"),
        (["group.protocol": "consumer", "heartbeat.interval.ms": "9"],
            "heartbeat.interval.ms cannot be set when group.protocol=CONSUMER"),
        (["group.protocol": "consumer", "partition.assignment.strategy": "\(Self.package)StickyAssignor"],
            "partition.assignment.strategy cannot be set when group.protocol=CONSUMER"),
        (["heartbeat.interval.ms": "45000"], "Heartbeat must be set lower than the session timeout"),
        (["session.timeout.ms": "3000"], "Heartbeat must be set lower than the session timeout"),
    ])
    func propertiesThatExcludeEachOtherAreRefused(_ properties: [String: String], _ message: String) {
        let error = #expect(throws: ConfigError.self) { try consumer(properties) }
        #expect(error?.message == message && properties[error?.name ?? ""] == error?.value)
    }

    @Test func assignorsOfOtherClassesAreRefused() throws {
        let error = #expect(throws: ConfigError.self) {
            try consumer(["partition.assignment.strategy": "a.B"])
        }
        #expect(error?.name == "partition.assignment.strategy" && error?.message.contains("a.B") == true)
    }

    @Test func clientsNeedTheirAddresses() throws {
        let error = #expect(throws: ConfigError.self) {
            try KafkaClientProperties.of(.consumer).settings([:], prefix: "x.")
        }
        #expect(error?.name == "x.bootstrap.servers")
    }
}
