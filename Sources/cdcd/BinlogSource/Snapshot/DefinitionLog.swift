import ConnectData
import MySQLWire
import WireCore

/// Follows the binlog from one position to others, and collects which definitions its statements change. Connects only
/// if there is something to read.
final class DefinitionLog {
    private(set) var changes: ChangedDefinitions
    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let serverUUID: String?
    private let logger: Logger
    private var file: String
    private var position: Int64
    private var reader: Reader?

    private struct Reader {
        let stream: ReplicationStream
        let stopHandler: Int
        var decoder: BinlogDecoder
    }

    private static let heartbeatMilliseconds = 500
    /// A server that is idle before the position was reached does not send it.
    private static let heartbeatsMax = 20

    /// - Parameter start: the position from which on changes are collected.
    init(
        from start: BinlogStatus, nameCase: SchemaRules.TableNameCase, _ configuration: MySQLConnectorConfig,
        _ control: TaskControl, serverUUID: String?, logger: Logger
    ) {
        changes = ChangedDefinitions(nameCase: nameCase)
        file = start.file
        position = start.position
        self.configuration = configuration
        self.control = control
        self.serverUUID = serverUUID
        self.logger = logger
    }

    /// Discards the changes so far, for definitions that are read from now on.
    func discardChanges() { changes = ChangedDefinitions(nameCase: changes.nameCase) }

    /// Reads the statements up to a position that the server has reached. If the server does not send them, all
    /// definitions may have changed.
    ///
    /// Throws if the connection is lost.
    func follow(to end: BinlogStatus) throws {
        if file == end.file, position >= end.position { return }
        if changes.isUnknown { return }
        // Its server id may be that of another connector, whose stream the server would end.
        if configuration.snapshot.mode == .initialOnly { return becomeUnknown("snapshot.mode=initial_only requests no streaming") }
        // Beyond 4 GiB the events contain no correct positions.
        guard end.position <= UInt32.max else { return becomeUnknown("\(end.file) is larger than 4 GiB") }
        do {
            try read(to: end)
        } catch let error as MySQLError {
            if control.isStopping { throw CancellationError() }
            guard Self.isAnswer(error) else { throw SessionError(error, isConnecting: false) }
            becomeUnknown("\(error)")
        } catch let failure as SessionError {
            guard Self.isAnswer(failure.error) else { throw failure }
            becomeUnknown("\(failure.error)")
        } catch let error as MySQLProtocolError {
            becomeUnknown("\(error)")
        }
    }

    /// Whether the server refuses, or sends what is not understood, so that another attempt would not help.
    private static func isAnswer(_ error: MySQLError) -> Bool {
        switch error {
        case .server, .malformed, .unsupported: true
        case .stream, .authentication, .resultSetOpen, .resultSetClosed, .conversion: false
        }
    }

    private func becomeUnknown(_ reason: String) {
        changes.becomeUnknown()
        logger.info("The definitions of all tables are read again, since the binlog is not searched for changes: \(reason)")
        close()
    }

    private func read(to end: BinlogStatus) throws {
        var reader = try self.reader ?? open()
        self.reader = reader
        var heartbeatCount = 0
        while file != end.file || position < end.position {
            try reader.decoder.feed(try reader.stream.next())
            while let event = try reader.decoder.next() {
                if case .heartbeat = event.body { heartbeatCount += 1 }
                add(event)
            }
            if heartbeatCount > Self.heartbeatsMax { return becomeUnknown("the server sends nothing up to \(end.position)") }
        }
        self.reader = reader
    }

    private func add(_ event: BinlogEvent) {
        switch event.body {
        case .rotate(let next):
            (file, position) = (next.file, Int64(next.position))
            return
        case .query(let query):
            changes.add(LoggedStatement(query), defaultDatabase: query.database)
        case .loadData, .formatDescription, .gtid, .mariaDBGTID, .tableMap, .rows, .xid, .xaPrepare,
            .transactionPayload, .rowsQuery, .heartbeat, .stop, .informational, .unsupported:
            break
        }
        if !event.header.isArtificial, !event.isEmbedded { position = max(position, Int64(event.header.nextPosition)) }
    }

    private func open() throws -> Reader {
        let connection = try ServerSession.open(configuration, control, serverUUID: serverUUID)
        let canceller = connection.canceller
        let stopHandler = control.onStop { canceller.cancel() }
        do {
            let stream = try ReplicationStream(
                connection, serverID: configuration.serverID,
                start: .position(file: file, position: UInt64(max(4, position))),
                heartbeatMilliseconds: Self.heartbeatMilliseconds,
                silenceMilliseconds: BinlogConnection.replyMillisecondsMax)
            return Reader(
                stream: stream, stopHandler: stopHandler, decoder: BinlogDecoder(hasChecksums: stream.hasChecksums))
        } catch {
            control.removeStopHandler(stopHandler)
            connection.close()
            throw error
        }
    }

    /// Closes the connection, if there is one.
    func close() {
        guard let reader = reader.take() else { return }
        control.removeStopHandler(reader.stopHandler)
        reader.stream.close()
    }
}
