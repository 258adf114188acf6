/// Which errors of a server are temporary.
extension MySQLServerError {
    /// Whether the same operation may succeed on a new connection.
    ///
    /// Until the first command has succeeded, an error describes the current state of the server, or of the proxy in
    /// front of it (MySQL Router, ProxySQL): starting, at its limit, without a primary. Such errors have any code, so
    /// all are retriable except those in `permanentConnectionCodes`. Afterwards an error is the response to a
    /// statement, and only those in `retriableCodes` are retriable.
    public var isRetriable: Bool {
        isBeforeFirstCommand
            ? !Self.permanentConnectionCodes.contains(code) : Self.retriableCodes.contains(code)
    }

    /// Errors of the connection phase that no later attempt changes: the account and its requirements.
    private static let permanentConnectionCodes: Set<UInt16> = [
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

    /// The connection, the server or the network path failed, whatever the statement was.
    private static let retriableCodes: Set<UInt16> = [
        1040,  // ER_CON_COUNT_ERROR
        1053,  // ER_SERVER_SHUTDOWN
        1152,  // ER_ABORTING_CONNECTION
        1158, 1159,  // ER_NET_READ_ERROR, ER_NET_READ_INTERRUPTED
        1160, 1161,  // ER_NET_ERROR_ON_WRITE, ER_NET_WRITE_INTERRUPTED
        1203,  // ER_TOO_MANY_USER_CONNECTIONS
        1226,  // ER_USER_LIMIT_REACHED
        1317,  // ER_QUERY_INTERRUPTED
        1927,  // MariaDB: ER_CONNECTION_KILLED
        2002, 2003,  // CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR: sent by a proxy that cannot reach a server
        2006, 2013,  // CR_SERVER_GONE_ERROR, CR_SERVER_LOST: sent by a proxy whose server connection was lost
        3032,  // ER_SERVER_OFFLINE_MODE
        3168,  // ER_SERVER_ISNT_AVAILABLE
        3169,  // ER_SESSION_WAS_KILLED
        4031,  // ER_CLIENT_INTERACTION_TIMEOUT
        9001,  // ProxySQL: no server of the hostgroup could be reached in time
    ]

    /// The same error, marked as received before any command had succeeded.
    var beforeFirstCommand: MySQLServerError {
        MySQLServerError(code: code, sqlState: sqlState, message: message, isBeforeFirstCommand: true)
    }
}
