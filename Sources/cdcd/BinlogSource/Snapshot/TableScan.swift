import MySQLWire

/// Reads the rows of a table, or of a range of its key, and passes them to a sink. Initial, blocking and incremental
/// snapshots differ in the scans that they run and in the sink.
struct TableScan {
    let plan: TablePlan
    /// nil: the whole table, in the server's order.
    var range: KeyRange?

    /// The number of rows between two calls of `progress`.
    static let progressRows = 1024

    /// The result of a completed scan.
    struct Outcome: Hashable {
        var rowCount = 0
        /// The key of the last row, after which the next chunk begins. nil for scans of the whole table, without rows,
        /// and if the key cannot bound a range.
        var lastKey: [SQLLiteral]?
    }

    /// The SELECT over the plan's columns.
    var statement: String {
        let columns = plan.selectedColumns.map { SQLText.quoted($0) }.joined(separator: ", ")
        // A table without captured columns has rows nevertheless.
        return "SELECT \(columns.isEmpty ? "1" : columns) FROM \(SQLText.quoted(plan.definition.id))"
            + (range?.clauses ?? "")
    }

    /// Runs the SELECT and passes each row to the sink as it arrives.
    /// - Parameter progress: called after every `progressRows` rows with the number of rows so far. An error that it
    ///   throws ends the scan (a `CancellationError` if the task is stopped); the connection is then within a result
    ///   and cannot be used again.
    func run(
        on source: some TableScanSource, into sink: some TableScanSink, progress: (Int) throws -> Void
    ) throws -> Outcome {
        var outcome = Outcome()
        let key = range.flatMap { keyColumns($0) } ?? []
        try sink.emitRows { emit in
            try source.streamRows(statement) { row in
                try emit(row)
                outcome.rowCount += 1
                if !key.isEmpty { outcome.lastKey = literals(key, row) }
                if outcome.rowCount % Self.progressRows == 0 { try progress(outcome.rowCount) }
            }
        }
        return outcome
    }

    /// The plans of the range's columns. Returns nil if one of them is not selected.
    private func keyColumns(_ range: KeyRange) -> [ColumnPlan]? {
        let selected = Array(plan.columns) + Array(plan.keyOnlyColumns)
        let columns = range.columns.compactMap { name in selected.first { $0.name == name } }
        return columns.count == range.columns.count ? columns : nil
    }

    private func literals(_ key: [ColumnPlan], _ row: borrowing TextRow) -> [SQLLiteral]? {
        var values: [SQLLiteral] = []
        for column in key {
            guard let value = row.bytes(column.selected).flatMap({ column.kind.keyLiteral($0) }) else { return nil }
            values.append(value)
        }
        return values
    }
}

/// Receives the rows of a scan.
protocol TableScanSink {
    /// Emits the rows that `read` passes to its argument. Each has a cell for each of the plan's selected columns and
    /// is valid during the call only.
    func emitRows(_ read: (_ emit: (borrowing TextRow) throws -> Void) throws -> Void) throws
}

extension SnapshotEmitter: TableScanSink {}

/// Runs the SELECT of a scan: a connection to the server.
protocol TableScanSource {
    func streamRows(_ statement: String, _ body: (borrowing TextRow) throws -> Void) throws
}

extension MySQLConnection: TableScanSource {
    func streamRows(_ statement: String, _ body: (borrowing TextRow) throws -> Void) throws {
        try streamQuery(statement, row: body)
    }
}
