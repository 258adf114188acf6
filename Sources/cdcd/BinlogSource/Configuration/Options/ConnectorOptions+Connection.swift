import ConnectData

extension ConnectorOptions {
    /// Group `MySQL`: how to reach the server.
    static let connection: [ConnectorOption] = [
        ConnectorOption(
            "topic.prefix", .string, .high, "Topic prefix", width: .medium, check: .required, v36: .init(order: 1),
            support: .supported,
            "Name of this source: first part of every topic, of schema names and of the source partition. Must be unique among connectors."),
        ConnectorOption(
            "database.hostname", .string, .high, "Hostname", width: .medium, check: .required, v19: .init(order: 1),
            v36: .init(order: 2), support: .supported, "Host name or address of the database server."),
        ConnectorOption(
            "database.port", .int, .high, "Port", width: .short, v19: .init(order: 2, default: "3306"),
            v36: .init(order: 3, default: "3306"), support: .supported, "Port of the database server."),
        ConnectorOption(
            "database.user", .string, .high, "User", width: .short, check: .required, v19: .init(order: 3),
            v36: .init(order: 4), support: .supported, "Account with which to read the tables and the binlog."),
        ConnectorOption(
            "database.password", .password, .high, "Password", width: .short, v19: .init(order: 4),
            v36: .init(order: 5), support: .supported, "Password of the account."),
        ConnectorOption(
            "database.query.timeout.ms", .int, .low, "Query timeout", check: .notNegative,
            v36: .init(order: 6, default: "600000"), support: .tuning,
            "How long a statement may take; statements of a snapshot are never cut short here."),
        ConnectorOption(
            "database.initial.statements", .string, .low, "Initial statements", width: .long, v19: .init(order: 6),
            v36: .init(order: 7), support: .supported,
            "SQL statements, separated by semicolons (`;;` for a semicolon), run on each new query connection, not on the binlog connection."),
        ConnectorOption(
            "database.server.id", .long, .high, "Cluster ID", width: .long, check: .positive, v19: .init(order: 7),
            v36: .init(order: 8), support: .supported,
            "Id under which the connector reads the binlog; unique among all replicas of the server."),
        ConnectorOption(
            "database.server.id.offset", .long, .high, "Cluster ID offset", width: .long,
            v19: .init(order: 8, default: "10000"), v36: .init(order: 9, default: "10000"), support: .tuning,
            "Offset of the ids of further binlog readers; there is only one."),
        ConnectorOption(
            "database.ssl.keystore", .string, .medium, "SSL Keystore", width: .long, v19: .init(order: 10),
            v36: .init(order: 10), support: .supported,
            "File with the client certificate and its key: PKCS#12 or PEM."),
        ConnectorOption(
            "database.ssl.keystore.password", .password, .medium, "SSL Keystore Password", width: .medium,
            v19: .init(order: 11), v36: .init(order: 11), support: .supported, "Password of the key store."),
        ConnectorOption(
            "database.ssl.truststore", .string, .medium, "SSL Truststore", width: .long, v19: .init(order: 12),
            v36: .init(order: 12), support: .supported,
            "File with the certificates of trusted authorities: PKCS#12, PEM or JKS; without it the system's."),
        ConnectorOption(
            "database.ssl.truststore.password", .password, .medium, "SSL Truststore Password", width: .medium,
            v19: .init(order: 13), v36: .init(order: 13), support: .supported, "Password of the trust store."),
        ConnectorOption(
            "database.jdbc.driver", .classReference, .low, "JDBC Driver Class Name", width: .medium,
            v19: .init(order: 14, default: "com.mysql.cj.jdbc.Driver"),
            v36: .init(order: 14, default: "com.mysql.cj.jdbc.Driver"), support: .tuning,
            "Java class of a database driver; there is none here."),
        ConnectorOption(
            "database.protocol", .string, .low, "JDBC Protocol", width: .medium,
            v36: .init(order: 15, default: "jdbc:mysql"), support: .tuning,
            "URL prefix of a Java database driver; there is none here."),
        ConnectorOption(
            "database.ssl.mode", .string, .medium, "SSL mode", width: .medium,
            v19: .init(order: 9, default: "disabled", choices: ["verify_identity", "disabled", "preferred", "required", "verify_ca"]),
            v36: .init(order: 16, default: "preferred", choices: ["verify_identity", "disabled", "preferred", "required", "verify_ca"]),
            support: .supported, "Whether connections are encrypted, and how the server's certificate is checked. Only `verify_ca` and `verify_identity` "
                + "make sure that the password goes to the right server."),
        ConnectorOption(
            "database.server.name", .string, .high, "Namespace", width: .medium, check: .required,
            v19: .init(order: 5), support: .supported,
            "Name of this source: first part of every topic, of schema names and of the source partition. Must be unique among connectors."),
    ]
}
