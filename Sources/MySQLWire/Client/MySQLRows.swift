/// The rows of a query of a `MySQLClient`, as a sequence that is read once.
///
/// Iterating suspends once per batch. Until the next batch is requested, the server sends no more than fits in the
/// network's buffers. Cancelling the task closes the connection.
public struct MySQLRows: AsyncSequence, Sendable {
    public typealias Element = MySQLRow
    public typealias Failure = MySQLError

    private let client: MySQLClient
    private let queryNumber: Int
    public let columns: [MySQLColumn]

    init(client: MySQLClient, queryNumber: Int, columns: [MySQLColumn]) {
        self.client = client
        self.queryNumber = queryNumber
        self.columns = columns
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(client: client, queryNumber: queryNumber, cursor: Cursor())
    }

    /// Reads the remaining rows into memory.
    public func collect() async throws(MySQLError) -> [MySQLRow] {
        var rows: [MySQLRow] = []
        var iterator = makeAsyncIterator()
        while let row = try await iterator.next() { rows.append(row) }
        return rows
    }

    /// Exists as long as an iterator; the client has a weak reference to it.
    final class Cursor: Sendable {}

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let client: MySQLClient
        private let queryNumber: Int
        private let cursor: Cursor
        private var batch: RowBatch?
        private var position = 0
        private var isAtEnd = false

        init(client: MySQLClient, queryNumber: Int, cursor: Cursor) {
            self.client = client
            self.queryNumber = queryNumber
            self.cursor = cursor
        }

        /// Returns the next row; nil after the last one.
        ///
        /// Throws `.resultSetClosed` if the client has started another statement or was closed.
        public mutating func next() async throws(MySQLError) -> MySQLRow? {
            if isAtEnd { return nil }
            if batch == nil || position == batch?.count {
                batch = try await client.nextBatch(queryNumber, for: cursor)
                position = 0
            }
            guard let batch else {
                isAtEnd = true
                return nil
            }
            defer { position += 1 }
            return MySQLRow(batch, index: position)
        }
    }
}
