/// Determines the privileges that an account lacks, and the GRANT that adds them.
struct PrivilegeCheck: Sendable {
    var grants: Grants
    /// `host:port`, for messages.
    var address: String

    /// The privileges that reading the binlog requires.
    func checkStreaming() throws(ConnectorError) { try requireGlobal(["REPLICATION SLAVE", "REPLICATION CLIENT"]) }

    /// The error if the server refused a global read lock and the account may not lock tables either.
    var lockingFailure: ConnectorError {
        ConnectorError(
            "User does not have the 'LOCK TABLES' privilege required to obtain a consistent snapshot by preventing "
                + "concurrent writes to tables.",
            cause: "\(grants.account) at \(address) has neither RELOAD (for a global read lock) nor LOCK TABLES",
            remedy: "GRANT RELOAD ON *.* TO \(grants.account); then restart the connector.")
    }

    /// The privileges that reading these tables requires.
    func checkReading(_ tables: [TableID]) throws(ConnectorError) {
        let missing = tables.filter { !grants.has("SELECT", on: $0) }
        guard let first = missing.first else { return }
        let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        throw ConnectorError(
            "The account \(grants.account) at \(address) may not read the table \(first)\(others)",
            cause: "it lacks the privilege SELECT",
            remedy: "GRANT SELECT ON *.* TO \(grants.account); or for single tables "
                + "GRANT SELECT ON \(SQLText.quoted(first)) TO \(grants.account); then restart the connector.")
    }

    private func requireGlobal(_ privileges: [String]) throws(ConnectorError) {
        let missing = privileges.filter { !grants.hasGlobal($0) && !grants.hasGlobal(Self.newName[$0] ?? $0) }
        guard !missing.isEmpty else { return }
        let list = missing.joined(separator: ", ")
        throw ConnectorError(
            "The account \(grants.account) at \(address) lacks the privilege \(list), which reading the binlog needs",
            cause: "SHOW GRANTS does not list \(list) ON *.*",
            remedy: "GRANT \(list) ON *.* TO \(grants.account); then restart the connector.")
    }

    /// MariaDB's and older servers' other names for the same privilege.
    private static let newName = ["REPLICATION SLAVE": "REPLICATION REPLICA", "REPLICATION CLIENT": "BINLOG MONITOR"]
}
