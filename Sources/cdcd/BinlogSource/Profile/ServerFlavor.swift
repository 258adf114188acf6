import MySQLWire

/// What distinguishes MySQL and MariaDB, as servers and as Debezium's connectors for them, by name.
///
/// No other code of the connector tests a server's version or vendor. What distinguishes the generations of Debezium is
/// in `DebeziumProfile`.
package enum ServerFlavor: Hashable, Sendable, CaseIterable {
    case mySQL
    case mariaDB

    /// The flavor of a server, from its version: `9.7.4`, `11.8.9-MariaDB`.
    init(serverVersion: String) { self = serverVersion.contains("MariaDB") ? .mariaDB : .mySQL }

    var productName: String {
        switch self {
        case .mySQL: "MySQL"
        case .mariaDB: "MariaDB"
        }
    }

    // MARK: Debezium's connector

    /// The Java package of Debezium's connector, the prefix of its classes and schemas.
    private var package: String {
        switch self {
        case .mySQL: "io.debezium.connector.mysql"
        case .mariaDB: "io.debezium.connector.mariadb"
        }
    }

    /// The connector's Java class.
    var connectorClass: String {
        switch self {
        case .mySQL: "\(package).MySqlConnector"
        case .mariaDB: "\(package).MariaDbConnector"
        }
    }

    /// The name of the task's logger.
    var taskLoggerName: String { "\(connectorClass)Task" }

    /// `source.connector`, and the header `__debezium.context.connectorName`.
    var connectorName: String {
        switch self {
        case .mySQL: "mysql"
        case .mariaDB: "mariadb"
        }
    }

    /// The full name of a schema of the connector: `Source`, `SchemaChangeKey`, `SchemaChangeValue`.
    func schemaName(_ name: String) -> String { "\(package).\(name)" }

    // MARK: Server

    /// The statements that return the current binlog position, by preference: a server without the first one responds
    /// with a syntax error.
    var binlogStatusQueries: [String] {
        switch self {
        case .mySQL: ["SHOW BINARY LOG STATUS", "SHOW MASTER STATUS"]
        case .mariaDB: ["SHOW BINLOG STATUS", "SHOW MASTER STATUS"]
        }
    }

    /// Whether a transaction's view includes `information_schema`, whose list of tables shows when each was changed.
    /// Since MySQL 8.0; other servers open each table for it.
    static func hasTransactionalCatalog(serverVersion: String) -> Bool {
        guard ServerFlavor(serverVersion: serverVersion) == .mySQL else { return false }
        return Int(serverVersion.prefix { $0 != "." }).map { $0 >= 8 } ?? false
    }

    /// Whether the server logs the commit time of a transaction on its first server.
    var logsCommitTime: Bool { self == .mySQL }

    /// Parses a position in the server's GTIDs; nil if the text is not one.
    func position(_ text: String) -> GTIDPosition? {
        switch self {
        case .mySQL: GTIDSet(text).map { .mySQL($0) }
        case .mariaDB: MariaDBGTIDList(text).map { .mariaDB($0) }
        }
    }
}
