import ConnectData
import MySQLWire
import WireStreams

extension ConnectorOptions {
    /// Group `MySQL`: how to reach the server.
    static let connection: [ConnectorOption] = [
        ConnectorOption(
            "topic.prefix", .string, .high, "Topic prefix", width: .medium, v36: .init(order: 1, isRequired: true),
            "Name of this source: first part of every topic, of schema names and of the source partition. Must be unique among connectors."
        ) { Option($0, into: \.logicalName) },
        ConnectorOption(
            "database.hostname", .string, .high, "Hostname", width: .medium, v19: .init(order: 1, isRequired: true),
            v36: .init(order: 2, isRequired: true),
            "Host name or address of the database server."
        ) { Option($0, consume: host) },
        ConnectorOption(
            "database.port", .int, .high, "Port", width: .short, v19: .init(order: 2, default: "3306"),
            v36: .init(order: 3, default: "3306"),
            "Port of the database server."
        ) { Option($0, consume: port) },
        ConnectorOption(
            "database.user", .string, .high, "User", width: .short, v19: .init(order: 3, isRequired: true),
            v36: .init(order: 4, isRequired: true),
            "Account with which to read the tables and the binlog."
        ) { Option($0, into: \.connection.user) },
        ConnectorOption(
            "database.password", .password, .high, "Password", width: .short, v19: .init(order: 4),
            v36: .init(order: 5),
            "Password of the account."
        ) {
            Option($0) { input, config in config.connection.password = input.text ?? "" }
        },
        ConnectorOption(
            "database.query.timeout.ms", .int, .low, "Query timeout", check: .notNegative,
            v36: .init(order: 6, default: "600000"), support: .tuning,
            "The maximum time of a statement; statements of a snapshot have no limit here."),
        ConnectorOption(
            "database.initial.statements", .string, .low, "Initial statements", width: .long, v19: .init(order: 6),
            v36: .init(order: 7),
            "SQL statements, separated by semicolons (`;;` for a semicolon), run on each new query connection, not on the binlog connection."
        ) {
            Option($0) { input, config in config.initialStatements = statements(input.text ?? "") }
        },
        ConnectorOption(
            "database.server.id", .long, .high, "Cluster ID", width: .long, check: .positive, v19: .init(order: 7),
            v36: .init(order: 8, isRequired: true),
            "Id under which the connector reads the binlog; unique among all replicas of the server."
        ) { Option($0, consume: serverID) },
        ConnectorOption(
            "database.server.id.offset", .long, .high, "Cluster ID offset", width: .long,
            v19: .init(order: 8, default: "10000"), v36: .init(order: 9, default: "10000"), support: .tuning,
            "Offset of the ids of further binlog readers; there is only one."),
        ConnectorOption(
            "database.ssl.keystore", .string, .medium, "SSL Keystore", width: .long, v19: .init(order: 10),
            v36: .init(order: 10),
            "File with the client certificate and its key: PKCS#12, PEM or JKS."
        ) { Option($0, consume: store(\.connection.identity)) },
        ConnectorOption(
            "database.ssl.keystore.password", .password, .medium, "SSL Keystore Password", width: .medium,
            v19: .init(order: 11), v36: .init(order: 11),
            "Password of the key store."
        ) { Option($0, consume: storePassword(\.connection.identity)) },
        ConnectorOption(
            "database.ssl.truststore", .string, .medium, "SSL Truststore", width: .long, v19: .init(order: 12),
            v36: .init(order: 12),
            "File with the certificates of trusted authorities: PKCS#12, PEM or JKS; without it the system's."
        ) { Option($0, consume: store(\.connection.trust)) },
        ConnectorOption(
            "database.ssl.truststore.password", .password, .medium, "SSL Truststore Password", width: .medium,
            v19: .init(order: 13), v36: .init(order: 13),
            "Password of the trust store."
        ) { Option($0, consume: storePassword(\.connection.trust)) },
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
            "Whether connections are encrypted, and how the server's certificate is checked. Only `verify_ca` and `verify_identity` "
                + "make sure that the password goes to the right server."
        ) {
            Option($0) { input, config in
                if let mode = input.trimmed.flatMap({ tlsModes[$0.lowercased()] }) { config.connection.tlsMode = mode }
            }
        },
        ConnectorOption(
            "database.server.name", .string, .high, "Namespace", width: .medium,
            v19: .init(order: 5, isRequired: true),
            "Name of this source: first part of every topic, of schema names and of the source partition. Must be unique among connectors."
        ) { Option($0, into: \.logicalName) },
    ]
}
