import ConnectData
import DebeziumPlugins

/// Every decision of the connector that depends on the generation of Debezium, by name.
///
/// No other code of the connector tests for a generation.
package struct DebeziumProfile: Sendable, Hashable {
    package let generation: DebeziumGeneration

    package static let v19 = DebeziumProfile(generation: .v19)
    package static let v36 = DebeziumProfile(generation: .v36)

    package init(generation: DebeziumGeneration) { self.generation = generation }

    package init(configuration: [String: String]) {
        self.init(generation: DebeziumGeneration(configuration: configuration))
    }

    private var isModern: Bool { generation == .v36 }

    // MARK: Names and messages

    /// `source.version`.
    package var version: String { generation.version }

    /// Whether the schemas of envelopes, sources and schema changes carry versions, `transaction` stands before `op`,
    /// and there are times in micro- and nanoseconds.
    package var hasVersionedSchemas: Bool { isModern }

    /// Whether records carry the `__debezium.context.*` headers unless they are turned off.
    package var hasContextHeaders: Bool { isModern }

    /// The longest topic name; longer ones are cut. Nil: not cut.
    package var topicLengthMax: Int? { isModern ? 249 : nil }

    /// Whether the names of key and row schemas come from the topic's name; otherwise from the names of database and
    /// table as they are.
    package var namesSchemasByTopic: Bool { isModern }

    /// Whether a column's comment is the documentation of its field's schema.
    package var documentsColumns: Bool { isModern }

    /// What `source.snapshot` may be, in the schema's words.
    package var snapshotMarkers: String {
        isModern
            ? "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"
            : "true,last,false,incremental"
    }

    /// Whether a snapshot marks first and last records of each table too, not just the very last record.
    package var marksTablesInSnapshots: Bool { isModern }

    /// Whether TRUNCATE can give an `op` `t` (from 2.1 on).
    package var hasTruncateRecords: Bool { isModern }

    /// Whether a snapshot that takes no locks records the definitions of each database in the order of a hash map.
    package var recordsUnlockedDefinitionsInHashOrder: Bool { isModern }

    /// Whether an expression of `table.include.list` orders the tables of a snapshot that it matches as a whole; else
    /// those in which it is found.
    package var ordersTablesByWholeMatches: Bool { isModern }

    // MARK: Configuration

    /// The property that names the source.
    package var logicalNameProperty: String { isModern ? "topic.prefix" : "database.server.name" }

    /// What the names of the schema history's properties begin with.
    package var historyPrefix: String { isModern ? "schema.history.internal." : "database.history." }

    /// What begins the names of properties for the history's own Kafka clients.
    package var historyClientPrefixes: [String] { ["producer.", "consumer."].map { historyPrefix + $0 } }

    /// Whether `database.server.id` must be given; otherwise it is drawn from 5400 to 6400.
    package var requiresServerID: Bool { isModern }

    /// Whether validation requires the history's topic and brokers; otherwise the task does, when it starts.
    package var requiresHistoryProperties: Bool { !isModern }

    /// `database.ssl.mode`, `schema.name.adjustment.mode`, `skipped.operations`: what they are unless they are given.
    package var defaultTLSMode: String { isModern ? "preferred" : "disabled" }
    package var defaultNameAdjustment: String { isModern ? "none" : "avro" }
    package var defaultSkippedOperations: String { isModern ? "t" : "none" }

    /// The property of Connector/J that names the zone of TIMESTAMPs. 3.6 sets the newer one itself, which overrides
    /// the older.
    package var connectionZoneProperties: [String] {
        isModern ? ["database.connectionTimeZone"] : ["database.connectionTimeZone", "database.serverTimezone"]
    }

    /// Whether key columns stand in the order of `message.key.columns` rather than of the table.
    package var keepsListedKeyOrder: Bool { isModern }

    /// A validation error's text.
    package func validationMessage(_ name: String, _ problem: String) -> String {
        isModern ? "The '\(name)' value is invalid: \(problem)" : problem
    }

    /// Which properties are blamed where both an include and an exclude list are given, and which the messages name.
    func blamedLists(_ kind: String) -> [(blamed: String, named: String)] {
        let lists = ("\(kind).exclude.list", "\(kind).include.list")
        let older = ("\(kind).blacklist", "\(kind).whitelist")
        // 1.9 checks the lists of tables under their older names, and those of columns under both.
        return isModern || kind == "database" ? [lists] : kind == "table" ? [older] : [lists, older]
    }

    var gtidListsProblem: String {
        isModern
            ? "Cannot specify GTID excludes when includes are provided." : "Included GTID source UUIDs are already specified"
    }

    var messageKeyFormat: String {
        isModern ? "^\\s*([^:]+):([^:,]+(,[^:,]+)*)\\s*$" : "^\\s*([^\\s:]+):([^:\\s]+)\\s*$"
    }

    // MARK: Values

    /// FLOAT of single precision is `float32`; before, it was widened to `float64`.
    package var floatIsSingle: Bool { isModern }

    /// `INTEGER UNSIGNED` and `ZEROFILL` without `UNSIGNED` are known as unsigned too.
    package var knowsAllUnsignedSpellings: Bool { isModern }

    /// An unsigned BIGINT as a `Decimal` has the parameter of its precision (20).
    package var unsignedBigintHasPrecision: Bool { isModern }

    /// Streamed TIMESTAMPs and their defaults have exactly the column's fractional digits; before, zeros at the end
    /// were left out.
    package var timestampsKeepZeros: Bool { isModern }

    /// A streamed negative TIME without a fraction is emitted wrong, as `DebeziumTimeDecoder` describes.
    package var misreadsNegativeTimes: Bool { !isModern }

    /// A TIME that is read from a text, as in snapshots and defaults, loses its sign above -01:00:00.
    package var losesSignOfShortTimes: Bool { !isModern }

    /// A streamed TIMESTAMP `0000-00-00 00:00:00` is the epoch, even if NULL is allowed.
    package var zeroTimestampIsEpoch: Bool { !isModern }
}
