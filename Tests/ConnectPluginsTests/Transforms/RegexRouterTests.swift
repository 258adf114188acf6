import ConnectData
import PluginTestSupport
import Testing

@Suite struct RegexRouterTests {
    private func route(_ topic: String, _ regex: String, _ replacement: String) throws -> String {
        let chain = try TransformationChain(configuration: [
            "transforms": "r", "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter",
            "transforms.r.regex": regex, "transforms.r.replacement": replacement,
        ], plugins: TestPlugins.registry)
        var record = ConnectRecord(topic: topic, keySchema: nil, key: .null, valueSchema: nil, value: .null)
        for _ in 0..<2 {
            record.topic = topic
            #expect(try chain.apply(&record))
        }
        return record.topic
    }

    @Test func topicIsReplaced() throws {
        #expect(try route("dwserver.dwdata.t", "(.*)", "$1") == "dwserver.dwdata.t")
        #expect(try route("srv.inventory.t", "([^.]+)\\.([^.]+)\\.([^.]+)", "$2_$3") == "inventory_t")
        #expect(try route("srv.inventory.t", "srv\\.(?<rest>.*)", "new.${rest}") == "new.inventory.t")
    }

    @Test func partiallyMatchingTopicIsKept() throws {
        #expect(try route("srv.inventory.t", "inventory", "x") == "srv.inventory.t")
    }

    /// Kafka tests whether the whole topic matches and then replaces the first match in it.
    @Test func onlyTheFirstMatchIsReplaced() throws {
        #expect(try route("ab", "a|ab", "X") == "Xb")
    }

    @Test func missingGroupInTheReplacementIsAnError() throws {
        #expect(throws: DataError("No group 2", as: .indexOutOfBounds)) { _ = try route("a", "(a)", "$2") }
    }

    @Test func chainReportsTheFirstError() {
        let error = #expect(throws: ConfigError.self) {
            try TransformationChain(
                configuration: ["transforms": "a", "transforms.a.type": "RegexRouter"], plugins: TestPlugins.registry)
        }
        #expect(error?.name == "transforms.a.regex")
    }

    @Test func topicsBeyondTheCacheLimitAreRouted() throws {
        let chain = try TransformationChain(configuration: [
            "transforms": "r", "transforms.r.type": "RegexRouter", "transforms.r.regex": "a(.*)",
            "transforms.r.replacement": "b$1",
        ], plugins: TestPlugins.registry)
        for number in 0..<10_500 {
            var record = ConnectRecord(
                topic: number % 2 == 0 ? "a\(number)" : "c\(number)", keySchema: nil, key: .null, valueSchema: nil,
                value: .null)
            _ = try chain.apply(&record)
            #expect(record.topic == (number % 2 == 0 ? "b\(number)" : "c\(number)"))
        }
    }
}
