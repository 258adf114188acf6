import ConnectData
import DebeziumPlugins
import MySQLWire
import WireStreams

/// A connector configuration, parsed once: the typed values that the rest of the connector uses.
package struct MySQLConnectorConfig: Sendable {
    package var profile: DebeziumProfile
    /// The kind of server that the connector reads.
    package internal(set) var flavor = ServerFlavor.mySQL
    /// `topic.prefix`, formerly `database.server.name`: prefix of all topics and name of the source partition.
    package var logicalName = ""
    /// Address, account, TLS and timeouts.
    package var connection = MySQLConfiguration(address: SocketAddress(host: "", port: 3306), user: "")
    /// Statements to run on each query connection after it is opened (not on the replication connection).
    package var initialStatements: [String] = []
    /// The zone of the wall clock times that snapshots read from TIMESTAMP columns (`database.connectionTimeZone`, in
    /// 1.9 also `database.serverTimezone`). nil: the query session is set to UTC.
    package var connectionZone: ConnectionZone?
    /// The replica id.
    package var serverID: UInt32
    package var filter = TableFilter()
    package var messageKeys: MessageKeys
    package var snapshot = SnapshotOptions()
    package var values = ValueOptions()
    package var history = HistoryOptions()
    package var gtidSources = GTIDSourceFilter()
    package var tombstonesOnDelete = true
    /// Whether updates that change no captured column are skipped (`skip.messages.without.change`).
    package var skipsUnchangedRows = false
    /// What to do with a value that the representation of its column cannot express.
    package var unrepresentableValueHandling = FailureHandling.warn
    package var includesSchemaChanges = true
    package var includesSchemaComments = false
    package var includesQuery = false
    package var skippedOperations: SkippedOperations = []
    /// Applied to the names of key, row and envelope schemas.
    package var schemaNameAdjustment = NameAdjustment.none
    /// Applied to field names.
    package var fieldNameAdjustment = NameAdjustment.none
    package var topicDelimiter = "."
    /// The `__debezium.context.*` headers.
    package var hasExtendedHeaders = false
    /// What to do with a row event of a table that the schema history does not contain.
    package var inconsistentSchemaHandling = FailureHandling.fail

    package enum FailureHandling: String, Sendable { case fail, warn, skip }

    package struct SkippedOperations: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let create = Self(rawValue: 1)
        package static let update = Self(rawValue: 2)
        package static let delete = Self(rawValue: 4)
        package static let truncate = Self(rawValue: 8)

        private static let codes: [String: Self] = [
            "c": .create, "u": .update, "d": .delete, "t": .truncate, "r": [], "none": [],
        ]

        /// Parses a list of codes. Unknown codes, which `problem` reports, count as none.
        init(codes text: String) {
            self = JavaText.items(text).reduce([]) { $0.union(Self.codes[$1] ?? []) }
        }

        /// What is wrong with a list of codes, in Debezium's words.
        static func problem(_ text: String) -> String? {
            if JavaText.trim(text).isEmpty { return "Invalid operation" }
            let items = JavaText.items(text)
            if items.contains("none"), items.count > 1 {
                return "'none' cannot be specified with other skipped operation types"
            }
            return items.allSatisfy { codes[$0] != nil } ? nil : "Invalid operation"
        }
    }
}

/// `snapshot.*`.
package struct SnapshotOptions: Sendable, Hashable {
    /// The modes under 3.6's names; 1.9's `schema_only` is `noData`.
    package enum Mode: String, Sendable {
        case initial
        case initialOnly = "initial_only"
        case never
        case noData = "no_data"
        case whenNeeded = "when_needed"
    }

    package enum Locking: String, Sendable { case minimal, extended, none }

    package var mode = Mode.initial
    package var locking = Locking.minimal
    /// `snapshot.delay.ms`, `streaming.delay.ms`, `snapshot.lock.timeout.ms`.
    package var delayMilliseconds = 0
    package var streamingDelayMilliseconds = 0
    package var lockTimeoutMilliseconds = 10_000

    package init() {}
}

/// How values are represented.
package struct ValueOptions: Sendable, Hashable {
    package enum DecimalMode: String, Sendable, BitwiseCopyable { case precise, string, double }
    package enum BigintUnsignedMode: String, Sendable { case long, precise }
    package enum TimePrecision: String, Sendable {
        case adaptiveTimeMicroseconds = "adaptive_time_microseconds"
        case connect, isostring, microseconds, nanoseconds
    }
    package enum BinaryMode: String, Sendable, BitwiseCopyable {
        case bytes, base64, hex
        case base64URLSafe = "base64-url-safe"
    }

    package var decimals = DecimalMode.precise
    package var unsignedBigints = BigintUnsignedMode.long
    package var times = TimePrecision.adaptiveTimeMicroseconds
    package var binary = BinaryMode.bytes
    /// `enable.time.adjuster`: years of two digits in dates become 1970 to 2069.
    package var adjustsYears = true

    package init() {}
}

/// `schema.history.internal.*`, formerly `database.history.*`.
package struct HistoryOptions: Sendable, Hashable {
    package var topic = ""
    package var bootstrapServers = ""
    package var skipsUnparseableDDL = false
    package var storesOnlyCapturedTables = false
    package var storesOnlyCapturedDatabases = false
    package var queryTimeoutMilliseconds = 3000
    package var createTimeoutMilliseconds = 30_000
    /// The properties below `producer.`, by their names without it. They may contain secrets.
    package var producerProperties: [String: String] = [:]
    /// Those below `consumer.`.
    package var consumerProperties: [String: String] = [:]

    package init() {}
}
