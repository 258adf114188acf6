/// Refuses servers whose binlog would lack rows, each with the statement that corrects it.
enum ServerSettingsCheck {
    /// - Parameter streams: whether the binlog will be read; a snapshot alone needs none.
    static func check(
        _ facts: ServerProperties, _ flavor: ServerFlavor, profile: DebeziumProfile, streams: Bool, at address: String
    ) throws(ConnectorError) {
        let found = ServerFlavor(serverVersion: facts.version)
        if found != flavor {
            let name = found.productName
            throw ConnectorError(
                "The server at \(address) is \(name) (\(facts.version)), and this connector reads \(flavor.productName)",
                cause: "\(flavor.connectorClass) with \(name) is not supported yet",
                remedy: "Name a \(flavor.productName) server in database.hostname and database.port.")
        }
        guard streams else { return }
        try checkLog(facts, at: address)
        try checkFormat(facts, profile)
        try checkOptions(facts, at: address)
    }

    private static func checkLog(_ facts: ServerProperties, at address: String) throws(ConnectorError) {
        guard facts["log_bin"]?.uppercased() != "OFF" else {
            throw ConnectorError(
                "The server at \(address) does not write a binlog, which is required for this connector to work properly",
                cause: "log_bin is OFF",
                remedy: "Remove skip-log-bin or disable-log-bin from the server's configuration (or add log-bin=binlog and "
                    + "server-id=1), restart the server, and restart the connector.")
        }
    }

    private static func checkFormat(_ facts: ServerProperties, _ profile: DebeziumProfile) throws(ConnectorError) {
        if let format = facts["binlog_format"], format.uppercased() != "ROW" {
            throw ConnectorError(
                "The \(profile.messages.serverTerm) is not configured to use a ROW binlog_format, which is required for this "
                    + "connector to work properly. Change the MySQL configuration to use a binlog_format=ROW and restart "
                    + "the connector.",
                cause: "binlog_format is \(format)",
                remedy: "SET PERSIST binlog_format = 'ROW'; sessions that are open keep the old format until they "
                    + "reconnect. Then restart the connector.")
        }
        if let image = facts["binlog_row_image"], image.uppercased() != "FULL" {
            throw ConnectorError(
                "The \(profile.messages.serverTerm) is not configured to use a FULL binlog_row_image, which is required for this "
                    + "connector to work properly. Change the MySQL configuration to use a binlog_row_image=FULL and "
                    + "restart the connector.",
                cause: "binlog_row_image is \(image)",
                remedy: "SET PERSIST binlog_row_image = 'FULL'; sessions that are open keep the old image until they "
                    + "reconnect. Then restart the connector.")
        }
    }

    private static func checkOptions(_ facts: ServerProperties, at address: String) throws(ConnectorError) {
        if let options = facts["binlog_row_value_options"], options.uppercased().contains("PARTIAL_JSON") {
            throw ConnectorError(
                "The server at \(address) logs updates of JSON columns partially, which is not supported",
                cause: "binlog_row_value_options is \(options)",
                remedy: "SET PERSIST binlog_row_value_options = ''; then restart the connector.")
        }
        if let compression = facts["binlog_transaction_compression"], ["ON", "1"].contains(compression.uppercased()) {
            throw ConnectorError(
                "The server at \(address) compresses transactions in its binlog, which is not supported yet",
                cause: "binlog_transaction_compression is \(compression)",
                remedy: "SET PERSIST binlog_transaction_compression = OFF; sessions that are open keep compressing until "
                    + "they reconnect. Then restart the connector.")
        }
    }
}
