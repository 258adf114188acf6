import ConnectData
import MySQLWire

/// Builds the records of changes and hands them to a sink. Owned by the task's thread.
public final class RecordEmitter {
    private let configuration: MySQLConnectorConfig
    private let sink: any RecordSink

    /// - Parameters:
    ///   - runID: a UUID of this run of the task, for `__debezium.context.runId`.
    ///   - clock: the time in microseconds since the epoch at which records are built (`ts_ms`).
    public init(
        configuration: MySQLConnectorConfig, taskID: Int, runID: String, sink: any RecordSink,
        clock: @escaping () -> Int64
    ) {
        self.configuration = configuration
        self.sink = sink
    }

    // MARK: Streaming

    /// Emits the records of a row event, leaving out its first `skippedRows` rows (those that were delivered before a
    /// restart).
    ///
    /// - Returns: the number of rows in the event.
    /// - Throws: what the sink throws, or an error that names table and column where a value cannot be read.
    public func emit(
        _ event: RowsEvent, of decoder: BinlogRowDecoder, source: SourceInfo, skippingRows skippedRows: Int = 0
    ) throws -> Int { 0 }

    // MARK: Snapshot

    /// Says that the rows given next belong to this table; `source` holds the snapshot's position and the time at which
    /// the table is read.
    public func beginSnapshotTable(_ plan: TablePlan, source: SourceInfo) throws {}

    /// Takes a row of `SELECT` over `plan.selectedColumns`. It is emitted when the next one is known, since a record says
    /// whether it is the last.
    public func emitSnapshotRow(_ row: borrowing TextRow) throws {}

    /// Emits what is held back, marked as the last record of the snapshot.
    public func finishSnapshot() throws {}
}
