import ConnectData

extension ConnectorOptions {
    /// Group `Connector`, first half: batches, snapshots, lineage.
    static let reading: [ConnectorOption] = [
        ConnectorOption(
            "event.processing.failure.handling.mode", .string, .medium, "Event deserialization failure handling",
            width: .short, v19: .init(order: 1, default: "fail", choices: ["warn", "fail", "ignore", "skip"]),
            v36: .init(order: 1, default: "fail", choices: ["warn", "fail", "ignore", "skip"]), support: .notYet,
            supported: ["fail"], "What to do with an event that cannot be processed."),
        ConnectorOption(
            "max.batch.size", .int, .medium, "Change event batch size", width: .short, check: .positive,
            v19: .init(order: 2, default: "2048"), v36: .init(order: 2, default: "2048"), support: .tuning,
            "Records in a batch from the connector to the worker; batches are formed by bytes and time here."),
        ConnectorOption(
            "max.queue.size", .int, .medium, "Change event buffer size", width: .short, check: .positive,
            v19: .init(order: 3, default: "8192"), v36: .init(order: 3, default: "8192"), support: .tuning,
            "Records between reader and worker; the producer's buffer bounds them here."),
        ConnectorOption(
            "poll.interval.ms", .long, .medium, "Poll interval (ms)", width: .short, check: .positiveInteger,
            v19: .init(order: 4, default: "500"), v36: .init(order: 4, default: "500"), support: .tuning,
            "How often the worker polls for new events; events are delivered immediately here."),
        ConnectorOption(
            "max.queue.size.in.bytes", .long, .medium, "Change event buffer size in bytes", width: .long,
            check: .notNegative, v19: .init(order: 5, default: "0"), v36: .init(order: 5, default: "0"),
            support: .tuning, "Bytes between reader and worker; the producer's buffer bounds them here."),
        ConnectorOption(
            "provide.transaction.metadata", .boolean, .low,
            "Store transaction metadata information in a dedicated topic.", width: .short,
            v19: .init(order: 6, default: "false"), v36: .init(order: 6, default: "false"), support: .notYet,
            "Whether to number the events of transactions and to write their beginnings and ends to a topic."),
        ConnectorOption(
            "skipped.operations", .list, .low, "Skipped Operations", width: .short, check: .operations, v19: .init(order: 7),
            v36: .init(order: 7, default: "t"),
            "Operations whose events are left out: `c`, `u`, `d`, `t`, or `none`."
        ) {
            Option($0) { input, config in config.skippedOperations = .init(codes: input.trimmed ?? "") }
        },
        ConnectorOption(
            "snapshot.delay.ms", .long, .low, "Snapshot Delay (milliseconds)", width: .medium, check: .notNegative,
            v19: .init(order: 8, default: "0"), v36: .init(order: 8, default: "0"),
            "How long to wait before a snapshot."
        ) { Option($0, into: \.snapshot.delayMilliseconds) },
        ConnectorOption(
            "streaming.delay.ms", .long, .low, "Streaming Delay (milliseconds)", width: .medium, check: .notNegative,
            v36: .init(order: 9, default: "0"),
            "How long to wait after a snapshot before streaming."
        ) { Option($0, into: \.snapshot.streamingDelayMilliseconds) },
        ConnectorOption(
            "snapshot.include.collection.list", .list, .medium, "Snapshot mode include data collection",
            width: .long, v19: .init(order: 9), v36: .init(order: 10), support: .notYet,
            "Tables whose rows a snapshot reads; without it all captured tables."),
        ConnectorOption(
            "snapshot.fetch.size", .int, .medium, "Snapshot fetch size", width: .medium, check: .notNegative,
            v19: .init(order: 10), v36: .init(order: 11), support: .tuning,
            "Rows fetched at once in a snapshot; rows are streamed here."),
        ConnectorOption(
            "snapshot.max.threads", .int, .medium, "Snapshot maximum threads", width: .short, check: .positive,
            v19: .init(order: 11, default: "1"), v36: .init(order: 12, default: "1"), support: .tuning,
            "Threads that read tables in a snapshot; one reads here."),
        ConnectorOption(
            "snapshot.max.threads.multiplier", .int, .medium, "Snapshot maximum thread multiplier", width: .short,
            check: .positive, v36: .init(order: 13, default: "1"), support: .tuning,
            "Parts of a table for each snapshot thread."),
        ConnectorOption(
            "legacy.snapshot.max.threads", .boolean, .low,
            "Enforces using a single thread per table regardless of table size", width: .short,
            v36: .init(order: 14, default: "false"), support: .tuning,
            "Whether each snapshot thread reads whole tables."),
        ConnectorOption(
            "internal.legacy.snapshot.max.threads", .boolean, .low,
            "Enforces using a single thread per table regardless of table size", width: .short,
            v36: .init(order: 14, default: "false"), support: .tuning,
            "Older name of `legacy.snapshot.max.threads`."),
        ConnectorOption(
            "snapshot.mode.custom.name", .string, .medium, "Snapshot Mode Custom Name", width: .medium,
            v36: .init(order: 15), support: .notYet, "Name of a Java implementation for `snapshot.mode=custom`."),
        ConnectorOption(
            "snapshot.mode.configuration.based.snapshot.data", .boolean, .medium,
            "Snapshot mode property based snapshot data", width: .medium, v36: .init(order: 16, default: "false"),
            support: .notYet, "With `snapshot.mode=configuration_based`: whether rows are read."),
        ConnectorOption(
            "snapshot.mode.configuration.based.snapshot.schema", .boolean, .medium,
            "Snapshot mode property based snapshot schema", width: .medium, v36: .init(order: 17, default: "false"),
            support: .notYet, "With `snapshot.mode=configuration_based`: whether the schema is read."),
        ConnectorOption(
            "snapshot.mode.configuration.based.start.stream", .boolean, .medium,
            "Snapshot mode property based start stream", width: .medium, v36: .init(order: 18, default: "false"),
            support: .notYet, "With `snapshot.mode=configuration_based`: whether streaming follows."),
        ConnectorOption(
            "snapshot.mode.configuration.based.snapshot.on.schema.error", .boolean, .medium,
            "Snapshot mode property based snapshot on schema error", width: .medium,
            v36: .init(order: 19, default: "false"), support: .notYet,
            "With `snapshot.mode=configuration_based`: whether the schema is read again after an error."),
        ConnectorOption(
            "snapshot.mode.configuration.based.snapshot.on.data.error", .boolean, .medium,
            "Snapshot mode property based snapshot on data error", width: .medium,
            v36: .init(order: 20, default: "false"), support: .notYet,
            "With `snapshot.mode=configuration_based`: whether rows are read again after an error."),
        ConnectorOption(
            "retriable.restart.connector.wait.ms", .long, .low, "Retriable restart wait (ms)", width: .medium,
            check: .positive, v19: .init(order: 12, default: "10000"), v36: .init(order: 21, default: "10000"),
            support: .tuning,
            "How long to wait before a restart after an error that may pass; lost connections are reopened within two seconds here."),
        ConnectorOption(
            "query.fetch.size", .int, .medium, "Query fetch size", width: .medium, check: .notNegative,
            v19: .init(order: 13, default: "0"), v36: .init(order: 22, default: "0"), support: .tuning,
            "Rows fetched at once by other queries."),
        ConnectorOption(
            "errors.max.retries", .int, .low, "The maximum number of retries", width: .medium,
            v36: .init(order: 23, default: "-1"), support: .tuning,
            "How often to try again after connection errors; -1 without limit."),
        ConnectorOption(
            "incremental.snapshot.watermarking.strategy", .string, .low,
            "Incremental snapshot watermarking strategy", width: .medium,
            v36: .init(order: 24, default: "INSERT_INSERT", choices: ["insert_delete", "insert_insert"]),
            support: .tuning, "How windows of incremental snapshots are marked."),
        ConnectorOption(
            "internal.log.position.check.enable", .boolean, .medium, "Enable/Disable log position check",
            width: .medium, v36: .init(order: 25, default: "true"), support: .notYet,
            "Whether to check at the start that the stored position is still in the binlog."),
        ConnectorOption(
            "internal.advanced.metrics.enable", .boolean, .medium, "Enable/Disable advance metrics", width: .medium,
            v36: .init(order: 26, default: "false"), support: .tuning, "Whether to keep more metrics of streaming."),
        ConnectorOption(
            "connection.validation.timeout.ms", .long, .low, "Connection validation timeout (ms)", width: .short,
            check: .positive, v36: .init(order: 27, default: "60000"), support: .tuning,
            "How long validation may try to connect."),
        ConnectorOption(
            "executor.shutdown.timeout.ms", .long, .medium, "Executor shutdown timeout (ms)", width: .medium,
            check: .positive, v36: .init(order: 28, default: "4000"), support: .tuning,
            "How long to wait for the connector's threads at a stop."),
        ConnectorOption(
            "openlineage.integration.enabled", .boolean, .low, "Enables OpenLineage integration", width: .short,
            v36: .init(order: 29, default: "false"), support: .notYet,
            "Whether to report lineage with OpenLineage."),
        ConnectorOption(
            "openlineage.integration.config.file.path", .string, .low, "Path to OpenLineage file configuration",
            width: .long, v36: .init(order: 30, default: "./openlineage.yml"), support: .tuning,
            "OpenLineage's own configuration."),
        ConnectorOption(
            "openlineage.integration.job.namespace", .string, .low, "Namespace used for Debezium job", width: .long,
            v36: .init(order: 31), support: .tuning, "OpenLineage: namespace of the job."),
        ConnectorOption(
            "openlineage.integration.job.description", .string, .low, "Description used for Debezium job",
            width: .long, v36: .init(order: 32, default: "Debezium change data capture job"), support: .tuning,
            "OpenLineage: description of the job."),
        ConnectorOption(
            "openlineage.integration.job.tags", .list, .low, "Debezium job tags", width: .long,
            v36: .init(order: 33), support: .tuning, "OpenLineage: tags of the job."),
        ConnectorOption(
            "openlineage.integration.job.owners", .list, .low, "Debezium job owners", width: .long,
            v36: .init(order: 34), support: .tuning, "OpenLineage: owners of the job."),
    ]
}
