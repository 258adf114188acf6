import ConnectData
import DebeziumPlugins

extension ConnectorOptions {
    /// Group `Events`, second half: filters, comments, GTIDs.
    static let filters: [ConnectorOption] = [
        ConnectorOption(
            "heartbeat.action.query", .string, .low, "An optional query to execute with every heartbeat",
            width: .medium, v19: .init(order: 27), v36: .init(order: 29), support: .notYet,
            "Statement to run with every heartbeat."),
        ConnectorOption(
            "include.query", .boolean, .medium, "Include original SQL query with in change events", width: .short,
            v19: .init(order: 28, default: "false"), v36: .init(order: 30, default: "false"),
            "Whether `source.query` holds the statement that caused a change, if the server logs it."
        ) { Option($0, into: \.includesQuery) },
        ConnectorOption(
            "table.ignore.builtin", .boolean, .low, "Ignore system databases", width: .short,
            v19: .init(order: 29, default: "true"),
            v36: .init(order: 31, default: "true", dependents: ["database.include.list"]), support: .notYet,
            "Whether the system's own databases are left out."),
        ConnectorOption(
            "database.include.list", .list, .high, "Include Databases", width: .long, check: .expressions,
            v19: .init(order: 30, dependents: ["table.include.list", "table.whitelist"]),
            v36: .init(order: 32, dependents: ["table.include.list"]),
            "Expressions for the databases to capture."
        ) { Option($0, consume: list(\.filter.databases.included)) },
        ConnectorOption(
            "database.exclude.list", .list, .medium, "Exclude Databases", width: .long, check: .expressions,
            v19: .init(order: 31), v36: .init(order: 33),
            "Expressions for the databases not to capture."
        ) { Option($0, consume: list(\.filter.databases.excluded)) },
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
            v36: .init(order: 36, default: "fail", choices: ["warn", "fail", "ignore", "skip"]),
            "What to do with a row event of a table that the schema history does not contain."
        ) {
            Option($0, supported: ["fail", "warn", "skip", "ignore"]) { input, config in
                let handling = input.trimmed?.lowercased() ?? ""
                config.inconsistentSchemaHandling =
                    handling == "ignore" ? .skip : MySQLConnectorConfig.FailureHandling(rawValue: handling) ?? .fail
            }
        },
        ConnectorOption(
            "gtid.source.filter.dml.events", .boolean, .medium, "Filter DML events", width: .short,
            v19: .init(order: 34, default: "true"), v36: .init(order: 37, default: "true"),
            "Whether the rows of excluded sources are left out."
        ) { Option($0, into: \.gtidSources.filtersRows) },
        ConnectorOption(
            "gtid.ignore.on.recovery", .boolean, .low, "Ignore GTID on recovery", width: .short,
            v36: .init(order: 38, default: "false"), support: .notYet,
            "Whether to resume by file and position in spite of GTIDs."),
        ConnectorOption(
            "gtid.source.includes", .list, .high, "Include GTID sources", width: .long, check: .expressions,
            v19: .init(order: 32, dependents: ["table.include.list", "table.whitelist"]),
            v36: .init(order: 39, dependents: ["table.include.list"]),
            "Expressions for the sources whose GTIDs count for the position."
        ) { Option($0, consume: sources(\.gtidSources.names.included)) },
        ConnectorOption(
            "gtid.source.excludes", .string, .medium, "Exclude GTID sources", width: .long, check: .expressions,
            v19: .init(order: 33, isVisible: false), v36: .init(order: 40, isVisible: false),
            "Expressions for the sources whose GTIDs do not count for the position."
        ) { Option($0, consume: sources(\.gtidSources.names.excluded)) },
        ConnectorOption(
            "sourceinfo.struct.maker", .classReference, .low, "Source info struct maker class", width: .medium,
            v36: .init(order: 41, default: "io.debezium.connector.mysql.MySqlSourceInfoStructMaker"),
            support: .notYet, supported: ["io.debezium.connector.mysql.MySqlSourceInfoStructMaker"],
            "Java class that builds the `source` block."),
        ConnectorOption(
            "sanitize.field.names", .boolean, .low, "Sanitize field names to adhere to Avro naming conventions",
            width: .short, v19: .init(order: 2, default: "false"),
            "Whether field names are adjusted for Avro."
        ) {
            Option($0) { input, config in config.fieldNameAdjustment = input.setting == .boolean(true) ? .avro : .none }
        },
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
            v19: .init(order: 9, isVisible: false),
            "Older name of `column.include.list`."
        ) { Option($0, consume: list(\.filter.columns.included)) },
        ConnectorOption(
            "column.blacklist", .list, .low, "Deprecated: Exclude Columns", width: .long, check: .expressions,
            v19: .init(order: 11, isVisible: false),
            "Older name of `column.exclude.list`."
        ) { Option($0, consume: list(\.filter.columns.excluded)) },
        ConnectorOption(
            "table.whitelist", .list, .low, "Deprecated: Include Tables", width: .long, check: .expressions,
            v19: .init(order: 13, isVisible: false),
            "Older name of `table.include.list`."
        ) { Option($0, consume: list(\.filter.tables.included)) },
        ConnectorOption(
            "table.blacklist", .list, .low, "Deprecated: Exclude Tables", width: .long, check: .expressions,
            v19: .init(order: 15, isVisible: false),
            "Older name of `table.exclude.list`."
        ) { Option($0, consume: list(\.filter.tables.excluded)) },
        ConnectorOption(
            "topic.delimiter", .string, .medium, "Topic delimiter", width: .medium,
            v36: .init(order: 0, default: "."),
            "The separator of the parts of topic names."
        ) {
            Option($0) { input, config in config.topicDelimiter = input.trimmed ?? "." }
        },
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
            v19: .init(order: 0),
            "Older name of `database.include.list`."
        ) { Option($0, consume: list(\.filter.databases.included)) },
        ConnectorOption(
            "database.blacklist", .list, .low, "Deprecated: Exclude Databases", width: .medium, check: .expressions,
            v19: .init(order: 0),
            "Older name of `database.exclude.list`."
        ) { Option($0, consume: list(\.filter.databases.excluded)) },
    ]
}
