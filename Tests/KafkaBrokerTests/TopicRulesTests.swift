import KafkaProtocol
import Testing

@testable import KafkaBroker

@Suite struct TopicRulesTests {
    @Test func kafkaTopicNamesAreAcceptedAndPathsAreRejected() {
        for name in ["a", "dbhistory.dwdata", "connect-offsets", "__internal", String(repeating: "x", count: 249)] {
            #expect(TopicName.validationError(name) == nil)
        }
        for name in ["", ".", "..", "a/b", "../x", "a b", "ä", "a\0", String(repeating: "x", count: 250)] {
            #expect(TopicName.validationError(name) != nil)
        }
    }

    @Test func settingsAreValidatedByType() {
        func error(_ name: String, _ value: String) -> String? { TopicSetting.named(name)?.validationError(for: value) }
        #expect(error("cleanup.policy", "compact, delete") == nil)
        #expect(error("cleanup.policy", "shred") == "Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete")
        #expect(error("retention.ms", "-1") == nil)
        #expect(error("retention.ms", "-2") == "Invalid value -2 for configuration retention.ms: Value must be at least -1")
        #expect(error("retention.ms", "week") == "Invalid value week for configuration retention.ms: Not a number of type LONG")
        #expect(error("max.message.bytes", "3000000000") != nil)
        #expect(error("preallocate", "yes") != nil)
        #expect(error("segment.bytes", "1000") == "Invalid value 1000 for configuration segment.bytes: Value must be at least 1048576")
        #expect(error("min.cleanable.dirty.ratio", "1.5") != nil)
        // As Kafka 4.3.1 answers.
        for (name, value) in [
            ("compression.gzip.level", "-1"), ("retention.bytes", "-7"), ("segment.ms", " 5 "), ("segment.ms", "+5"),
            ("preallocate", "TRUE"), ("cleanup.policy", " "), ("cleanup.policy", "compact , delete"),
            ("leader.replication.throttled.replicas", "*"), ("leader.replication.throttled.replicas", "0:1,1:1"),
            ("min.cleanable.dirty.ratio", "1e-1"),
        ] { #expect(error(name, value) == nil, "\(name)=\(value)") }
        for (name, value, reason) in [
            ("compression.gzip.level", "0", "Value must be between 1 and 9 or equal to -1"),
            ("cleanup.policy", "delete,", "Configuration 'cleanup.policy' values must not be empty."),
            ("leader.replication.throttled.replicas", "1:1,xx", "Invalid value [1:1, xx] for"),
            ("min.cleanable.dirty.ratio", "0x1", "Not a number of type DOUBLE"),
            ("min.cleanable.dirty.ratio", "1.5", "Value must be no more than 1"),
            ("segment.bytes", "+5", "Invalid value 5 for configuration segment.bytes"),
        ] { #expect(error(name, value)?.contains(reason) == true, "\(name)=\(value)") }
        var configuration = TopicConfiguration()
        configuration["segment.ms"] = " +5"
        configuration["cleanup.policy"] = "compact , delete"
        #expect(configuration.values.map(\.value) == ["5", "compact,delete"])
        #expect(configuration.contradiction == nil)
        configuration["min.compaction.lag.ms"] = "10"
        configuration["max.compaction.lag.ms"] = "5"
        #expect(configuration.contradiction?.contains("min.compaction.lag.ms (10) > max.compaction.lag.ms (5)") == true)
        for setting in TopicSetting.all { #expect(setting.validationError(for: setting.defaultValue) == nil, "\(setting.name)") }
    }

    @Test func uuidsAreParsedInKafkaFormat() {
        #expect(KafkaUUID("5fTaou5GT9yJZPP2_IAWgQ")?.description == "5fTaou5GT9yJZPP2_IAWgQ")
        #expect(KafkaUUID("AAAAAAAAAAAAAAAAAAAAAA") == .zero)
        // RFC 4648's base64 for URLs of the sixteen bytes, from Python.
        let known = KafkaUUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(known.description == "ASNFZ4mrze_-3LqYdlQyEA")
        #expect(KafkaUUID("ASNFZ4mrze_-3LqYdlQyEA") == known)
        for _ in 0..<100 {
            let id = KafkaUUID.random()
            #expect(KafkaUUID(id.description) == id)
        }
        for text in ["", "short", "5fTaou5GT9yJZPP2_IAWgR", "5fTaou5GT9yJZPP2+IAWgQ", "5fTaou5GT9yJZPP2_IAWgQQ"] {
            #expect(KafkaUUID(text) == nil)
        }
    }
}
