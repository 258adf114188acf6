import MySQLWire
import WireStreams

/// Converts errors of MySQL and the network to errors for the operators of a connector.
enum ServerFailure {
    /// Errors caused by the account: wrong password, unknown user, host not allowed, locked, expired.
    private static let authenticationCodes: Set<UInt16> = [1045, 1130, 1251, 1396, 1524, 1698, 1820, 1862, 3118, 3955]
    private static let privilegeCodes: Set<UInt16> = [1044, 1142, 1143, 1227, 1370]

    /// The error for a failed connection attempt.
    static func connecting(_ error: MySQLError, _ options: MySQLConfiguration) -> ConnectorError {
        let place = "\(options.address) with user '\(options.user)'"
        switch error {
        case .server(let answer) where authenticationCodes.contains(answer.code):
            return ConnectorError(
                "Failed to authenticate to the database at \(place)", cause: answer.description,
                remedy: "Check database.user and database.password, and that the account may connect from this host: "
                    + "CREATE USER '\(options.user)'@'%' IDENTIFIED BY '…', or ALTER USER '\(options.user)'@'%' "
                    + "IDENTIFIED BY '…'.")
        case .authentication(let failure):
            return ConnectorError(
                "Failed to authenticate to the database at \(place)", cause: failure.description,
                remedy: remedy(for: failure))
        case .unsupported(.tlsNotOffered):
            return ConnectorError(
                "Unable to connect to the database at \(place): \(error)",
                remedy: "Set ssl_cert and ssl_key on the server, or change database.ssl.mode.")
        case .server(let answer):
            return ConnectorError(
                "Unable to connect to the database at \(place): \(answer.message)", cause: answer.description,
                remedy: remedy(forRefusal: answer.code, user: options.user))
        case .stream(.unresolvable(let host, let reason)):
            return ConnectorError(
                "Unable to connect to the database at \(place): the host name \(host) cannot be resolved", cause: reason,
                remedy: "Correct database.hostname.")
        case .stream(.tls(let reason)):
            return ConnectorError(
                "Unable to connect to the database at \(place): \(reason)", cause: "TLS",
                remedy: "Check database.ssl.mode and its trust store and key store.")
        default:
            return ConnectorError(
                "Unable to connect to the database at \(place): \(error)",
                remedy: "Check database.hostname and database.port, that the server runs and listens there, and that no "
                    + "firewall is between.")
        }
    }

    private static func remedy(for failure: MySQLAuthenticationError) -> String {
        switch failure.reason {
        case .publicKeyRetrievalNotAllowed:
            "Set database.ssl.mode=required, or, if nobody can intercept the connection, "
                + "database.allowPublicKeyRetrieval=true."
        case .clearTextPasswordWithoutTLS: "Set database.ssl.mode=required."
        case .unsupportedPlugin:
            "ALTER USER '\(failure.user)'@'%' IDENTIFIED "
                + (failure.isMariaDB
                    ? "VIA mysql_native_password USING PASSWORD('…');" : "WITH caching_sha2_password BY '…';")
        }
    }

    private static func remedy(forRefusal code: UInt16, user: String) -> String {
        switch code {
        case 1040: "See who is connected (SHOW PROCESSLIST), or SET PERSIST max_connections to a larger number."
        case 1129: "TRUNCATE TABLE performance_schema.host_cache; and SET PERSIST max_connect_errors to a larger number."
        case 1203, 1226:
            "See who is connected (SHOW PROCESSLIST); the connector needs up to four connections: ALTER USER '\(user)'@'%' "
                + "WITH MAX_USER_CONNECTIONS 10;"
        case 2002, 2003, 9001: "See the log of the proxy at this address: it cannot reach a server."
        default: "See the server's error log."
        }
    }

    /// The error for a failed statement.
    static func running(_ what: String, _ error: MySQLError, _ options: MySQLConfiguration) -> ConnectorError {
        let place = "on the database at \(options.address) with user '\(options.user)'"
        if case .server(let answer) = error, answer.code == 1205 {
            return ConnectorError(
                "\(what) waited too long for a lock \(place)", cause: answer.description,
                remedy: "See who holds it (SHOW PROCESSLIST; SELECT * FROM performance_schema.metadata_locks), or wait longer: "
                    + "snapshot.lock.timeout.ms.")
        }
        if case .unsupported(.binlogPosition) = error {
            return ConnectorError(
                "\(what) failed \(place)", cause: error.description,
                remedy: "Turn on GTIDs on the server (gtid_mode=ON), or take a new snapshot (stop the connector, DELETE its "
                    + "offsets, resume it).")
        }
        guard case .server(let answer) = error, privilegeCodes.contains(answer.code) else {
            return ConnectorError("\(what) failed \(place)", cause: error.description)
        }
        return ConnectorError(
            "\(what) was refused \(place)", cause: answer.description,
            remedy: "GRANT SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO "
                + "'\(options.user)'@'%'; then restart the connector.")
    }

    /// The error for a stream of events that the server ended permanently.
    static func streaming(
        _ error: MySQLError, _ offset: SourceOffset, _ configuration: MySQLConnectorConfig
    ) -> ConnectorError {
        guard case .server(let answer) = error, answer.code == 1236 else {
            return running("Reading the binlog", error, configuration.connection)
        }
        // "A replica with the same server_uuid/server_id as this replica has connected to the source".
        if answer.message.contains("server_uuid/server_id") {
            return serverIDConflict(configuration, cause: answer.description)
        }
        return BinlogAvailability.failure(offset, profile: configuration.profile, reason: answer.description)
    }

    /// Two replicas with one id disconnect each other endlessly.
    static func serverIDConflict(_ configuration: MySQLConnectorConfig, cause: String) -> ConnectorError {
        ConnectorError(
            "Another replica of the database at \(configuration.connection.address) uses the same server id "
                + "\(configuration.serverID)",
            cause: cause,
            remedy: "Set database.server.id to a number that no other replica and no other connector uses "
                + "(SHOW REPLICAS lists those that are connected).")
    }
}
