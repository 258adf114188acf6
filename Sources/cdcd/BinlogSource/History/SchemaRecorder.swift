import ConnectData
import WireCore

/// Writes schema changes to the history, where they are durable before any later row, and to the schema change topic.
///
/// Source: Debezium's `EventDispatcher.dispatchSchemaChangeEvent` and `HistorizedRelationalDatabaseSchema`.
final class SchemaRecorder {
    private let configuration: MySQLConnectorConfig
    private let history: any HistoryLog
    private let clock: () -> Int64

    /// - Parameter clock: microseconds since the epoch.
    init(configuration: MySQLConnectorConfig, history: any HistoryLog, clock: @escaping () -> Int64) {
        self.configuration = configuration
        self.history = history
        self.clock = clock
    }

    /// The maximum number of records that are encoded before they are sent: those of a snapshot of many tables take
    /// much memory.
    private static let recordsMax = 500

    /// Appends the changes' history records, and returns when they are durable.
    func appendToHistory(_ changes: [SchemaChange], at offset: SourceOffset) throws {
        let profile = configuration.profile
        let position = offset.encoded(for: profile)
        let now = profile.history.hasTimestamps ? clock() / 1000 : nil
        var rest = changes.filter(\.isRecorded)[...]
        while !rest.isEmpty {
            try history.append(
                rest.prefix(Self.recordsMax).map { change in
                    HistoryRecord(
                        source: Self.source(configuration), position: position, timestampMilliseconds: now,
                        databaseName: change.database, ddl: change.ddl, tableChanges: change.tables
                    ).encoded(for: profile)
                })
            rest = rest.dropFirst(Self.recordsMax)
        }
    }

    /// The history's `source`, and the source partition of offsets.
    static func source(_ configuration: MySQLConnectorConfig) -> JSONObject {
        ["server": .string(configuration.logicalName)]
    }

    /// Emits the changes to the schema change topic if `include.schema.changes` is set.
    ///
    /// - Returns: whether anything was emitted.
    @discardableResult
    func publishSchemaChanges(
        _ changes: [SchemaChange], source: SourceInfo, to emitter: some SchemaChangeEmitter
    ) throws -> Bool {
        guard configuration.includesSchemaChanges else { return false }
        var isPublished = false
        for change in changes where change.kind != .truncate {
            try emitter.emitSchemaChange(change, source: source)
            isPublished = true
        }
        return isPublished
    }
}
