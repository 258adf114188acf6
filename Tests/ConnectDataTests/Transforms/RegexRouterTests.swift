import ConnectData
import Testing

@Suite struct RegexRouterTests {
    private func route(_ topic: String, _ regex: String, _ replacement: String) throws -> String {
        let chain = try TransformChain(configuration: [
            "transforms": "r", "transforms.r.type": "org.apache.kafka.connect.transforms.RegexRouter",
            "transforms.r.regex": regex, "transforms.r.replacement": replacement,
        ])
        var record = SourceRecord(topic: topic, keySchema: nil, key: .null, valueSchema: nil, value: .null)
        for _ in 0..<2 {
            record.topic = topic
            #expect(try chain.apply(&record))
        }
        return record.topic
    }

    @Test func givesTheTopicAnotherName() throws {
        #expect(try route("dwserver.dwdata.t", "(.*)", "$1") == "dwserver.dwdata.t")
        #expect(try route("srv.inventory.t", "([^.]+)\\.([^.]+)\\.([^.]+)", "$2_$3") == "inventory_t")
        #expect(try route("srv.inventory.t", "srv\\.(?<rest>.*)", "new.${rest}") == "new.inventory.t")
    }

    @Test func leavesATopicThatDoesNotMatchAsAWhole() throws {
        #expect(try route("srv.inventory.t", "inventory", "x") == "srv.inventory.t")
    }

    /// Kafka asks whether the whole topic matches and then replaces what is found first.
    @Test func replacesTheFirstFind() throws {
        #expect(try route("ab", "a|ab", "X") == "Xb")
    }

    @Test func failsAtARowWhereTheReplacementNamesNoGroup() throws {
        #expect(throws: DataError("No group 2")) { _ = try route("a", "(a)", "$2") }
    }

    @Test func forgetsNothingBetweenTopics() throws {
        let chain = try TransformChain(configuration: [
            "transforms": "r", "transforms.r.type": "RegexRouter", "transforms.r.regex": "a(.*)",
            "transforms.r.replacement": "b$1",
        ])
        for number in 0..<10_500 {
            var record = SourceRecord(
                topic: number % 2 == 0 ? "a\(number)" : "c\(number)", keySchema: nil, key: .null, valueSchema: nil,
                value: .null)
            _ = try chain.apply(&record)
            #expect(record.topic == (number % 2 == 0 ? "b\(number)" : "c\(number)"))
        }
    }
}
