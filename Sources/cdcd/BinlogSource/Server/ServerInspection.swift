import ConnectData
import MySQLWire
import WireStreams

/// The properties of a server that determine how to begin, after its settings and the account's privileges were
/// checked.
struct ServerInspection {
    let facts: ServerProperties
    let privileges: PrivilegeCheck
    private let owned: GTIDSet
    private let files: [String]

    /// Throws `SessionError` if the connection fails, and `ConnectorError` if the server or the account is unsuitable.
    ///
    /// - Parameter connectMilliseconds: the maximum duration of connecting.
    init(_ configuration: MySQLConnectorConfig, _ control: TaskControl, connectMilliseconds: Int) throws {
        let address = configuration.connection.address.description
        let streams = configuration.snapshot.mode != .initialOnly
        let connection = try ServerSession.open(
            configuration, control, connectMilliseconds: connectMilliseconds)
        let (owned, facts, grants, files) = try ServerSession.withConnection(connection, control) { connection in
            do throws(MySQLError) {
                let owned = try ServerProperties.ownedGTIDs(connection)
                let facts = try ServerProperties(reading: connection)
                // Names are in backquotes, whatever the server's own mode.
                try connection.execute("SET SESSION sql_mode = ''")
                let grants = try connection.queryText("SHOW GRANTS").rows.compactMap { $0.first ?? nil }
                return (owned, facts, Grants(statements: grants), try BinlogAvailability.files(connection))
            } catch { throw SessionError(error, isConnecting: false) }
        }
        try ServerSettingsCheck.check(
            facts, configuration.flavor, profile: configuration.profile, streams: streams, at: address)
        self.owned = owned
        self.facts = facts
        self.files = files
        privileges = PrivilegeCheck(grants: grants, address: address)
        if streams { try privileges.checkStreaming() }
    }

    func availability(
        of offset: SourceOffset, _ configuration: MySQLConnectorConfig
    ) throws(ConnectorError) -> BinlogAvailability {
        let executed = try facts.gtids("gtid_executed")
        let logs = BinlogAvailability.Logs(
            usesGTIDs: !executed.isEmpty, executed: executed, purged: try facts.gtids("gtid_purged"), owned: owned,
            files: files)
        return try BinlogAvailability.check(
            offset, logs, includingSource: { configuration.gtidSources.includes($0.description) },
            alsoByFile: !followsGTIDs(configuration))
    }

    private func followsGTIDs(_ configuration: MySQLConnectorConfig) -> Bool {
        configuration.profile.offsets.followsGTIDs(mode: facts["gtid_mode"])
    }

    /// The streaming start for an offset.
    func start(_ offset: SourceOffset, _ configuration: MySQLConnectorConfig) throws(ConnectorError) -> StreamingStart {
        guard let text = offset.gtids, followsGTIDs(configuration) else { return StreamingStart(offset, executed: nil) }
        let executed = try Self.executed(
            try ServerProperties.gtids(text, of: "the stored offset"), by: facts, configuration.gtidSources)
        let purged = try facts.gtids("gtid_purged").sources
        return StreamingStart(
            offset, executed: .mySQL(executed),
            isRequested: { purged.contains($0) || configuration.gtidSources.includes($0.description) })
    }

    /// The transactions that a server is not to send: those that were delivered, and those that it has purged. For
    /// sources that `gtid.source.*` excludes, those that the server has: their schema changes were applied and must not
    /// be read again; transactions that it lacks cannot be compared.
    static func executed(
        _ delivered: GTIDSet, by facts: ServerProperties, _ sources: GTIDSourceFilter
    ) throws(ConnectorError) -> GTIDSet {
        let included = delivered.filtered { sources.includes($0.description) }
        return included.union(delivered.intersection(try facts.gtids("gtid_executed")))
            .union(try facts.gtids("gtid_purged"))
    }

    /// The first position of the binlog, for `never`.
    func beginning(_ configuration: MySQLConnectorConfig) throws(ConnectorError) -> StreamingStart {
        let offset = SourceOffset(file: "", position: 4)
        guard followsGTIDs(configuration) else { return StreamingStart(offset, executed: nil) }
        let purged = try facts.gtids("gtid_purged")
        guard purged.isEmpty else {
            throw ConnectorError(
                "The connector is configured to read the binlog from its beginning, which is no longer available on the server",
                cause: "the server has purged \(purged)",
                remedy: "Set snapshot.mode=initial or when_needed.")
        }
        return StreamingStart(offset, executed: .mySQL(purged))
    }
}
