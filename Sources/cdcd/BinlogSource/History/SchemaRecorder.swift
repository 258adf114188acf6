import ConnectData
import WireCore
import WireStreams

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

    /// The number of records of a snapshot that a thread encodes at a time, and the number of such chunks in memory:
    /// the records of many tables take much memory.
    private static let chunkRecords = 64
    private static let chunksMax = 8

    /// Appends the changes' history records, and returns when they are durable.
    func appendToHistory(_ changes: [SchemaChange], at offset: SourceOffset) throws {
        let profile = configuration.profile
        let source = Self.source(configuration)
        let position = offset.encoded(for: profile)
        let now = profile.history.hasTimestamps ? clock() / 1000 : nil
        let encode: @Sendable (ArraySlice<SchemaChange>) -> [[UInt8]] = { changes in
            changes.map { change in
                HistoryRecord(
                    source: source, position: position, timestampMilliseconds: now, databaseName: change.database,
                    ddl: change.ddl, tableChanges: change.tables
                ).encoded(for: profile)
            }
        }
        var rest = changes.filter(\.isRecorded)[...]
        if rest.isEmpty { return }
        if rest.count <= Self.chunkRecords { return try history.append(encode(rest)) }
        let encoder = OrderedParallelMap(named: "history-encoder", encode)
        defer { encoder.close() }
        try history.append(chunks: {
            while !rest.isEmpty {
                encoder.add(rest.prefix(Self.chunkRecords))
                rest = rest.dropFirst(Self.chunkRecords)
                if let records = try encoder.next(whileMoreThan: Self.chunksMax) { return records }
            }
            return try encoder.next(whileMoreThan: 0)
        })
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
