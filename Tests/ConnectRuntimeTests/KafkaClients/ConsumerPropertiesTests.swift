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
        expected.groupProtocol = .consumer
        expected.assignors = [.sticky, .roundRobin]
        expected.remoteAssignor = .uniform
        expected.sessionTimeoutMilliseconds = 1
        expected.heartbeatIntervalMilliseconds = 2
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
            "group.id": "g", "group.instance.id": "i", "group.protocol": "Consumer",
            "partition.assignment.strategy": "\(Self.package)StickyAssignor,\(Self.package)RoundRobinAssignor",
            "group.remote.assignor": "uniform", "session.timeout.ms": "1", "heartbeat.interval.ms": "2",
            "max.poll.interval.ms": "3", "max.poll.records": "4", "fetch.min.bytes": "5", "fetch.max.bytes": "6",
            "max.partition.fetch.bytes": "7", "fetch.max.wait.ms": "8", "isolation.level": "read_committed",
            "auto.offset.reset": "by_duration:PT1M30S", "enable.auto.commit": "false", "auto.commit.interval.ms": "9",
            "client.rack": "r", "check.crcs": "false", "allow.auto.create.topics": "false",
            "exclude.internal.topics": "false",
        ]
        #expect(try consumer(properties) == expected)
        // None is left out.
        let options = KafkaClientProperties.of(.consumer).options.options.filter(\.isConsumed).map(\.key.name)
        let others = Set(KafkaClientProperties.of(.admin).options.options.map(\.key.name))
        #expect(Set(options).subtracting(others) == Set(properties.keys))
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
