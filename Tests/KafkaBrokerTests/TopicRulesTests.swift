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
