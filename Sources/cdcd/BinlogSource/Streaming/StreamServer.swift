import ConnectData
import MySQLWire
import WireCore
import WireStreams

/// The server that the binlog is read from: verifies on every new connection that it has the following events, and
/// everything that was delivered.
struct StreamServer {
    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let logger: Logger
    /// Its `server_uuid`; nil if it has none or is not known yet.
    private(set) var uuid: String?
    /// The transaction that was being delivered when a connection ended, and the position at which reading restarts for
    /// it.
    private var partlyDelivered: (gtid: TransactionID, point: OffsetTracker.RestartPoint)?

    /// The pause before the server is queried again for what it is committing.
    private static let pendingMilliseconds = 100

    init(configuration: MySQLConnectorConfig, control: TaskControl, uuid: String?, logger: Logger) {
        self.configuration = configuration
        self.control = control
        self.uuid = uuid
        self.logger = logger
    }

    struct Verified {
        /// Whether positions in the binlog mean the same as on the previous connection.
        var isSameServer: Bool
        /// The transactions that the server is not to send; nil if the stream does not use GTIDs.
        var executed: GTIDPosition?
    }

    /// Inspects the server before the binlog is requested.
    ///
    /// - Parameters:
    ///   - point: the position at which reading begins.
    ///   - inFlight: the transaction in flight, if rows of it were delivered.
    ///   - offset: the stored offset, for the error's text.
    /// - Throws: `BinlogUnavailableError` if the server lacks something, `ConnectorError` if it is unsuitable or,
    ///   without GTIDs, another server, `SessionError` if the connection fails.
    mutating func verify(
        _ connection: MySQLConnection, at point: OffsetTracker.RestartPoint, inFlight: TransactionID?,
        offset: SourceOffset
    ) throws -> Verified {
        if let inFlight {
            partlyDelivered = (inFlight, point)
        } else if partlyDelivered?.point != point {
            partlyDelivered = nil
        }
        var isReported = false
        while true {
            let (owned, facts) = try read(connection) { (connection) throws(MySQLError) in
                (try ServerProperties.ownedGTIDs(connection), try ServerProperties(reading: connection))
            }
            let logs = BinlogAvailability.Logs(
                usesGTIDs: point.gtids != nil, executed: try facts.gtids("gtid_executed"),
                purged: try facts.gtids("gtid_purged"), owned: owned,
                files: point.gtids != nil ? [] : try read(connection, BinlogAvailability.files))
            let isSameServer = try verifyServerUUID(facts, followsGTIDs: point.gtids != nil)
            switch try availability(point, logs) {
            case .available:
                if let uuid, !isSameServer {
                    logger.info("The database at \(address) is another server now: \(Self.name(facts)) instead of \(uuid)")
                }
                uuid = facts["server_uuid"]
                return Verified(isSameServer: isSameServer, executed: try executed(point, facts))
            case .unavailable(let reason): throw BinlogUnavailableError(offset: offset, reason: reason)
            case .pending(let reason):
                if control.isStopping { throw CancellationError() }
                if !isReported { logger.warn("\(reason). Waiting for it.") }
                isReported = true
                control.report(.interrupted(reason: reason))
                StopWaiter(control).wait(milliseconds: Self.pendingMilliseconds)
            }
        }
    }

    private func availability(
        _ point: OffsetTracker.RestartPoint, _ logs: BinlogAvailability.Logs
    ) throws(ConnectorError) -> BinlogAvailability {
        // A MariaDB server compares the list itself when the stream is requested.
        guard case .mySQL(var delivered)? = point.gtids?.position else {
            return try BinlogAvailability.check(SourceOffset(file: point.file, position: point.position), logs)
        }
        if case .mySQL(let gtid)? = partlyDelivered?.gtid { delivered.insert(gtid) }
        return BinlogAvailability.check(
            delivered: delivered, logs, includingSource: { configuration.gtidSources.includes($0.description) })
    }

    private func executed(
        _ point: OffsetTracker.RestartPoint, _ facts: ServerProperties
    ) throws(ConnectorError) -> GTIDPosition? {
        guard case .mySQL(let delivered)? = point.gtids?.position else { return point.gtids?.position }
        return .mySQL(try ServerInspection.executed(delivered, by: facts, configuration.gtidSources))
    }

    private var address: String { configuration.connection.address.description }

    private static func name(_ facts: ServerProperties) -> String { facts["server_uuid"] ?? "one without server_uuid" }

    /// A file and a position are valid on one server only; GTIDs are valid on all, so with them another server may take
    /// over, if it is as suitable as the first.
    private func verifyServerUUID(_ facts: ServerProperties, followsGTIDs: Bool) throws(ConnectorError) -> Bool {
        guard let uuid, facts["server_uuid"] != uuid else { return true }
        guard followsGTIDs else {
            throw ConnectorError(
                "The database at \(address) is another server now (\(Self.name(facts)) instead of \(uuid))",
                cause: "without GTIDs a position in the binlog of the one means nothing to the other",
                remedy: "Turn on GTIDs (gtid_mode=ON) on both, and take a new snapshot: stop the connector, DELETE its "
                    + "offsets, and resume it.")
        }
        try ServerSettingsCheck.check(
            facts, configuration.flavor, profile: configuration.profile, streams: true, at: address)
        return false
    }

    private func read<R>(
        _ connection: MySQLConnection, _ body: (MySQLConnection) throws(MySQLError) -> R
    ) throws(SessionError) -> R {
        do throws(MySQLError) { return try body(connection) } catch { throw SessionError(error, isConnecting: false) }
    }
}

/// The server does not have the events after an offset, or lacks what was delivered.
struct BinlogUnavailableError: Error {
    /// The offset after everything that was delivered.
    let offset: SourceOffset
    let reason: String
}
