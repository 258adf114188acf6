import WireStreams

/// A connection to MySQL or MariaDB for async code. Statements run one after another on a thread of the client's own.
///
/// Cancelling a task while it waits for the server closes the connection: the call throws `.stream(.cancelled)`, and so
/// do all later ones. The server rolls back an open transaction.
public actor MySQLClient {
    private nonisolated let executor: ThreadExecutor
    private nonisolated let cancellation = ConnectionCancellation()
    private let configuration: MySQLConfiguration
    private let onEvent: MySQLEventHandler?
    private var connection: MySQLConnection?
    private var reader: MySQLRowReader?
    /// The number of the query that `reader` belongs to.
    private var queryNumber = 0
    /// The iterator that reads the rows. If it was released, the remaining rows can be discarded.
    private weak var cursor: MySQLRows.Cursor?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(_ configuration: MySQLConfiguration, _ onEvent: MySQLEventHandler?) {
        self.configuration = configuration
        self.onEvent = onEvent
        executor = ThreadExecutor(name: "mysql-client")
    }

    /// Connects and authenticates, within `connectTimeoutMilliseconds` in total.
    ///
    /// - Parameter onEvent: receives what happens on the connection, on the client's thread; nil reports nothing.
    public static func connect(
        _ configuration: MySQLConfiguration, onEvent: MySQLEventHandler? = nil
    ) async throws(MySQLError) -> MySQLClient {
        let client = MySQLClient(configuration, onEvent)
        try await client.cancellation.run { () async throws(MySQLError) in try await client.open() }
        return client
    }

    private func open() throws(MySQLError) {
        let cancellation = cancellation
        connection = try MySQLConnection.connect(
            configuration, onEvent: onEvent, onOpen: { cancellation.connectionOpened($0) })
    }

    /// Runs a statement that returns no rows, for example INSERT; discards rows if there are any.
    ///
    /// - Throws: `.server` for the server's error, after which the client can still be used; `.resultSetOpen` if the
    ///   rows of a query are still being read.
    @discardableResult
    public func execute(_ sql: String) async throws(MySQLError) -> MySQLStatementResult {
        try await cancellation.run { () async throws(MySQLError) in try self.executeNow(sql) }
    }

    private func executeNow(_ sql: String) throws(MySQLError) -> MySQLStatementResult {
        try idleConnection().execute(sql)
    }

    /// Runs a query and returns its rows as a sequence that is read once. Only a batch of rows is in memory.
    ///
    /// The next statement may start when the rows have been read to the end, or when no iterator exists any more: the
    /// remaining rows are then discarded.
    public func query(_ sql: String) async throws(MySQLError) -> MySQLRows {
        try await cancellation.run { () async throws(MySQLError) in try self.queryNow(sql) }
    }

    private func queryNow(_ sql: String) throws(MySQLError) -> MySQLRows {
        let reader = try idleConnection().query(sql)
        self.reader = reader
        queryNumber += 1
        return MySQLRows(client: self, queryNumber: queryNumber, columns: reader.columns)
    }

    /// Runs `body` in a transaction: commits it when `body` returns, rolls it back when it throws.
    ///
    /// The transaction belongs to the client: statements that other tasks run on it in the meantime are part of it.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (MySQLClient) async throws -> R
    ) async throws -> R {
        try await execute("START TRANSACTION")
        do {
            let result = try await body(self)
            try await execute("COMMIT")
            return result
        } catch {
            // If this fails, the connection is closed and the server rolls back.
            do throws(MySQLError) { try await execute("ROLLBACK") } catch { cancellation.cancel() }
            throw error
        }
    }

    /// Closes the connection. Unread rows are lost.
    public func close() {
        connection?.close()
        connection = nil
        reader = nil
        cancellation.cancel()
    }

    /// The connection without a result set that is being read.
    private func idleConnection() throws(MySQLError) -> MySQLConnection {
        guard let connection else { throw .stream(.cancelled) }
        if connection.isReadingRows {
            guard cursor == nil else { throw .resultSetOpen }
            while try reader?.nextBatch() != nil {}
        }
        reader = nil
        return connection
    }

    /// The next rows of a query; nil at the end.
    func nextBatch(_ number: Int, for cursor: MySQLRows.Cursor) async throws(MySQLError) -> RowBatch? {
        try await cancellation.run { () async throws(MySQLError) in try self.nextBatchNow(number, for: cursor) }
    }

    private func nextBatchNow(_ number: Int, for cursor: MySQLRows.Cursor) throws(MySQLError) -> RowBatch? {
        guard number == queryNumber, let reader else { throw .resultSetClosed }
        self.cursor = cursor
        let batch = try reader.nextBatch()
        if batch == nil { self.cursor = nil }
        return batch
    }
}
