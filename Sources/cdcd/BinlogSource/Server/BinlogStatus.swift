import MySQLWire

/// The end of the server's binlog.
struct BinlogStatus: Hashable, Sendable {
    var file: String
    var position: Int64
    /// The executed set without line breaks; empty without GTIDs.
    var gtids: String

    init(file: String, position: Int64, gtids: String) {
        self.file = file
        self.position = position
        self.gtids = gtids
    }

    /// Runs the flavor's `binlogStatusQueries`.
    init(reading connection: MySQLConnection) throws {
        let flavor = ServerFlavor(serverVersion: connection.serverVersion)
        let result = try Self.query(flavor.binlogStatusQueries[...], connection)
        guard let file = result.column("File").first ?? nil, !file.isEmpty,
            let position = (result.column("Position").first ?? nil).flatMap({ Int64($0) })
        else {
            throw ConnectorError(
                "Cannot read the binlog filename and position via 'SHOW BINARY LOG STATUS'. Make sure your server is "
                    + "correctly configured",
                cause: "the server's answer is empty: it writes no binlog",
                remedy: "Remove skip-log-bin or disable-log-bin from the server's configuration, restart the server, and "
                    + "restart the connector.")
        }
        let gtids = (result.column("Executed_Gtid_Set").first ?? nil) ?? ""
        self.init(file: file, position: position, gtids: gtids.filter { !$0.isNewline })
    }

    /// The result of the first statement that the server supports.
    private static func query(
        _ statements: ArraySlice<String>, _ connection: MySQLConnection
    ) throws(MySQLError) -> TextResult {
        let rest = statements.dropFirst()
        do throws(MySQLError) { return try connection.queryText(statements.first ?? "") } catch {
            guard case .server(let answer) = error, answer.code == 1064, !rest.isEmpty else { throw error }
            return try query(rest, connection)
        }
    }
}
