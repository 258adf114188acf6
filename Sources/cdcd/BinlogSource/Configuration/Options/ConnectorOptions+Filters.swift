import ConnectData

extension ConnectorOptions {
    /// Group `Events`, second half: filters, comments, GTIDs.
    static let filters: [ConnectorOption] = [
        ConnectorOption(
            "heartbeat.action.query", .string, .low, "An optional query to execute with every heartbeat",
            width: .medium, v19: .init(order: 27), v36: .init(order: 29), support: .notYet,
            "Statement to run with every heartbeat."),
        ConnectorOption(
            "include.query", .boolean, .medium, "Include original SQL query with in change events", width: .short,
            v19: .init(order: 28, default: "false"), v36: .init(order: 30, default: "false"), support: .supported,
            "Whether `source.query` holds the statement behind a change, where the server logs it."),
        ConnectorOption(
            "table.ignore.builtin", .boolean, .low, "Ignore system databases", width: .short,
            v19: .init(order: 29, default: "true"),
            v36: .init(order: 31, default: "true", dependents: ["database.include.list"]), support: .notYet,
            "Whether the system's own databases are left out."),
        ConnectorOption(
            "database.include.list", .list, .high, "Include Databases", width: .long, check: .expressions,
            v19: .init(order: 30, dependents: ["table.include.list", "table.whitelist"]),
            v36: .init(order: 32, dependents: ["table.include.list"]), support: .supported,
            "Expressions for the databases to capture."),
        ConnectorOption(
            "database.exclude.list", .list, .medium, "Exclude Databases", width: .long, check: .expressions,
            v19: .init(order: 31), v36: .init(order: 33), support: .supported,
            "Expressions for the databases not to capture."),
        ConnectorOption(
            "binlog.buffer.size", .int, .medium, "Binlog reader buffer size", width: .medium, check: .notNegative,
            v19: .init(order: 35, default: "0"), v36: .init(order: 34, default: "0"), support: .notYet,
            "Events to look ahead for rollbacks; 0 none."),
        ConnectorOption(
            "event.deserialization.failure.handling.mode", .string, .medium,
            "Event deserialization failure handling", width: .short,
            v19: .init(order: 36, default: "fail", choices: ["warn", "fail", "ignore", "skip"]),
            v36: .init(order: 35, default: "fail", choices: ["warn", "fail", "ignore", "skip"]), support: .notYet,
            supported: ["fail"], "Older name of `event.processing.failure.handling.mode`."),
        ConnectorOption(
            "inconsistent.schema.handling.mode", .string, .medium, "Inconsistent schema failure handling",
            width: .short, v19: .init(order: 37, default: "fail", choices: ["warn", "fail", "ignore", "skip"]),
            v36: .init(order: 36, default: "fail", choices: ["warn", "fail", "ignore", "skip"]), support: .supported,
            supported: ["fail", "warn", "skip", "ignore"],
            "What to do with a row event of a table that the schema history does not know."),
        ConnectorOption(
            "gtid.source.filter.dml.events", .boolean, .medium, "Filter DML events", width: .short,
            v19: .init(order: 34, default: "true"), v36: .init(order: 37, default: "true"), support: .supported,
            "Whether the rows of excluded sources are left out."),
        ConnectorOption(
            "gtid.ignore.on.recovery", .boolean, .low, "Ignore GTID on recovery", width: .short,
            v36: .init(order: 38, default: "false"), support: .notYet,
            "Whether to resume by file and position in spite of GTIDs."),
        ConnectorOption(
            "gtid.source.includes", .list, .high, "Include GTID sources", width: .long, check: .expressions,
            v19: .init(order: 32, dependents: ["table.include.list", "table.whitelist"]),
            v36: .init(order: 39, dependents: ["table.include.list"]), support: .supported,
            "Expressions for the sources whose GTIDs count for the position."),
        ConnectorOption(
            "gtid.source.excludes", .string, .medium, "Exclude GTID sources", width: .long, check: .expressions,
            v19: .init(order: 33, isVisible: false), v36: .init(order: 40, isVisible: false), support: .supported,
            "Expressions for the sources whose GTIDs do not count for the position."),
        ConnectorOption(
            "sourceinfo.struct.maker", .classReference, .low, "Source info struct maker class", width: .medium,
            v36: .init(order: 41, default: "io.debezium.connector.mysql.MySqlSourceInfoStructMaker"),
            support: .notYet, supported: ["io.debezium.connector.mysql.MySqlSourceInfoStructMaker"],
            "Java class that builds the `source` block."),
        ConnectorOption(
            "sanitize.field.names", .boolean, .low, "Sanitize field names to adhere to Avro naming conventions",
            width: .short, v19: .init(order: 2, default: "false"), support: .supported,
            "Whether field names are made fit for Avro."),
        ConnectorOption(
            "source.struct.version", .string, .low, "Source struct maker version", width: .medium,
            v19: .init(order: 4, default: "v2", choices: ["v1", "v2"]), support: .notYet, supported: ["v2"],
            "Layout of the `source` block."),
        ConnectorOption(
            "transaction.topic", .string, .medium, "Transaction topic name", width: .medium,
            v19: .init(order: 8, default: "${database.server.name}.transaction"), support: .tuning,
            "Topic of transaction metadata."),
        ConnectorOption(
            "column.whitelist", .list, .low, "Deprecated: Include Columns", width: .long, check: .expressions,
            v19: .init(order: 9, isVisible: false), support: .supported, "Older name of `column.include.list`."),
        ConnectorOption(
            "column.blacklist", .list, .low, "Deprecated: Exclude Columns", width: .long, check: .expressions,
            v19: .init(order: 11, isVisible: false), support: .supported, "Older name of `column.exclude.list`."),
        ConnectorOption(
            "table.whitelist", .list, .low, "Deprecated: Include Tables", width: .long, check: .expressions,
            v19: .init(order: 13, isVisible: false), support: .supported, "Older name of `table.include.list`."),
        ConnectorOption(
            "table.blacklist", .list, .low, "Deprecated: Exclude Tables", width: .long, check: .expressions,
            v19: .init(order: 15, isVisible: false), support: .supported, "Older name of `table.exclude.list`."),
        ConnectorOption(
            "topic.delimiter", .string, .medium, "Topic delimiter", width: .medium,
            v36: .init(order: 0, default: "."), support: .supported,
            "What stands between the parts of topic names."),
        ConnectorOption(
            "topic.cache.size", .int, .low, "Topic cache size", width: .medium, check: .positive,
            v36: .init(order: 0, default: "10000"), support: .tuning, "Topic names kept in memory."),
        ConnectorOption(
            "topic.transaction", .string, .low, "Transaction topic", width: .medium,
            v36: .init(order: 0, default: "transaction"), support: .tuning, "Topic of transaction metadata."),
        ConnectorOption(
            "topic.heartbeat.prefix", .string, .low, "Heartbeat topic prefix", width: .medium,
            v36: .init(order: 0, default: "__debezium-heartbeat"), support: .tuning,
            "First part of the heartbeat topic's name."),
        ConnectorOption(
            "topic.heartbeat.name", .string, .low, "Heartbeat topic name", width: .medium, v36: .init(order: 0),
            support: .tuning, "Last part of the heartbeat topic's name."),
        ConnectorOption(
            "gtid.new.channel.position", .string, .medium, "GTID start position", width: .medium,
            v19: .init(order: 0, default: "earliest", choices: ["earliest", "latest"]), support: .notYet,
            supported: ["earliest"], "Where to begin with sources that are new."),
        ConnectorOption(
            "database.whitelist", .list, .low, "Deprecated: Include Databases", width: .medium, check: .expressions,
            v19: .init(order: 0), support: .supported, "Older name of `database.include.list`."),
        ConnectorOption(
            "database.blacklist", .list, .low, "Deprecated: Exclude Databases", width: .medium, check: .expressions,
            v19: .init(order: 0), support: .supported, "Older name of `database.exclude.list`."),
    ]
}
