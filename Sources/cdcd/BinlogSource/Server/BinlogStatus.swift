import MySQLWire

/// Where the server is writing just now.
struct BinlogStatus: Hashable, Sendable {
    var file: String
    var position: Int64
    /// The executed set, line breaks taken out; empty without GTIDs.
    var gtids: String

    init(file: String, position: Int64, gtids: String) {
        self.file = file
        self.position = position
        self.gtids = gtids
    }

    /// `SHOW BINARY LOG STATUS`, on servers that do not know it yet `SHOW MASTER STATUS`.
    init(reading connection: MySQLConnection) throws {
        let result: ResultSet
        do throws(MySQLError) {
            result = try connection.query("SHOW BINARY LOG STATUS")
        } catch {
            guard case .server(let answer) = error, answer.code == 1064 else { throw error }
            result = try connection.query("SHOW MASTER STATUS")
        }
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
}
