import KafkaProtocol

/// The settings of a topic that its partitions' logs use.
struct LogSettings: Equatable, Sendable {
    var segmentBytes = 1 << 30
    var segmentMilliseconds: Int64 = 604_800_000
    var indexIntervalBytes = 4096
    /// The maximum length of one index file of a segment.
    var indexBytesMax = 10_485_760
    /// The log is synchronized with the disk after this number of records.
    var flushRecords = Int64.max
    /// The log is synchronized with the disk when records have waited for it for this time.
    var flushMilliseconds = Int64.max
    var deletesOldSegments = true
    var isCompacted = false
    /// -1 is no limit.
    var retentionBytes: Int64 = -1
    var retentionMilliseconds: Int64 = 604_800_000
    /// How long compaction keeps tombstones and transaction markers.
    var deleteRetentionMilliseconds: Int64 = 86_400_000
    var compactionLagMilliseconds: ClosedRange<Int64> = 0...Int64.max
    var dirtyRatioMin = 0.5

    init() {}

    init(_ configuration: TopicConfiguration) {
        func number(_ name: String) -> Int64 { Int64(configuration.effective(name)) ?? 0 }
        segmentBytes = Int(number("segment.bytes"))
        segmentMilliseconds = max(1, number("segment.ms"))
        indexIntervalBytes = Int(number("index.interval.bytes"))
        indexBytesMax = Int(number("segment.index.bytes"))
        flushRecords = number("flush.messages")
        flushMilliseconds = number("flush.ms")
        let policies = TopicSetting.entries(of: configuration.effective("cleanup.policy"))
        deletesOldSegments = policies.contains("delete")
        isCompacted = policies.contains("compact")
        retentionBytes = number("retention.bytes")
        retentionMilliseconds = number("retention.ms")
        deleteRetentionMilliseconds = number("delete.retention.ms")
        let (lagMin, lagMax) = (number("min.compaction.lag.ms"), number("max.compaction.lag.ms"))
        compactionLagMilliseconds = lagMin...max(lagMin, lagMax)
        dirtyRatioMin = Double(configuration.effective("min.cleanable.dirty.ratio")) ?? 0.5
        // A segment is closed in time for the compaction that must not be later.
        if isCompacted { segmentMilliseconds = min(segmentMilliseconds, max(1, lagMax)) }
    }
}
