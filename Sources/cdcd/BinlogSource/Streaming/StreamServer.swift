import ConnectData
import MySQLWire
import WireCore
import WireStreams

/// The server that the binlog is read from: makes sure on every new connection that it has what comes next, and all
/// that was delivered.
struct StreamServer {
    private let configuration: MySQLConnectorConfig
    private let control: TaskControl
    private let logger: Logger
    /// Its `server_uuid`; nil where it has none or is not known yet.
    private(set) var uuid: String?
    /// The transaction that was being delivered when a connection ended, and where reading begins again for it.
    private var partlyDelivered: (gtid: GTID, point: OffsetTracker.RestartPoint)?

    /// How often the server is asked again for what it is committing.
    private static let pendingMilliseconds = 100

    init(configuration: MySQLConnectorConfig, control: TaskControl, uuid: String?, logger: Logger) {
        self.configuration = configuration
        self.control = control
        self.uuid = uuid
        self.logger = logger
    }

    /// What a connection has shown.
    struct Verified {
        /// Whether places in the binlog mean what they meant on the connection before.
        var isSameServer: Bool
        /// What the server has purged: the request for the binlog has to name it as executed.
        var purged: GTIDSet
    }

    /// Looks at the server before the binlog is asked for.
    ///
    /// - Parameters:
    ///   - point: where reading begins.
    ///   - inFlight: the transaction in flight, if rows of it were delivered.
    ///   - offset: what is stored, for the error's text.
    /// - Throws: `BinlogUnavailableError` if the server lacks something, `ConnectorError` if it is unsuitable or, without
    ///   GTIDs, another server, `SessionError` if the connection fails.
    mutating func verify(
        _ connection: MySQLConnection, at point: OffsetTracker.RestartPoint, inFlight: GTID?, offset: SourceOffset
    ) throws -> Verified {
        if let inFlight {
            partlyDelivered = (inFlight, point)
        } else if partlyDelivered?.point != point {
            partlyDelivered = nil
        }
        var isReported = false
        while true {
            let (owned, facts) = try read(connection) { (connection) throws(MySQLError) in
                (try ServerFacts.ownedGTIDs(connection), try ServerFacts(reading: connection))
            }
            let logs = BinlogAvailability.Logs(
                usesGTIDs: point.gtids != nil, executed: try facts.gtids("gtid_executed"),
                purged: try facts.gtids("gtid_purged"), owned: owned,
                files: point.gtids != nil ? [] : try read(connection, BinlogAvailability.files))
            let isSameServer = try checkIdentity(facts, followsGTIDs: point.gtids != nil)
            switch try availability(point, logs) {
            case .available:
                uuid = facts["server_uuid"]
                return Verified(isSameServer: isSameServer, purged: logs.purged)
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
        guard var delivered = point.gtids?.set else {
            return try BinlogAvailability.check(SourceOffset(file: point.file, position: point.position), logs)
        }
        if let gtid = partlyDelivered?.gtid { delivered.insert(gtid) }
        return BinlogAvailability.check(
            delivered: delivered, logs, includingSource: { configuration.gtidSources.includes($0.description) })
    }

    /// A file and a position mean something on one server only; GTIDs mean the same on all, so with them another server
    /// may take over, if it is as fit as the first.
    private func checkIdentity(_ facts: ServerFacts, followsGTIDs: Bool) throws(ConnectorError) -> Bool {
        guard let uuid, facts["server_uuid"] != uuid else { return true }
        let address = configuration.connection.address.description
        let found = facts["server_uuid"] ?? "one without server_uuid"
        guard followsGTIDs else {
            throw ConnectorError(
                "The database at \(address) is another server now (\(found) instead of \(uuid))",
                cause: "without GTIDs a position in the binlog of the one means nothing to the other",
                remedy: "Turn on GTIDs (gtid_mode=ON) on both, and take a new snapshot: stop the connector, DELETE its "
                    + "offsets, and resume it.")
        }
        try ServerSettingsCheck.check(facts, profile: configuration.profile, streams: true, at: address)
        logger.info("The database at \(address) is another server now: \(found) instead of \(uuid)")
        return false
    }

    private func read<R>(
        _ connection: MySQLConnection, _ body: (MySQLConnection) throws(MySQLError) -> R
    ) throws(SessionError) -> R {
        do throws(MySQLError) { return try body(connection) } catch { throw SessionError(error, isConnecting: false) }
    }
}

/// The server does not have what comes after an offset, or lacks what was delivered.
struct BinlogUnavailableError: Error {
    /// Where the stream stands.
    let offset: SourceOffset
    let reason: String
}
