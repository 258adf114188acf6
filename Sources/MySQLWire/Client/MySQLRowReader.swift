/// The rows of a query on a blocking connection, read one by one. Memory does not grow with the result.
///
/// No other statement can be started on the connection until `next` has returned nil or has thrown.
public final class MySQLRowReader {
    public let columns: [MySQLColumn]
    private let connection: MySQLConnection
    private let shared: RowColumns
    private var row = TextRow()
    private var batch: RowBatch?
    private var position = 0

    init(_ connection: MySQLConnection, _ columns: [MySQLColumn]) {
        self.connection = connection
        self.columns = columns
        shared = RowColumns(columns)
    }

    /// Returns the next row; nil after the last one.
    public func next() throws(MySQLError) -> MySQLRow? {
        if batch == nil || position == batch?.count {
            batch = try nextBatch()
            position = 0
        }
        guard let batch else { return nil }
        defer { position += 1 }
        return MySQLRow(batch, index: position)
    }

    /// Reads the remaining rows into memory.
    public func collect() throws(MySQLError) -> [MySQLRow] {
        var rows: [MySQLRow] = []
        while let row = try next() { rows.append(row) }
        return rows
    }

    /// Waits for at least one row, and returns it with those that have been received already. Returns nil after the
    /// last row.
    func nextBatch() throws(MySQLError) -> RowBatch? {
        var bytes: [UInt8] = []
        var cells: [Range<Int>] = []
        var count = 0
        while try connection.nextRow(&row) {
            let start = bytes.count
            bytes.append(contentsOf: row.packet)
            for cell in row.cells {
                cells.append(cell.lowerBound < 0 ? cell : start + cell.lowerBound..<start + cell.upperBound)
            }
            count += 1
            if count == RowBatch.rowsMax || bytes.count >= RowBatch.bytesMax || !connection.hasBufferedPacket { break }
        }
        return count == 0 ? nil : RowBatch(shared, bytes, cells, count: count)
    }
}

extension MySQLConnection {
    /// Runs a query and returns its rows.
    ///
    /// The library does not escape values in the SQL text and has no prepared statements.
    ///
    /// - Throws: `.server` for the server's error; `.resultSetOpen` if the rows of an earlier query have not been read.
    public func query(_ sql: String) throws(MySQLError) -> MySQLRowReader {
        MySQLRowReader(self, try startQuery(sql))
    }

    /// Runs `body` in a transaction: commits it when `body` returns, rolls it back when it throws.
    ///
    /// Statements that commit implicitly (DDL) end the transaction.
    public func withTransaction<R>(_ body: (MySQLConnection) throws -> R) throws -> R {
        try execute("START TRANSACTION")
        do {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            // If this fails, the connection is lost and the server rolls back.
            do throws(MySQLError) { try execute("ROLLBACK") } catch { canceller.cancel() }
            throw error
        }
    }
}
