import ConnectData
import Testing

@Suite struct TopicCreationTests {
    private static let defaults = [
        "topic.creation.default.partitions": "-1", "topic.creation.default.replication.factor": "2",
        "topic.creation.default.retention.ms": "10",
    ]

    private func creation(_ properties: [String: String]) throws -> TopicCreation {
        try #require(try TopicCreation(Self.defaults.merging(properties) { $1 }))
    }

    @Test func brokersDecideWithoutSuchProperties() throws {
        #expect(try TopicCreation(["tasks.max": "1"]) == nil)
    }

    @Test func defaultGroupIncludesEveryTopic() throws {
        let group = try creation(["topic.creation.default.include": "a"]).group(for: "x")
        #expect(group.partitions == -1 && group.replicationFactor == 2)
        #expect(group.configuration.map(\.name) == ["retention.ms"])
    }

    @Test func firstMatchingGroupWinsAndInheritsOnlySizes() throws {
        let creation = try creation([
            "topic.creation.groups": "a, b", "topic.creation.a.include": "x.*,y", "topic.creation.a.exclude": "xx",
            "topic.creation.a.partitions": "3", "topic.creation.a.cleanup.policy": "compact",
            "topic.creation.b.include": ".*", "topic.creation.b.replication.factor": "1",
        ])
        let (a, b) = (try creation.group(for: "x1"), try creation.group(for: "xx"))
        #expect(a.partitions == 3 && a.replicationFactor == 2)
        #expect(a.configuration.map { "\($0.name)=\($0.value)" } == ["cleanup.policy=compact"])
        #expect(try creation.group(for: "y").partitions == 3)
        #expect(b.partitions == -1 && b.replicationFactor == 1 && b.configuration.isEmpty)
    }

    @Test(arguments: [
        (
            "topic.creation.a.partitions", "0",
            "Invalid value 0 for configuration topic.creation.a.partitions: "
                + "Value must be -1 for the broker's default, or 1 and more"
        ),
        (
            "topic.creation.a.replication.factor", "40000",
            "Invalid value 40000 for configuration topic.creation.a.replication.factor: Not a number of type SHORT"
        ),
        ("topic.creation.groups", "a,a", "Invalid value [a, a] for configuration topic.creation.groups: Duplicate alias provided."),
    ])
    func unusableValuesAreErrors(name: String, value: String, message: String) {
        let properties = ["topic.creation.groups": "a"].merging([name: value]) { $1 }
        let error = #expect(throws: ConfigError.self) { try creation(properties) }
        #expect(error?.message == message)
    }

    @Test(arguments: ["partitions", "replication.factor"]) func sizesOfTheDefaultGroupAreRequired(suffix: String) {
        let name = "topic.creation.default.\(suffix)"
        var properties = Self.defaults
        properties[name] = nil
        let error = #expect(throws: ConfigError.self) { try TopicCreation(properties) }
        #expect(error?.message == "Missing required configuration \"\(name)\" which has no default value.")
    }

    @Test func patternThatCannotBeCompiledIsAnError() {
        let error = #expect(throws: ConfigError.self) {
            try creation(["topic.creation.groups": "a", "topic.creation.a.include": "("])
        }
        #expect(error?.name == "topic.creation.a.include")
    }
}
