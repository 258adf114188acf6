import ConnectData

extension ConnectorOptions {
    /// Group `History Storage`: where changes of the schema are kept.
    static let history: [ConnectorOption] = [
        ConnectorOption(
            "schema.history.internal", .classReference, .low, "Database schema history class", width: .long,
            v36: .init(order: 1, default: "io.debezium.storage.kafka.history.KafkaSchemaHistory", isVisible: false),
            support: .notYet, supported: ["io.debezium.storage.kafka.history.KafkaSchemaHistory"],
            "Java class of the schema history's store."),
        ConnectorOption(
            "schema.history.internal.skip.unparseable.ddl", .boolean, .low,
            "Skip DDL statements that cannot be parsed", width: .short, v36: .init(order: 2, default: "false"),
            "Whether statements that cannot be parsed are passed over with a warning."
        ) { Option($0, into: \.history.skipsUnparseableDDL) },
        ConnectorOption(
            "schema.history.internal.store.only.captured.tables.ddl", .boolean, .low,
            "Store only DDL that modifies tables that are captured based on include/exclude lists", width: .short,
            v36: .init(order: 3, default: "false"),
            "Whether the history holds only statements about captured tables."
        ) { Option($0, consume: storesOnlyCapturedTables) },
        ConnectorOption(
            "schema.history.internal.store.only.captured.databases.ddl", .boolean, .low,
            "Store only DDL that modifies tables of databases that are captured based on include/exclude lists",
            width: .short, v36: .init(order: 4, default: "false"),
            "Whether the history holds only statements about captured databases."
        ) { Option($0, into: \.history.storesOnlyCapturedDatabases) },
        ConnectorOption(
            "database.history", .classReference, .low, "Database history class", width: .long,
            v19: .init(order: 1, default: "io.debezium.relational.history.KafkaDatabaseHistory", isVisible: false),
            support: .notYet, supported: ["io.debezium.relational.history.KafkaDatabaseHistory"],
            "Java class of the schema history's store."),
        ConnectorOption(
            "database.history.skip.unparseable.ddl", .boolean, .low, "Skip DDL statements that cannot be parsed",
            width: .short, v19: .init(order: 2, default: "false"),
            "Whether statements that cannot be parsed are passed over with a warning."
        ) { Option($0, into: \.history.skipsUnparseableDDL) },
        ConnectorOption(
            "database.history.store.only.monitored.tables.ddl", .boolean, .low,
            "Store only DDL that modifies tables that are captured based on include/exclude lists", width: .short,
            v19: .init(order: 3, default: "false"),
            "Older name of `store.only.captured.tables.ddl`."
        ) { Option($0, consume: storesOnlyCapturedTables) },
        ConnectorOption(
            "database.history.store.only.captured.tables.ddl", .boolean, .low,
            "Store only DDL that modifies tables that are captured based on include/exclude lists", width: .short,
            v19: .init(order: 4, default: "false"),
            "Whether the history holds only statements about captured tables."
        ) { Option($0, consume: storesOnlyCapturedTables) },
        ConnectorOption(
            "database.history.kafka.bootstrap.servers", .string, .high, "Kafka broker addresses", width: .long, v19: .init(order: 5, isRequired: true),
            "Brokers that hold the schema history."
        ) { Option($0, consume: required(\.history.bootstrapServers)) },
        ConnectorOption(
            "database.history.kafka.topic", .string, .high, "Database history topic name", width: .long, v19: .init(order: 6, isRequired: true),
            "Topic of the schema history: one partition, unlimited retention."
        ) { Option($0, consume: required(\.history.topic)) },
        ConnectorOption(
            "database.history.kafka.recovery.attempts", .int, .low, "Max attempts to recovery database history",
            width: .short, check: .positive, v19: .init(order: 7, default: "100"), support: .tuning,
            "The number of empty reads after which Debezium fails; the history is always read to its end here."),
        ConnectorOption(
            "database.history.kafka.recovery.poll.interval.ms", .int, .low,
            "Poll interval during database history recovery (ms)", width: .short, check: .notNegative,
            v19: .init(order: 8, default: "100"), support: .tuning, "How long one read of Debezium waits."),
        ConnectorOption(
            "database.history.kafka.query.timeout.ms", .long, .low, "Kafka admin client query timeout (ms)",
            width: .short, check: .positive, v19: .init(order: 9, default: "3000"),
            "How long a request to the brokers may take before the task reports that they are unavailable and retries."
        ) { Option($0, into: \.history.queryTimeoutMilliseconds) },
        ConnectorOption(
            "schema.history.internal.kafka.topic", .string, .high, "Schema history topic name", width: .medium,
            v36: .init(order: 0),
            "Topic of the schema history: one partition, unlimited retention."
        ) { Option($0, consume: required(\.history.topic)) },
        ConnectorOption(
            "schema.history.internal.kafka.bootstrap.servers", .string, .high, "Kafka broker addresses",
            width: .medium, v36: .init(order: 0),
            "Brokers that hold the schema history."
        ) { Option($0, consume: required(\.history.bootstrapServers)) },
        ConnectorOption(
            "schema.history.internal.kafka.recovery.attempts", .int, .low,
            "Max attempts to recover the schema history", width: .medium, check: .positive,
            v36: .init(order: 0, default: "100"), support: .tuning,
            "The number of empty reads after which Debezium fails; the history is always read to its end here."),
        ConnectorOption(
            "schema.history.internal.kafka.recovery.poll.interval.ms", .int, .low,
            "Poll interval during recovery (ms)", width: .medium, check: .notNegative,
            v36: .init(order: 0, default: "100"), support: .tuning, "How long one read of Debezium waits."),
        ConnectorOption(
            "schema.history.internal.kafka.query.timeout.ms", .long, .low, "Kafka admin client query timeout (ms)",
            width: .medium, check: .positive, v36: .init(order: 0, default: "3000"),
            "How long a request to the brokers may take before the task reports that they are unavailable and retries."
        ) { Option($0, into: \.history.queryTimeoutMilliseconds) },
        ConnectorOption(
            "schema.history.internal.kafka.buffer.batch.size", .int, .low, "Records written at once", width: .medium,
            check: .positive, v36: .init(order: 0, default: "1024"), support: .tuning,
            "Records of the history written at once in a snapshot."),
        ConnectorOption(
            "schema.history.internal.kafka.create.timeout.ms", .long, .low, "Kafka admin client create timeout (ms)",
            width: .medium, check: .positive, v36: .init(order: 0, default: "30000"),
            "How long creating the topic may take before the task reports that the brokers are unavailable and retries."
        ) { Option($0, into: \.history.createTimeoutMilliseconds) },
        ConnectorOption(
            "schema.history.internal.prefer.ddl", .boolean, .low, "Prefer DDL", width: .medium,
            v36: .init(order: 0, default: "false"), support: .notYet,
            "Whether the history is replayed from statements rather than from tables."),
        ConnectorOption(
            "schema.history.internal.ddl.filter", .string, .low, "DDL filter", width: .medium, v36: .init(order: 0),
            support: .notYet, "Expressions for statements that the history leaves out."),
        ConnectorOption(
            "database.history.prefer.ddl", .boolean, .low, "Prefer DDL", width: .medium,
            v19: .init(order: 0, default: "false"), support: .notYet,
            "Whether the history is replayed from statements rather than from tables."),
        ConnectorOption(
            "database.history.ddl.filter", .string, .low, "DDL filter", width: .medium, v19: .init(order: 0),
            support: .notYet, "Expressions for statements that the history leaves out."),
        clientProperties("schema.history.internal.producer.", v36: .init(order: 0), into: \.history.producerProperties),
        clientProperties("schema.history.internal.consumer.", v36: .init(order: 0), into: \.history.consumerProperties),
        clientProperties("database.history.producer.", v19: .init(order: 0), into: \.history.producerProperties),
        clientProperties("database.history.consumer.", v19: .init(order: 0), into: \.history.consumerProperties),
    ]

    /// The properties of a client of the history, which are Kafka's.
    private static func clientProperties(
        _ prefix: String, v19: ConnectorOption.Presence? = nil, v36: ConnectorOption.Presence? = nil,
        into path: ConfigPath<MySQLConnectorConfig, [String: String]>
    ) -> ConnectorOption {
        let isProducer = prefix.hasSuffix("producer.")
        let client = isProducer ? "producer that writes" : "consumer that reads"
        return ConnectorOption(
            prefix + "*", .string, .low, "Kafka \(isProducer ? "producer" : "consumer") of the schema history",
            width: .medium, v19: v19, v36: v36,
            "Properties of the \(client) the schema history: see kafka-client-properties.md."
        ) { key in
            ConfigOption(key, prefix: prefix, use: .consumedGroup { properties, config in
                config[keyPath: path] = properties
            })
        }
    }
}
