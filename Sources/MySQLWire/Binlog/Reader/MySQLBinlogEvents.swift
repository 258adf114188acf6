import WireStreams

/// The events of a server's binlog as an infinite sequence.
///
/// Iterating suspends once per batch. A thread of the sequence's own reads and decodes a batch when it is requested, so
/// memory is bounded and the server waits for a slow consumer. Cancelling the task closes the connection, and the
/// iterator throws `.stream(.cancelled)`. There is no reconnection: to continue after an error, connect again at the
/// last event (`MySQLBinlogEvent.end`) at which no transaction was open, or with the GTIDs received so far.
public struct MySQLBinlogEvents: AsyncSequence, Sendable {
    public typealias Element = MySQLBinlogEvent
    public typealias Failure = MySQLError

    private let session: Session

    /// Connects to the server and requests its binlog.
    ///
    /// - Parameters:
    ///   - serverID: a number that no other replica of the server uses.
    ///   - heartbeatMilliseconds: the interval of heartbeats while there are no events.
    ///   - silenceMilliseconds: the time without any bytes after which the iterator throws `.stream(.timedOut)`.
    ///   - onEvent: receives what happens on the connection; nil reports nothing.
    public static func connect(
        _ configuration: MySQLConfiguration, serverID: UInt32, start: MySQLBinlogReader.Start = .now,
        heartbeatMilliseconds: Int = 1000, silenceMilliseconds: Int = 10_000, onEvent: MySQLEventHandler? = nil
    ) async throws(MySQLError) -> MySQLBinlogEvents {
        let session = Session()
        try await session.cancellation.run { () async throws(MySQLError) in
            try await session.open(
                configuration, serverID, start, heartbeatMilliseconds, silenceMilliseconds, onEvent)
        }
        return MySQLBinlogEvents(session: session)
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(session: session) }

    /// Closes the connection; an iterator then throws `.stream(.cancelled)`.
    public func close() { session.cancellation.cancel() }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let session: Session
        private var batch: [MySQLBinlogEvent] = []
        private var position = 0

        fileprivate init(session: Session) { self.session = session }

        /// Waits for the next event. Never returns nil. Throws the errors of `MySQLBinlogReader.next`.
        public mutating func next() async throws(MySQLError) -> MySQLBinlogEvent? {
            if position == batch.count {
                batch = try await session.nextBatch()
                position = 0
            }
            defer { position += 1 }
            return batch[position]
        }
    }

    /// Owns the blocking reader on a thread of its own.
    fileprivate actor Session {
        nonisolated let cancellation = ConnectionCancellation()
        private nonisolated let executor = ThreadExecutor(name: "mysql-binlog")
        private var reader: MySQLBinlogReader?

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func open(
            _ configuration: MySQLConfiguration, _ serverID: UInt32, _ start: MySQLBinlogReader.Start,
            _ heartbeatMilliseconds: Int, _ silenceMilliseconds: Int, _ onEvent: MySQLEventHandler?
        ) throws(MySQLError) {
            let cancellation = cancellation
            let connection = try MySQLConnection.connect(
                configuration, onEvent: onEvent, onOpen: { cancellation.connectionOpened($0) })
            reader = try MySQLBinlogReader(
                connection, serverID: serverID, start: start, heartbeatMilliseconds: heartbeatMilliseconds,
                silenceMilliseconds: silenceMilliseconds)
        }

        func nextBatch() async throws(MySQLError) -> [MySQLBinlogEvent] {
            try await cancellation.run { () async throws(MySQLError) in try self.read() }
        }

        private func read() throws(MySQLError) -> [MySQLBinlogEvent] {
            guard let reader else { throw .stream(.cancelled) }
            return try reader.nextBatch()
        }
    }
}
