/// How the generations differ in snapshots.
extension DebeziumProfile {
    package var snapshots: Snapshots { Snapshots(isModern: isModern) }

    package struct Snapshots: Sendable {
        fileprivate let isModern: Bool

        /// The values of `source.snapshot`, as its schema lists them.
        package var markers: String {
            isModern
                ? "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"
                : "true,last,false,incremental"
        }

        /// Whether a snapshot marks the first and last record of each table too, not only the last record of all.
        package var marksTables: Bool { isModern }

        /// Whether a snapshot that takes no locks records the definitions of each database in the order of a hash map.
        package var recordsUnlockedDefinitionsInHashOrder: Bool { isModern }

        /// Whether snapshots have the rendering.
        package func renders(_ rendering: SnapshotRendering) -> Bool {
            switch rendering {
            case .jsonAsPrinted, .enumerationUnescaped, .floatsAsPrinted, .textConvertedByServer, .yearZeroIs2000,
                .reformDaysMove, .timestampInConnectionZone: true
            case .timestampWithoutZeros, .yearZeroDates: isModern
            case .timeSignLost, .zeroTimestampIsNull: !isModern
            }
        }
    }
}
