import ConnectData
import MySQLWire

/// A connector configuration, parsed once: what the rest of the connector reads instead of texts.
public struct MySQLConnectorConfig: Sendable {
    public var profile: DebeziumProfile
    /// Which kind of server the connector reads.
    public internal(set) var flavor = ServerFlavor.mySQL
    /// `topic.prefix`, formerly `database.server.name`: prefix of all topics and name of the source partition.
    public var logicalName: String
    /// Address, account, TLS and timeouts.
    public var connection: MySQLConfiguration
    /// Statements to run on each query connection after it is made (not on the replication connection).
    public var initialStatements: [String]
    /// The zone in which snapshots take the wall clock of TIMESTAMPs to be (`database.connectionTimeZone`, in 1.9 also
    /// `database.serverTimezone`), where it is not `SERVER` or `LOCAL`. Nil: the query session is set to UTC.
    public var connectionZone: ConnectionZone?
    /// The replica id.
    public var serverID: UInt32
    public var filter: TableFilter
    public var messageKeys: MessageKeys
    public var snapshot: SnapshotOptions
    public var values: ValueOptions
    public var history: HistoryOptions
    public var gtidSources: GTIDSourceFilter
    public var tombstonesOnDelete: Bool
    /// Updates that change no captured column are left out (`skip.messages.without.change`).
    public var skipsUnchangedRows: Bool
    /// What to do with a value that its column's representation does not have.
    public var unrepresentableValueHandling: FailureHandling
    public var includesSchemaChanges: Bool
    public var includesSchemaComments: Bool
    public var includesQuery: Bool
    public var skippedOperations: SkippedOperations
    /// Applied to the names of key, row and envelope schemas.
    public var schemaNameAdjustment: NameAdjustment
    /// Applied to field names.
    public var fieldNameAdjustment: NameAdjustment
    public var topicDelimiter: String
    /// The `__debezium.context.*` headers.
    public var hasExtendedHeaders: Bool
    /// What to do with a row event of a table that the schema does not know.
    public var inconsistentSchemaHandling: FailureHandling

    public enum FailureHandling: String, Sendable { case fail, warn, skip }

    public struct SkippedOperations: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let create = Self(rawValue: 1)
        public static let update = Self(rawValue: 2)
        public static let delete = Self(rawValue: 4)
        public static let truncate = Self(rawValue: 8)
    }
}

/// `snapshot.*`.
public struct SnapshotOptions: Sendable, Hashable {
    /// The modes under 3.6's names; 1.9's `schema_only` is `noData`.
    public enum Mode: String, Sendable {
        case initial
        case initialOnly = "initial_only"
        case never
        case noData = "no_data"
        case whenNeeded = "when_needed"
    }

    public enum Locking: String, Sendable { case minimal, extended, none }

    public var mode = Mode.initial
    public var locking = Locking.minimal
    /// `snapshot.delay.ms`, `streaming.delay.ms`, `snapshot.lock.timeout.ms`.
    public var delayMilliseconds = 0
    public var streamingDelayMilliseconds = 0
    public var lockTimeoutMilliseconds = 10_000

    public init() {}
}

/// How values are represented.
public struct ValueOptions: Sendable, Hashable {
    public enum DecimalMode: String, Sendable { case precise, string, double }
    public enum BigintUnsignedMode: String, Sendable { case long, precise }
    public enum TimePrecision: String, Sendable {
        case adaptiveTimeMicroseconds = "adaptive_time_microseconds"
        case connect, isostring, microseconds, nanoseconds
    }
    public enum BinaryMode: String, Sendable {
        case bytes, base64, hex
        case base64URLSafe = "base64-url-safe"
    }

    public var decimals = DecimalMode.precise
    public var unsignedBigints = BigintUnsignedMode.long
    public var times = TimePrecision.adaptiveTimeMicroseconds
    public var binary = BinaryMode.bytes
    /// `enable.time.adjuster`: years of two digits in dates become 1970 to 2069.
    public var adjustsYears = true

    public init() {}
}

/// `schema.history.internal.*`, formerly `database.history.*`.
public struct HistoryOptions: Sendable, Hashable {
    public var topic: String
    public var bootstrapServers: String
    public var skipsUnparseableDDL = false
    public var storesOnlyCapturedTables = false
    public var storesOnlyCapturedDatabases = false
    public var queryTimeoutMilliseconds = 3000
    public var createTimeoutMilliseconds = 30_000

    public init(topic: String, bootstrapServers: String) {
        self.topic = topic
        self.bootstrapServers = bootstrapServers
    }
}

/// `schema.name.adjustment.mode`, `field.name.adjustment.mode`.
public enum NameAdjustment: String, Sendable {
    case none, avro
    case avroUnicode = "avro_unicode"
}
