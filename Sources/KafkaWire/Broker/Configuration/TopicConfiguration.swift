import KafkaProtocol

/// The settings that are set explicitly for a topic, in the order in which they were set.
package struct TopicConfiguration: Equatable, Sendable {
    private(set) var values: [(name: String, value: String)] = []
    /// The broker's settings, which apply where the topic has none.
    var defaults: [(name: String, value: String)] = []

    package init() {}

    package static func == (a: Self, b: Self) -> Bool { a.values.elementsEqual(b.values, by: ==) }

    /// The explicit value, or nil if the default applies.
    package subscript(name: String) -> String? {
        get { values.first { $0.name == name }?.value }
        set {
            values.removeAll { $0.name == name }
            if let newValue { values.append((name, TopicSetting.named(name)?.normalized(newValue) ?? newValue)) }
        }
    }

    /// The explicit value or the default.
    func effective(_ name: String) -> String { self[name] ?? defaultValue(of: name) }

    /// The broker's value, or the one that Kafka has without configuration.
    func defaultValue(of name: String) -> String {
        defaults.first { $0.name == name }?.value ?? TopicSetting.named(name)?.defaultValue ?? ""
    }

    /// Why the setting is unknown or its value invalid, in Kafka's words; nil if it is valid.
    package static func validationError(_ name: String, _ value: String) -> String? {
        guard let setting = TopicSetting.named(name) else { return "Unknown topic config name: \(name)" }
        return setting.validationError(for: value)
    }

    /// Why the settings contradict each other, in Kafka's words; nil if they do not.
    var contradiction: String? {
        let (least, most) = ("min.compaction.lag.ms", "max.compaction.lag.ms")
        guard let min = Int64(effective(least)), let max = Int64(effective(most)), min > max else { return nil }
        return "conflict topic config setting \(least) (\(min)) > \(most) (\(max))"
    }

    /// Whether everything that is acknowledged must be on the disk (`flush.messages=1`).
    var flushesAlways: Bool { effective("flush.messages") == "1" }
    /// The maximum time for which what is acknowledged may wait for the disk; nil without a limit.
    var flushMilliseconds: Int? { Int(effective("flush.ms")).flatMap { $0 == .max ? nil : $0 } }

    var isCompacted: Bool { TopicSetting.entries(of: effective("cleanup.policy")).contains("compact") }
    /// The codec of all batches; nil if each keeps its producer's.
    var codec: CompressionCodec? {
        let name = effective("compression.type")
        return CompressionCodec(name: name == "uncompressed" ? "none" : name)
    }
    /// The level of a codec; nil for one without levels, and for zlib's own choice.
    func level(of codec: CompressionCodec) -> Int32? {
        let level = Int32(effective("compression.\(codec.name).level"))
        return codec == .gzip && level == -1 ? nil : level
    }
    var messageBytesMax: Int { Int(effective("max.message.bytes")) ?? 1_048_588 }
    var stampsAppendTime: Bool { effective("message.timestamp.type") == "LogAppendTime" }
}
