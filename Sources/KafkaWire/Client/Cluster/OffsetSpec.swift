/// A position in a partition, by offset or by name (`OffsetSpec` of the Java client).
public struct OffsetSpec: Sendable, Hashable {
    enum Position: Sendable, Hashable {
        /// ListOffsets uses negative numbers for these instead of a timestamp.
        case named(Int64)
        case offset(Int64)
    }

    let position: Position

    /// The offset of the first record.
    public static let earliest = OffsetSpec(position: .named(-2))
    /// The offset after the last record.
    public static let latest = OffsetSpec(position: .named(-1))
    /// A given offset. An offset outside the partition is moved to the nearest end of it.
    public static func offset(_ offset: Int64) -> OffsetSpec { OffsetSpec(position: .offset(offset)) }
}
