import ConnectData

extension ConnectorOptions {
    /// Group `Events`, first half: what events hold and where they go.
    static let events: [ConnectorOption] = [
        ConnectorOption(
            "converters", .string, .low, "List of prefixes defining custom values converters.", width: .medium,
            v19: .init(order: 1), v36: .init(order: 1), support: .notYet, "Names of custom converters of values."),
        ConnectorOption(
            "post.processors", .string, .low, "List of change event post processors.", width: .medium,
            v36: .init(order: 2), support: .notYet, "Names of post-processors of events."),
        ConnectorOption(
            "tombstones.on.delete", .boolean, .medium,
            "Change the behaviour of Debezium with regards to delete operations", width: .short,
            v19: .init(order: 3, default: "true"), v36: .init(order: 3, default: "true"),
            "Whether a delete is followed by a tombstone."
        ) { Option($0, into: \.tombstonesOnDelete) },
        ConnectorOption(
            "heartbeat.interval.ms", .int, .medium, "Connector heartbeat interval (milli-seconds)", width: .medium,
            check: .notNegative, v19: .init(order: 5, default: "0"), v36: .init(order: 4, default: "0"),
            support: .notYet, "How often to write a heartbeat; 0 never."),
        ConnectorOption(
            "heartbeat.topics.prefix", .string, .low, "A prefix used for naming of heartbeat topics", width: .medium,
            v19: .init(order: 6, default: "__debezium-heartbeat"),
            v36: .init(order: 5, default: "__debezium-heartbeat"), support: .tuning,
            "First part of the heartbeat topic's name."),
        ConnectorOption(
            "signal.data.collection", .list, .medium, "Signaling data collection", width: .medium,
            v19: .init(order: 7, type: .string), v36: .init(order: 6), support: .notYet,
            "Table through which signals are sent."),
        ConnectorOption(
            "signal.poll.interval.ms", .long, .medium, "Signal processor poll interval", width: .short,
            check: .positive, v36: .init(order: 7, default: "5000"), support: .tuning,
            "How often to look for signals."),
        ConnectorOption(
            "signal.enabled.channels", .list, .medium, "Enabled channels names", width: .long,
            v36: .init(order: 8, default: "source"), support: .notYet, supported: ["source"],
            "Where signals come from."),
        ConnectorOption(
            "topic.naming.strategy", .classReference, .medium, "Topic naming strategy class", width: .medium,
            v36: .init(order: 9, default: "io.debezium.schema.SchemaTopicNamingStrategy"), support: .notYet,
            supported: ["io.debezium.schema.SchemaTopicNamingStrategy", "io.debezium.schema.DefaultTopicNamingStrategy"],
            "Java class that names topics."),
        ConnectorOption(
            "notification.enabled.channels", .list, .medium, "Enabled notification channels names", width: .long,
            v36: .init(order: 10), support: .notYet, "Where notifications go."),
        ConnectorOption(
            "notification.sink.topic.name", .string, .high, "Notification topic name", width: .long,
            v36: .init(order: 11), support: .tuning, "Topic of notifications."),
        ConnectorOption(
            "transaction.metadata.factory", .classReference, .low,
            "Factory class to create transaction context & transaction struct maker classes", width: .medium,
            v36: .init(order: 12, default: "io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory"),
            support: .notYet, supported: ["io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory"],
            "Java class that builds transaction metadata."),
        ConnectorOption(
            "custom.metric.tags", .list, .low, "Customize metric tags", width: .medium, v36: .init(order: 13),
            support: .tuning, "Tags of the metrics' names."),
        ConnectorOption(
            "column.include.list", .list, .medium, "Include Columns", width: .long, check: .expressions,
            v19: .init(order: 10), v36: .init(order: 14),
            "Expressions for `database.table.column`: the columns that rows hold."
        ) { Option($0, consume: list(\.filter.columns.included)) },
        ConnectorOption(
            "column.exclude.list", .list, .medium, "Exclude Columns", width: .long, check: .expressions,
            v19: .init(order: 12), v36: .init(order: 15),
            "Expressions for `database.table.column`: the columns that rows do not hold."
        ) { Option($0, consume: list(\.filter.columns.excluded)) },
        ConnectorOption(
            "table.include.list", .list, .high, "Include Tables", width: .long, check: .expressions,
            v19: .init(order: 14), v36: .init(order: 16),
            "Expressions for `database.table`: the tables to capture."
        ) { Option($0, consume: list(\.filter.tables.included)) },
        ConnectorOption(
            "table.exclude.list", .list, .medium, "Exclude Tables", width: .long, check: .expressions,
            v19: .init(order: 16), v36: .init(order: 17),
            "Expressions for `database.table`: the tables not to capture."
        ) { Option($0, consume: list(\.filter.tables.excluded)) },
        ConnectorOption(
            "message.key.columns", .string, .medium, "Columns PK mapping", width: .long, v19: .init(order: 17),
            v36: .init(order: 18),
            "Other keys than the primary key: `tables:column,column;…`."
        ) { Option($0, consume: messageKeys) },
        ConnectorOption(
            "snapshot.select.statement.overrides", .string, .medium,
            "List of tables where the default select statement used during snapshotting should be overridden.",
            width: .long, v19: .init(order: 18), v36: .init(order: 19), support: .notYet,
            "Tables that a snapshot reads with a statement of their own."),
        ConnectorOption(
            "snapshot.select.statement.overrides.*", .string, .medium, "Select statement of a table", width: .long,
            v19: .init(order: 0), v36: .init(order: 0), support: .notYet,
            prefix: "snapshot.select.statement.overrides.", "The statement with which a snapshot reads a table."),
        ConnectorOption(
            "column.mask.hash.([^.]+).with.salt.(.+)", .string, .medium, "Mask Columns Using Hash and Salt",
            width: .long, v19: .init(order: 19), v36: .init(order: 20), support: .notYet,
            prefix: "column.mask.hash.", "Columns whose values are hashed."),
        ConnectorOption(
            "column.mask.with.(d+).chars", .string, .medium, "Mask Columns With n Asterisks", v19: .init(order: 20),
            v36: .init(order: 21), support: .notYet, prefix: "column.mask.",
            "Columns whose values are replaced by asterisks."),
        ConnectorOption(
            "column.truncate.to.(d+).chars", .int, .medium, "Truncate Columns To n Characters",
            v19: .init(order: 21), v36: .init(order: 22), support: .notYet, prefix: "column.truncate.to.",
            "Columns whose texts are cut."),
        ConnectorOption(
            "include.schema.changes", .boolean, .medium, "Include database schema changes", width: .short,
            v19: .init(order: 22, default: "true"), v36: .init(order: 23, default: "true"),
            "Whether changes of the schema are written to the topic named after the source."
        ) { Option($0, into: \.includesSchemaChanges) },
        ConnectorOption(
            "include.schema.comments", .boolean, .medium, "Include Table and Column Comments", width: .short,
            v19: .init(order: 23, default: "false"), v36: .init(order: 24, default: "false"),
            "Whether comments are part of the schema history."
        ) { Option($0, into: \.includesSchemaComments) },
        ConnectorOption(
            "column.propagate.source.type", .list, .medium, "Propagate Source Types by Columns",
            v19: .init(order: 24), v36: .init(order: 25), support: .notYet,
            "Columns whose schemas name the original type."),
        ConnectorOption(
            "datatype.propagate.source.type", .list, .medium, "Propagate Source Types by Data Type",
            v19: .init(order: 25), v36: .init(order: 26), support: .notYet,
            "Types whose columns' schemas name the original type."),
        ConnectorOption(
            "internal.snapshot.scan.all.columns.force", .boolean, .low,
            "Snapshot force scan all columns of all tables", width: .short, v19: .init(order: 26, default: "false"),
            v36: .init(order: 27, default: "false"), support: .tuning,
            "Whether Debezium reads the columns of all tables."),
        ConnectorOption(
            "snapshot.tables.order.by.row.count", .string, .medium, "Initial snapshot tables order by row count",
            v36: .init(order: 28, default: "disabled", choices: ["disabled", "ascending", "descending"]),
            support: .notYet, supported: ["disabled"], "Whether a snapshot reads tables by their size."),
    ]
}
