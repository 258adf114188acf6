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
        self.init(version: connection.serverVersion, variables: try Self.globals(Self.names, connection))
    }

    /// `gtid_owned`: the transactions that sessions are executing or committing. Query it before `gtid_executed`,
    /// because otherwise one that is committed in between is in neither. Empty on servers without the variable.
    static func ownedGTIDs(_ connection: MySQLConnection) throws(MySQLError) -> GTIDSet {
        ownedGTIDs(try globals(["gtid_owned"], connection)["gtid_owned"] ?? "")
    }

    /// The maximum number of characters of a value in the result of SHOW VARIABLES: the server cuts off the rest. A
    /// GTID set is longer if it has transactions of about 20 servers, or gaps.
    private static let shownCharactersMax = 1024

    /// The global values of those variables that the server has, by their names in lower case.
    private static func globals(
        _ names: [String], _ connection: MySQLConnection
    ) throws(MySQLError) -> [String: String] {
        // Not `SELECT @@name` at once: an error in response to the first statement is treated as temporary.
        let list = names.map { "'\($0)'" }.joined(separator: ",")
        let shown = try connection.queryText("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))")
        var values: [String: String] = [:]
        for row in shown.rows where row.count >= 2 {
            if let name = row[0], let value = row[1] { values[name.lowercased()] = value }
        }
        let cut = values.filter { $0.value.count >= shownCharactersMax }.keys.sorted()
        guard !cut.isEmpty else { return values }
        let expressions = cut.map { "@@GLOBAL.\($0)" }.joined(separator: ", ")
        let whole = try connection.queryText("SELECT \(expressions)").rows.first ?? []
        for (name, value) in zip(cut, whole) { values[name] = value }
        return values
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
