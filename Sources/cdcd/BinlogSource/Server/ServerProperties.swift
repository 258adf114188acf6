import MySQLWire

/// The version and variables of a server that a task reads before it begins.
struct ServerProperties: Sendable {
    var version: String
    /// Names in lower case.
    var variables: [String: String]

    private static let names = [
        "log_bin", "binlog_format", "binlog_row_image", "binlog_row_value_options", "binlog_transaction_compression",
        "gtid_mode", "gtid_purged", "gtid_executed", "server_uuid", "server_id", "lower_case_table_names", "sql_mode",
        "character_set_server", "collation_server", "time_zone",
    ]

    init(version: String, variables: [String: String]) {
        self.version = version
        self.variables = variables
    }

    init(reading connection: MySQLConnection) throws(MySQLError) {
        let list = Self.names.map { "'\($0)'" }.joined(separator: ",")
        let result = try connection.queryText("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))")
        var variables: [String: String] = [:]
        for row in result.rows where row.count >= 2 {
            if let name = row[0], let value = row[1] { variables[name.lowercased()] = value }
        }
        self.init(version: connection.serverVersion, variables: variables)
    }

    /// `gtid_owned`: the transactions that sessions are executing or committing. Query it before `gtid_executed`,
    /// because otherwise one that is committed in between is in neither. Empty on servers without the variable.
    static func ownedGTIDs(_ connection: MySQLConnection) throws(MySQLError) -> GTIDSet {
        // Not `SELECT @@gtid_owned`: an error in response to the first statement is treated as temporary.
        let rows = try connection.queryText("SHOW GLOBAL VARIABLES WHERE Variable_name = 'gtid_owned'").rows
        let text = rows.first { $0.first??.lowercased() == "gtid_owned" }?.last ?? nil
        return ownedGTIDs(text ?? "")
    }

    /// Parses `uuid:number#thread:number#thread,…`. Unreadable parts (tags) are treated as not owned.
    static func ownedGTIDs(_ text: String) -> GTIDSet {
        var (set, isThread) = ("", false)
        for character in text {
            if character == "#" { isThread = true } else if !character.isNumber { isThread = false }
            if !isThread { set.append(character) }
        }
        return GTIDSet(set) ?? GTIDSet()
    }

    subscript(name: String) -> String? { variables[name] }

    /// The text of a GTID set as the server returns it, without line breaks.
    func gtidText(_ name: String) -> String { (variables[name] ?? "").filter { !$0.isNewline } }

    /// The set of this variable. Throws if it has tags, which are not supported.
    func gtids(_ name: String) throws(ConnectorError) -> GTIDSet { try Self.gtids(gtidText(name), of: name) }

    static func gtids(_ text: String, of what: String) throws(ConnectorError) -> GTIDSet {
        guard let set = GTIDSet(text) else {
            throw ConnectorError(
                "The GTID set of \(what) cannot be read: \(text)",
                cause: "GTIDs with tags (UUID:tag:number) are not supported yet",
                remedy: "Write without tags (gtid_next=AUTOMATIC instead of AUTOMATIC:tag).")
        }
        return set
    }
}
