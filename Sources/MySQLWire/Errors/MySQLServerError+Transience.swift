/// Which errors of a server pass by themselves.
extension MySQLServerError {
    /// Whether the same thing may well succeed on a new connection.
    ///
    /// Until the first command has succeeded, an error shows the present state of the server, or of the proxy in front
    /// of it (MySQL Router, ProxySQL): starting, full, without a primary. Such errors have any code, so only those of
    /// `lastingConnectionCodes` last. Afterwards an error answers a statement, and only those of `transientCodes` pass.
    public var isTransient: Bool {
        isBeforeFirstCommand
            ? !Self.lastingConnectionCodes.contains(code) : Self.transientCodes.contains(code)
    }

    /// What no later attempt changes while a connection is being made: the account and its demands.
    private static let lastingConnectionCodes: Set<UInt16> = [
        1044,  // ER_DBACCESS_DENIED_ERROR
        1045,  // ER_ACCESS_DENIED_ERROR
        1049,  // ER_BAD_DB_ERROR
        1130,  // ER_HOST_NOT_PRIVILEGED
        1251,  // ER_NOT_SUPPORTED_AUTH_MODE
        1524,  // ER_PLUGIN_IS_NOT_LOADED
        1698,  // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
        1820,  // ER_MUST_CHANGE_PASSWORD
        1862,  // ER_MUST_CHANGE_PASSWORD_LOGIN
        3118,  // ER_ACCOUNT_HAS_BEEN_LOCKED
        3159,  // ER_SECURE_TRANSPORT_REQUIRED
    ]

    /// The connection, the server or the way to it ends, whatever the statement was.
    private static let transientCodes: Set<UInt16> = [
        1040,  // ER_CON_COUNT_ERROR
        1053,  // ER_SERVER_SHUTDOWN
        1152,  // ER_ABORTING_CONNECTION
        1158, 1159,  // ER_NET_READ_ERROR, ER_NET_READ_INTERRUPTED
        1160, 1161,  // ER_NET_ERROR_ON_WRITE, ER_NET_WRITE_INTERRUPTED
        1203,  // ER_TOO_MANY_USER_CONNECTIONS
        1226,  // ER_USER_LIMIT_REACHED
        1317,  // ER_QUERY_INTERRUPTED
        1927,  // MariaDB: ER_CONNECTION_KILLED
        2002, 2003,  // CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR: what a proxy met that reaches no server
        2006, 2013,  // CR_SERVER_GONE_ERROR, CR_SERVER_LOST: what a proxy met that lost its server
        3032,  // ER_SERVER_OFFLINE_MODE
        3168,  // ER_SERVER_ISNT_AVAILABLE
        3169,  // ER_SESSION_WAS_KILLED
        4031,  // ER_CLIENT_INTERACTION_TIMEOUT
        9001,  // ProxySQL: no server of the hostgroup was reached in time
    ]

    /// The same error as one that came before any command had succeeded.
    var beforeFirstCommand: MySQLServerError {
        MySQLServerError(code: code, sqlState: sqlState, message: message, isBeforeFirstCommand: true)
    }
}
