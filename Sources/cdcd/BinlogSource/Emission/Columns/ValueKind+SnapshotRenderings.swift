extension ValueKind {
    /// The reasons for which a snapshot's value of this kind may differ from the stream's. If it is empty, the two are
    /// always equal, which a test over all types verifies.
    func snapshotRenderings(_ profile: DebeziumProfile) -> Set<SnapshotRendering> {
        let renderings: Set<SnapshotRendering> =
            switch self {
            case .boolean, .integer, .unsignedDecimal, .decimal, .bit, .bits, .binary, .set, .geometry, .point, .vector,
                .uuid:
                []
            case .float32, .float64: [.floatsAsPrinted]
            case .text: [.textConvertedByServer]
            case .enumeration: [.enumerationUnescaped]
            case .json: [.jsonAsPrinted]
            case .date: [.yearZeroDates]
            case .time: [.timeSignLost]
            case .dateTime: [.yearZeroDates, .reformDaysMove]
            case .timestamp: [.timestampWithoutZeros, .zeroTimestampIsNull, .timestampInConnectionZone]
            case .year: [.yearZeroIs2000]
            }
        return renderings.filter(profile.snapshots.renders)
    }
}
