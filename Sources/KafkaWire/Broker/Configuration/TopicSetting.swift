import KafkaProtocol

/// The definition of a topic setting, as in Kafka 4.3.
struct TopicSetting: Equatable, Sendable {
    /// The raw values are those of DescribeConfigs' `ConfigType`.
    enum ValueType: Int8, Sendable {
        case boolean = 1, string = 2, int = 3, long = 5, double = 6, list = 7
    }

    let name: String
    let type: ValueType
    let defaultValue: String
    /// The valid values, or nil if every value of the type is valid.
    var choices: [String]?
    var range: ClosedRange<Int64>?
    /// A valid value outside of the range.
    var exception: Int64?

    /// The name of the broker's setting that applies to topics without their own; nil if there is none.
    var brokersName: String? { Self.brokersNames[name] }
    /// Whether the broker's setting has a default value: those of some times are in other units, under other names.
    var hasBrokersDefault: Bool { !["flush.ms", "retention.ms", "segment.jitter.ms", "segment.ms"].contains(name) }

    static func named(_ name: String) -> TopicSetting? { all.first { $0.name == name } }

    private static let notNegative: ClosedRange<Int64> = 0...Int64.max
    private static let minusOneOrMore: ClosedRange<Int64> = -1...Int64.max
    private static let minusTwoOrMore: ClosedRange<Int64> = -2...Int64.max

    /// All settings, with the defaults of Kafka 4.3.1 (`kafka-configs --describe --all` on a fresh broker).
    static let all: [TopicSetting] = [
        .init(name: "cleanup.policy", type: .list, defaultValue: "delete", choices: ["compact", "delete"]),
        .init(name: "compression.gzip.level", type: .int, defaultValue: "-1", range: 1...9, exception: -1),
        .init(name: "compression.lz4.level", type: .int, defaultValue: "9", range: 1...17),
        .init(
            name: "compression.type", type: .string, defaultValue: "producer",
            choices: ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
        .init(name: "compression.zstd.level", type: .int, defaultValue: "3", range: -131_072...22),
        .init(name: "delete.retention.ms", type: .long, defaultValue: "86400000", range: notNegative),
        .init(name: "file.delete.delay.ms", type: .long, defaultValue: "60000", range: notNegative),
        .init(name: "flush.messages", type: .long, defaultValue: "9223372036854775807", range: 1...Int64.max),
        .init(name: "flush.ms", type: .long, defaultValue: "9223372036854775807", range: notNegative),
        .init(name: "follower.replication.throttled.replicas", type: .list, defaultValue: ""),
        .init(name: "index.interval.bytes", type: .int, defaultValue: "4096", range: notNegative),
        .init(name: "leader.replication.throttled.replicas", type: .list, defaultValue: ""),
        .init(name: "local.retention.bytes", type: .long, defaultValue: "-2", range: minusTwoOrMore),
        .init(name: "local.retention.ms", type: .long, defaultValue: "-2", range: minusTwoOrMore),
        .init(name: "max.compaction.lag.ms", type: .long, defaultValue: "9223372036854775807", range: 1...Int64.max),
        .init(name: "max.message.bytes", type: .int, defaultValue: "1048588", range: notNegative),
        .init(name: "message.timestamp.after.max.ms", type: .long, defaultValue: "3600000", range: notNegative),
        .init(
            name: "message.timestamp.before.max.ms", type: .long, defaultValue: "9223372036854775807",
            range: notNegative),
        .init(
            name: "message.timestamp.type", type: .string, defaultValue: "CreateTime",
            choices: ["CreateTime", "LogAppendTime"]),
        .init(name: "min.cleanable.dirty.ratio", type: .double, defaultValue: "0.5"),
        .init(name: "min.compaction.lag.ms", type: .long, defaultValue: "0", range: notNegative),
        .init(name: "min.insync.replicas", type: .int, defaultValue: "1", range: 1...Int64.max),
        .init(name: "preallocate", type: .boolean, defaultValue: "false"),
        .init(name: "remote.log.copy.disable", type: .boolean, defaultValue: "false"),
        .init(name: "remote.log.delete.on.disable", type: .boolean, defaultValue: "false"),
        .init(name: "remote.storage.enable", type: .boolean, defaultValue: "false"),
        .init(name: "retention.bytes", type: .long, defaultValue: "-1"),
        .init(name: "retention.ms", type: .long, defaultValue: "604800000", range: minusOneOrMore),
        .init(name: "segment.bytes", type: .int, defaultValue: "1073741824", range: 1_048_576...Int64.max),
        .init(name: "segment.index.bytes", type: .int, defaultValue: "10485760", range: 4...Int64.max),
        .init(name: "segment.jitter.ms", type: .long, defaultValue: "0", range: notNegative),
        .init(name: "segment.ms", type: .long, defaultValue: "604800000", range: 1...Int64.max),
        .init(name: "unclean.leader.election.enable", type: .boolean, defaultValue: "false"),
    ]
    /// Kafka's `ServerTopicConfigSynonyms`.
    private static let brokersNames = [
        "cleanup.policy": "log.cleanup.policy",
        "compression.gzip.level": "compression.gzip.level",
        "compression.lz4.level": "compression.lz4.level",
        "compression.type": "compression.type",
        "compression.zstd.level": "compression.zstd.level",
        "delete.retention.ms": "log.cleaner.delete.retention.ms",
        "file.delete.delay.ms": "log.segment.delete.delay.ms",
        "flush.messages": "log.flush.interval.messages",
        "flush.ms": "log.flush.interval.ms",
        "index.interval.bytes": "log.index.interval.bytes",
        "local.retention.bytes": "log.local.retention.bytes",
        "local.retention.ms": "log.local.retention.ms",
        "max.compaction.lag.ms": "log.cleaner.max.compaction.lag.ms",
        "max.message.bytes": "message.max.bytes",
        "message.timestamp.after.max.ms": "log.message.timestamp.after.max.ms",
        "message.timestamp.before.max.ms": "log.message.timestamp.before.max.ms",
        "message.timestamp.type": "log.message.timestamp.type",
        "min.cleanable.dirty.ratio": "log.cleaner.min.cleanable.ratio",
        "min.compaction.lag.ms": "log.cleaner.min.compaction.lag.ms",
        "min.insync.replicas": "min.insync.replicas",
        "preallocate": "log.preallocate",
        "retention.bytes": "log.retention.bytes",
        "retention.ms": "log.retention.ms",
        "segment.bytes": "log.segment.bytes",
        "segment.index.bytes": "log.index.size.max.bytes",
        "segment.jitter.ms": "log.roll.jitter.ms",
        "segment.ms": "log.roll.ms",
        "unclean.leader.election.enable": "unclean.leader.election.enable",
    ]
}
