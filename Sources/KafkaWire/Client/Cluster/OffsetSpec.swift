/// A position in a partition, by offset, by name or by time (`OffsetSpec` of the Java client).
public struct OffsetSpec: Sendable, Hashable {
    enum Position: Sendable, Hashable {
        /// A timestamp in ListOffsets, which uses negative numbers for names.
        case named(Int64)
        case offset(Int64)
    }

    let position: Position

    static let latestName: Int64 = -1
    static let earliestName: Int64 = -2

    /// The offset of the first record.
    public static let earliest = OffsetSpec(position: .named(earliestName))
    /// The offset after the last record.
    public static let latest = OffsetSpec(position: .named(latestName))
    /// The record with the latest timestamp (Kafka 3.0); `listOffsets` of `KafkaAdmin` only.
    public static let maxTimestamp = OffsetSpec(position: .named(-3))
    /// The first record in the broker's own log, which is not the first one if earlier ones are in tiered storage
    /// (Kafka 3.4); `listOffsets` only.
    public static let earliestLocal = OffsetSpec(position: .named(-4))
    /// The last record in tiered storage (Kafka 3.9); `listOffsets` only.
    public static let latestTiered = OffsetSpec(position: .named(-5))
    /// The first record that is not yet in tiered storage (Kafka 4.2); `listOffsets` only.
    public static let earliestPendingUpload = OffsetSpec(position: .named(-6))
    /// The first record with this timestamp, in milliseconds since 1970, or a later one; `listOffsets` only.
    public static func timestamp(_ milliseconds: Int64) -> OffsetSpec {
        OffsetSpec(position: .named(max(0, milliseconds)))
    }
    /// A given offset. An offset outside the partition is moved to the nearest end of it.
    public static func offset(_ offset: Int64) -> OffsetSpec { OffsetSpec(position: .offset(offset)) }

    /// The version of ListOffsets that has a name, and what the version is needed for.
    static func requirement(of name: Int64) -> (version: Int16, feature: String) {
        switch name {
        case -3: (7, "listing the offset of the latest timestamp")
        case -4: (8, "listing the earliest local offset")
        case -5: (9, "listing the latest tiered offset")
        case -6: (11, "listing the earliest offset pending upload")
        default: (0, "listing an offset")
        }
    }
}
