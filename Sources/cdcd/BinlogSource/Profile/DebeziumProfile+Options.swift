/// How the generations differ in the properties of a configuration.
extension DebeziumProfile {
    // MARK: Names and defaults

    /// The property that names the source.
    package var logicalNameProperty: String { isModern ? "topic.prefix" : "database.server.name" }

    /// The prefix of the schema history's properties.
    package var historyPrefix: String { isModern ? "schema.history.internal." : "database.history." }

    /// The prefixes of properties for the history's own Kafka clients.
    package var historyClientPrefixes: [String] { ["producer.", "consumer."].map { historyPrefix + $0 } }

    /// The defaults of `database.ssl.mode`, `schema.name.adjustment.mode` and `skipped.operations`.
    package var defaultTLSMode: String { isModern ? "preferred" : "disabled" }
    package var defaultNameAdjustment: String { isModern ? "none" : "avro" }
    package var defaultSkippedOperations: String { isModern ? "t" : "none" }

    /// The property of Connector/J that names the zone of TIMESTAMPs. 3.6 sets the newer one itself, which overrides
    /// the older.
    package var connectionZoneProperties: [String] {
        isModern ? ["database.connectionTimeZone"] : ["database.connectionTimeZone", "database.serverTimezone"]
    }

    // MARK: Validation

    /// Whether `database.server.id` must be given; otherwise it is drawn from 5400 to 6400.
    package var requiresServerID: Bool { isModern }

    /// Whether validation requires the history's topic and brokers; otherwise the task does, when it starts.
    package var requiresHistoryProperties: Bool { !isModern }

    /// A validation error's text.
    package func validationMessage(_ name: String, _ problem: String) -> String {
        isModern ? "The '\(name)' value is invalid: \(problem)" : problem
    }

    /// The properties that are blamed if both an include and an exclude list are given, and those that the messages
    /// name.
    package func blamedLists(_ kind: String) -> [(blamed: String, named: String)] {
        let lists = ("\(kind).exclude.list", "\(kind).include.list")
        let older = ("\(kind).blacklist", "\(kind).whitelist")
        // 1.9 checks the lists of tables under their older names, and those of columns under both.
        return isModern || kind == "database" ? [lists] : kind == "table" ? [older] : [lists, older]
    }

    package var gtidListsProblem: String {
        isModern
            ? "Cannot specify GTID excludes when includes are provided."
            : "Included GTID source UUIDs are already specified"
    }

    package var messageKeyFormat: String {
        isModern ? "^\\s*([^:]+):([^:,]+(,[^:,]+)*)\\s*$" : "^\\s*([^\\s:]+):([^:\\s]+)\\s*$"
    }

    /// Whether key columns stand in the order of `message.key.columns` rather than of the table.
    package var keepsListedKeyOrder: Bool { isModern }

    /// Whether records carry the `__debezium.context.*` headers unless they are turned off.
    package var hasContextHeaders: Bool { isModern }

    /// Whether an expression of `table.include.list` orders the tables of a snapshot that it matches as a whole; else
    /// those in which it is found.
    package var ordersTablesByWholeMatches: Bool { isModern }

    /// Whether the schemas of envelopes, sources and schema changes carry versions, `transaction` stands before `op`,
    /// and there are times in micro- and nanoseconds.
    package var hasVersionedSchemas: Bool { isModern }
}
