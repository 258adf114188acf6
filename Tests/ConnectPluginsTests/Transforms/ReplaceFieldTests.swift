import ConnectData
import PluginTestSupport
import Testing

@Suite struct ReplaceFieldTests {
    private func fields(_ properties: [String: String], connector: [String: String]) throws -> [String] {
        var configuration = connector.merging([
            "transforms": "r", "transforms.r.type": "org.apache.kafka.connect.transforms.ReplaceField$Value",
        ]) { $1 }
        for (name, value) in properties { configuration["transforms.r.\(name)"] = value }
        let chain = try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        let schema = Schema(.structure, fields: ["a", "b", "c"].map { .init($0, Schema(.int32)) })
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: .structure(Struct(schema: schema, values: [.integer(1), .integer(2), .integer(3)])))
        #expect(try chain.apply(&record))
        return record.valueSchema?.fields.map(\.name) ?? []
    }

    /// As Kafka 2.8, on which Debezium 1.9 runs: the new names take precedence.
    @Test func formerNamesAreReadForTheFormerGeneration() throws {
        let connector = ["database.server.name": "s"]
        #expect(try fields(["blacklist": "a"], connector: connector) == ["b", "c"])
        #expect(try fields(["whitelist": "a"], connector: connector) == ["a"])
        #expect(try fields(["blacklist": "a", "exclude": "b"], connector: connector) == ["a", "c"])
        #expect(try fields(["whitelist": "a,b", "exclude": "b"], connector: connector) == ["a"])
    }

    @Test(arguments: [("blacklist", "exclude"), ("whitelist", "include")])
    func formerNamesAreRefusedOtherwise(name: String, replacement: String) {
        let error = #expect(throws: ConfigError.self) { _ = try fields([name: "a"], connector: ["topic.prefix": "p"]) }
        #expect(
            error?.message == "Invalid value a for configuration transforms.r.\(name): Kafka 4 has no such option; "
                + "use \(replacement) instead")
    }
}
