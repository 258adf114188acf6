import ConnectData
import MySQLWire

/// A connector configuration, parsed once: what the rest of the connector reads instead of texts.
package struct MySQLConnectorConfig: Sendable {
    package var profile: DebeziumProfile
    /// Which kind of server the connector reads.
    package internal(set) var flavor = ServerFlavor.mySQL
    /// `topic.prefix`, formerly `database.server.name`: prefix of all topics and name of the source partition.
    package var logicalName: String
    /// Address, account, TLS and timeouts.
    package var connection: MySQLConfiguration
    /// Statements to run on each query connection after it is made (not on the replication connection).
    package var initialStatements: [String]
    /// The zone in which snapshots take the wall clock of TIMESTAMPs to be (`database.connectionTimeZone`, in 1.9 also
    /// `database.serverTimezone`), where it is not `SERVER` or `LOCAL`. Nil: the query session is set to UTC.
    package var connectionZone: ConnectionZone?
    /// The replica id.
    package var serverID: UInt32
    package var filter: TableFilter
    package var messageKeys: MessageKeys
    package var snapshot: SnapshotOptions
    package var values: ValueOptions
    package var history: HistoryOptions
    package var gtidSources: GTIDSourceFilter
    package var tombstonesOnDelete: Bool
    /// Updates that change no captured column are left out (`skip.messages.without.change`).
    package var skipsUnchangedRows: Bool
    /// What to do with a value that its column's representation does not have.
    package var unrepresentableValueHandling: FailureHandling
    package var includesSchemaChanges: Bool
    package var includesSchemaComments: Bool
    package var includesQuery: Bool
    package var skippedOperations: SkippedOperations
    /// Applied to the names of key, row and envelope schemas.
    package var schemaNameAdjustment: NameAdjustment
    /// Applied to field names.
    package var fieldNameAdjustment: NameAdjustment
    package var topicDelimiter: String
    /// The `__debezium.context.*` headers.
    package var hasExtendedHeaders: Bool
    /// What to do with a row event of a table that the schema does not know.
    package var inconsistentSchemaHandling: FailureHandling

    package enum FailureHandling: String, Sendable { case fail, warn, skip }

    package struct SkippedOperations: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let create = Self(rawValue: 1)
        package static let update = Self(rawValue: 2)
        package static let delete = Self(rawValue: 4)
        package static let truncate = Self(rawValue: 8)
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
    package enum DecimalMode: String, Sendable { case precise, string, double }
    package enum BigintUnsignedMode: String, Sendable { case long, precise }
    package enum TimePrecision: String, Sendable {
        case adaptiveTimeMicroseconds = "adaptive_time_microseconds"
        case connect, isostring, microseconds, nanoseconds
    }
    package enum BinaryMode: String, Sendable {
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
    package var topic: String
    package var bootstrapServers: String
    package var skipsUnparseableDDL = false
    package var storesOnlyCapturedTables = false
    package var storesOnlyCapturedDatabases = false
    package var queryTimeoutMilliseconds = 3000
    package var createTimeoutMilliseconds = 30_000

    package init(topic: String, bootstrapServers: String) {
        self.topic = topic
        self.bootstrapServers = bootstrapServers
    }
}

/// `schema.name.adjustment.mode`, `field.name.adjustment.mode`.
package enum NameAdjustment: String, Sendable {
    case none, avro
    case avroUnicode = "avro_unicode"
}
