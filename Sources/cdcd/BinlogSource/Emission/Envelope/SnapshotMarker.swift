/// `source.snapshot` of the records of snapshots. Streamed records hold null, which means the default, `false`.
enum SnapshotMarker: String, CaseIterable {
    case `true`
    case first
    case firstInTable = "first_in_data_collection"
    case lastInTable = "last_in_data_collection"
    case last
    /// A row that an incremental snapshot reads while the connector streams.
    case incremental
}
