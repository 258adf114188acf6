import MySQLWire
import WireCore

/// Whether the server still has everything after an offset.
enum BinlogAvailability: Hashable, Sendable {
    case available
    /// The server is committing what it lacks and will have it soon. Contains a description.
    case pending(reason: String)
    /// Contains a description of what is missing.
    case unavailable(reason: String)

    /// The server's data for the comparison.
    struct Logs: Hashable, Sendable {
        /// Whether the stream uses GTIDs.
        var usesGTIDs: Bool
        var executed: GTIDSet
        var purged: GTIDSet
        /// The transactions that sessions are executing or committing (`gtid_owned`), read before `executed`.
        var owned = GTIDSet()
        /// The names of its binlog files, oldest first.
        var files: [String]
    }

    /// With GTIDs the stored set must be contained in the server's executed set, and nothing that it lacks may be
    /// purged; without GTIDs the file must exist.
    ///
    /// A server sends a transaction to its replicas before the transaction is in its executed set: it still waits for
    /// the storage engine, or for the acknowledgement of a replica (semi-synchronous replication). Nothing is lost in
    /// this case.
    ///
    /// - Parameter alsoByFile: whether the file must exist too, because reading begins at it although the offset has
    ///   GTIDs (the server's GTID mode was disabled).
    ///
    /// Source: Debezium's `MySqlConnectorConnection.isBinlogPositionAvailable`.
    static func check(
        _ offset: SourceOffset, _ logs: Logs, includingSource isIncluded: (ServerUUID) -> Bool = { _ in true },
        alsoByFile: Bool = false
    ) throws(ConnectorError) -> BinlogAvailability {
        if let text = offset.gtids {
            let stored = try ServerProperties.gtids(text, of: "the stored offset")
            if stored.isEmpty { return .available }
            guard logs.usesGTIDs else {
                return .unavailable(reason: "the offset was stored with GTIDs, and the server does not use them (gtid_mode)")
            }
            let answer = check(delivered: stored, logs, includingSource: isIncluded)
            guard answer == .available, alsoByFile else { return answer }
        }
        if offset.file.isEmpty || logs.files.contains(offset.file) { return .available }
        let range = logs.files.first.map { "the oldest file it has is \($0)" } ?? "it has none"
        return .unavailable(reason: "the server no longer has the file \(offset.file); \(range)")
    }

    /// The same for a stream that uses GTIDs.
    static func check(
        delivered: GTIDSet, _ logs: Logs, includingSource isIncluded: (ServerUUID) -> Bool
    ) -> BinlogAvailability {
        let stored = delivered.filtered(isIncluded)
        guard stored.isSubset(of: logs.executed) else {
            let unknown = stored.subtracting(logs.executed)
            if unknown.isSubset(of: logs.owned) {
                return .pending(reason: "the server has not committed \(unknown) yet, which were delivered")
            }
            return .unavailable(
                reason: "the server has not executed \(unknown), which were delivered: it is another server, was restored "
                    + "from a backup, or its GTIDs were reset")
        }
        let lost = logs.purged.filtered(isIncluded).subtracting(stored)
        guard lost.isEmpty else {
            return .unavailable(reason: "the server has purged \(lost), which were not delivered yet")
        }
        return .available
    }

    /// The binlog files; empty without a binlog or if the account may not list them, which is reported elsewhere.
    static func files(_ connection: MySQLConnection) throws(MySQLError) -> [String] {
        do throws(MySQLError) {
            return try connection.queryText("SHOW BINARY LOGS").rows.compactMap { $0.first ?? nil }
        } catch {
            guard case .server = error, !error.isRetriable else { throw error }
            return []
        }
    }

    /// Debezium's message, the reason and the remedy.
    static func failure(_ offset: SourceOffset, profile: DebeziumProfile, reason: String) -> ConnectorError {
        let place = String(decoding: JSONValue.object(offset.encoded(for: profile)).encoded(), as: UTF8.self)
        return ConnectorError(
            "The connector is trying to read \(profile.messages.binlogTerm) starting at \(place), but this is no longer available "
                + "on the server. Reconfigure the connector to use a snapshot when needed.",
            cause: reason,
            remedy: "Set snapshot.mode=when_needed to take a new snapshot, and keep the binlog longer: "
                + "SET PERSIST binlog_expire_logs_seconds = 604800;")
    }
}
