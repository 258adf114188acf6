import ConnectData
import DebeziumPlugins
import MySQLWire

extension ConnectorOptions {
    /// Group `Connector`, second half: values, modes, timeouts.
    static let representing: [ConnectorOption] = [
        ConnectorOption(
            "openlineage.integration.dataset.kafka.bootstrap.servers", .string, .low,
            "Kafka bootstrap server used in Kafka Connect deployment", width: .long, v36: .init(order: 35),
            support: .tuning, "OpenLineage: brokers that name the datasets."),
        ConnectorOption(
            "extended.headers.enabled", .boolean, .low, "Enable/Disable extended headers", width: .short,
            v36: .init(order: 36, default: "true"),
            "Whether records carry the `__debezium.context.*` headers."
        ) { Option($0, into: \.hasExtendedHeaders) },
        ConnectorOption(
            "guardrail.collections.max", .int, .medium, "Maximum number of collections or tables", width: .short,
            check: .notNegative, v36: .init(order: 37, default: "0"), support: .notYet,
            "Largest number of captured tables; 0 without limit."),
        ConnectorOption(
            "guardrail.collections.limit.action", .string, .medium, "Guardrail collections limit action",
            width: .short, v36: .init(order: 38, default: "warn", choices: ["warn", "fail"]), support: .tuning,
            "What to do above `guardrail.collections.max`."),
        ConnectorOption(
            "custom.sanitize.pattern", .string, .low, "Custom pattern for masking sensitive configuration",
            width: .long,
            v36: .init(order: 39, default: ".*secret$|.*password$|.*sasl\\.jaas\\.config$|.*basic\\.auth\\.user\\.info|.*registry\\.auth\\.client-secret|.*credentials\\.json$|.*connectionstring$|.*connection\\.string$"),
            support: .tuning, "Names of properties whose values are masked in logs; no values are logged here."),
        ConnectorOption(
            "statistics.metrics.enabled", .boolean, .medium, "Enable collecting statistics metrics like latencies",
            width: .short, v36: .init(order: 40, default: "true"), support: .tuning,
            "Whether to keep quantiles of metrics."),
        ConnectorOption(
            "decimal.handling.mode", .string, .medium, "Decimal Handling", width: .short,
            v19: .init(order: 14, default: "precise", choices: ["string", "double", "precise"]),
            v36: .init(order: 41, default: "precise", choices: ["string", "double", "precise"]),
            "How DECIMAL is represented: exact bytes, text, or a double."
        ) { Option($0, choice: \.values.decimals) },
        ConnectorOption(
            "snapshot.lock.timeout.ms", .long, .medium, "Snapshot lock timeout (ms)", width: .long, check: .positive,
            v19: .init(order: 15, default: "10000"), v36: .init(order: 42, default: "10000"),
            "How long a snapshot waits for locks."
        ) { Option($0, into: \.snapshot.lockTimeoutMilliseconds) },
        ConnectorOption(
            "memory.management.schemas.class", .classReference, .low, "Schema storage class", width: .long,
            v36: .init(order: 43, default: "io.debezium.relational.ConcurrentMapTableMappingStorage"),
            support: .tuning, "Java class that keeps schemas in memory."),
        ConnectorOption(
            "memory.management.tables.class", .classReference, .low, "Table storage class", width: .long,
            v36: .init(order: 44, default: "io.debezium.relational.ConcurrentMapTableMappingStorage"),
            support: .tuning, "Java class that keeps tables in memory."),
        ConnectorOption(
            "connect.timeout.ms", .int, .medium, "Connection Timeout (ms)", width: .short, check: .positive,
            v19: .init(order: 16, default: "30000"), v36: .init(order: 45, default: "30000"),
            "How long connecting to the server may take."
        ) { Option($0, into: \.connection.connectTimeoutMilliseconds) },
        ConnectorOption(
            "connect.keep.alive", .boolean, .low, "Keep connection alive (true/false)", width: .short,
            v19: .init(order: 17, default: "true"), v36: .init(order: 46, default: "true"), support: .tuning,
            "Whether a dropped binlog connection is reopened; it always is here."),
        ConnectorOption(
            "connect.keep.alive.interval.ms", .long, .low, "Keep alive interval (ms)", width: .short,
            check: .positive, v19: .init(order: 18, default: "60000"), v36: .init(order: 47, default: "60000"),
            support: .tuning,
            "How often Debezium checks the binlog connection; a silent one is detected within two seconds here."),
        ConnectorOption(
            "use.nongraceful.disconnect", .boolean, .medium, "Use Non-graceful Disconnect", width: .short,
            v36: .init(order: 48, default: "false"), support: .tuning,
            "Whether stale connections are reset instead of closed."),
        ConnectorOption(
            "binlog.net.write.timeout", .long, .medium, "Binlog Net Write Timeout", width: .short,
            check: .notNegative, v36: .init(order: 49, default: "0"), support: .tuning,
            "Seconds of `net_write_timeout` on the binlog connection."),
        ConnectorOption(
            "binlog.net.read.timeout", .long, .medium, "Binlog Net Read Timeout", width: .short, check: .notNegative,
            v36: .init(order: 50, default: "0"), support: .tuning,
            "Seconds of `net_read_timeout` on the binlog connection."),
        ConnectorOption(
            "snapshot.mode", .string, .low, "Snapshot mode", width: .short,
            v19: .init(order: 19, default: "initial", choices: ["never", "initial_only", "when_needed", "initial", "schema_only", "schema_only_recovery"]),
            v36: .init(order: 51, default: "initial", choices: ["always", "initial_only", "configuration_based", "when_needed", "initial", "custom", "no_data", "recovery"]),
            "When schema and rows are read before streaming."
        ) {
            Option($0, supported: ["initial", "initial_only", "when_needed", "no_data", "never", "schema_only"]) { input, config in
                let mode = input.trimmed?.lowercased() ?? ""
                config.snapshot.mode = mode == "schema_only" ? .noData : SnapshotOptions.Mode(rawValue: mode) ?? .initial
            }
        },
        ConnectorOption(
            "snapshot.query.mode", .string, .low, "Snapshot query mode", width: .short,
            v36: .init(order: 52, default: "select_all", choices: ["custom", "select_all"]), support: .notYet,
            supported: ["select_all"], "Which statement reads a table in a snapshot."),
        ConnectorOption(
            "snapshot.query.mode.custom.name", .string, .medium, "Snapshot Query Mode Custom Name", width: .medium,
            v36: .init(order: 53), support: .notYet,
            "Name of a Java implementation for `snapshot.query.mode=custom`."),
        ConnectorOption(
            "bigint.unsigned.handling.mode", .string, .medium, "The mode for handling bigint-unsigned values",
            width: .short, v19: .init(order: 22, default: "long", choices: ["precise", "long"]),
            v36: .init(order: 54, default: "long", choices: ["precise", "long"]),
            "How BIGINT UNSIGNED is represented: a signed long, which wraps, or exact bytes."
        ) { Option($0, choice: \.values.unsignedBigints) },
        ConnectorOption(
            "time.precision.mode", .string, .medium, "The time precision mode to be used", width: .short, check: .withdrawn("adaptive"),
            v19: .init(order: 23, default: "adaptive_time_microseconds", choices: ["adaptive", "adaptive_time_microseconds", "connect"]),
            v36: .init(order: 55, default: "adaptive_time_microseconds", choices: ["adaptive", "adaptive_time_microseconds", "isostring", "microseconds", "nanoseconds", "connect"]),
            "How DATE, TIME and DATETIME are represented."
        ) { Option($0, choice: \.values.times) },
        ConnectorOption(
            "enable.time.adjuster", .boolean, .low, "Enable Time Adjuster", width: .short,
            v19: .init(order: 24, default: "true"), v36: .init(order: 56, default: "true"),
            "Whether years of two digits mean 1970 to 2069."
        ) { Option($0, into: \.values.adjustsYears) },
        ConnectorOption(
            "schema.name.adjustment.mode", .string, .low, "Schema Name Adjustment", width: .medium,
            v19: .init(order: 26, default: "avro", choices: ["none", "avro"]),
            v36: .init(order: 57, default: "none", choices: ["none", "avro_unicode", "avro"]),
            "Whether schema names are adjusted for Avro."
        ) { Option($0, choice: \.schemaNameAdjustment) },
        ConnectorOption(
            "min.row.count.to.stream.results", .int, .low, "Stream result set of size", width: .medium,
            check: .notNegative, v19: .init(order: 27, default: "1000"), v36: .init(order: 58, default: "1000"),
            support: .tuning, "From how many rows on a snapshot streams a table; it always streams here."),
        ConnectorOption(
            "incremental.snapshot.chunk.size", .int, .medium, "Incremental snapshot chunk size", width: .medium,
            check: .positive, v19: .init(order: 28, default: "1024"), v36: .init(order: 59, default: "1024"),
            support: .tuning, "Rows in a chunk of an incremental snapshot."),
        ConnectorOption(
            "incremental.snapshot.allow.schema.changes", .boolean, .low,
            "Allow schema changes during incremental snapshot if supported.", width: .short,
            v19: .init(order: 29, default: "false"), v36: .init(order: 60, default: "false"), support: .tuning,
            "Whether tables may change during an incremental snapshot."),
        ConnectorOption(
            "snapshot.locking.mode", .string, .low, "Snapshot locking mode", width: .short,
            v19: .init(order: 20, default: "minimal", choices: ["minimal", "minimal_percona", "none", "extended"]),
            v36: .init(order: 61, default: "minimal", choices: ["minimal", "minimal_percona", "custom", "none", "minimal_percona_no_table_locks", "extended"]),
            "How long a snapshot keeps the global read lock."
        ) { Option($0, supported: ["minimal", "extended", "none"], choice: \.snapshot.locking) },
        ConnectorOption(
            "ddl.parser.type", .string, .low, "DDL Parser Type", width: .short,
            v36: .init(order: 62, default: "default", choices: ["default", "legacy"]), support: .tuning,
            "Which of Debezium's grammars reads DDL."),
        ConnectorOption(
            "snapshot.new.tables", .string, .low, "Snapshot newly added tables", width: .short,
            v19: .init(order: 21, default: "off", choices: ["parallel", "off"]), support: .notYet,
            supported: ["off"], "Whether tables that are new in the filter are read in parallel."),
        ConnectorOption(
            "binary.handling.mode", .string, .low, "Binary Handling", width: .medium,
            v19: .init(order: 25, default: "bytes", choices: ["bytes", "base64", "hex"]),
            v36: .init(order: 0, default: "bytes", choices: ["bytes", "base64", "base64-url-safe", "hex"]),
            "How binary columns are represented: bytes, or text in base64 or hexadecimal digits."
        ) { Option($0, choice: \.values.binary) },
        ConnectorOption(
            "field.name.adjustment.mode", .string, .low, "Field Name Adjustment", width: .medium,
            v36: .init(order: 0, default: "none", choices: ["none", "avro", "avro_unicode"]),
            "Whether field names are adjusted for Avro."
        ) { Option($0, choice: \.fieldNameAdjustment) },
        ConnectorOption(
            "event.converting.failure.handling.mode", .string, .medium, "Event converting failure handling",
            width: .medium, v36: .init(order: 0, default: "warn", choices: ["fail", "warn", "skip"]),
            "What to do with a value that cannot be represented: fail, or write null with or without a warning."
        ) { Option($0, choice: \.unrepresentableValueHandling) },
        ConnectorOption(
            "skip.messages.without.change", .boolean, .low, "Skip Messages without Change", width: .medium,
            v36: .init(order: 0, default: "false"),
            "Whether updates that change no captured column are left out."
        ) { Option($0, into: \.skipsUnchangedRows) },
        ConnectorOption(
            "read.only", .boolean, .low, "Read-only connection", width: .medium,
            v19: .init(order: 0, default: "false"), v36: .init(order: 0, default: "false"), support: .notYet,
            "Whether incremental snapshots do without a signal table."),
        ConnectorOption(
            "unavailable.value.placeholder", .string, .low, "Unavailable value placeholder", width: .medium,
            v36: .init(order: 0, default: "__debezium_unavailable_value"), support: .tuning,
            "The placeholder for values that a source omits; MySQL omits none."),
        ConnectorOption(
            "internal.implementation", .string, .low, "Implementation", width: .medium,
            v19: .init(order: 0, default: "parallel", choices: ["parallel", "legacy"]), support: .notYet,
            supported: ["parallel"], "Which of 1.9's two readers runs."),
    ]
}
