import ConnectData

/// Where things stand in envelopes and source blocks, by generation.
struct EnvelopeLayout: Sendable {
    let hasVersions: Bool
    let sourceSchema: Schema
    let transactionSchema: Schema

    init(_ profile: DebeziumProfile, _ flavor: ServerFlavor) {
        hasVersions = profile.hasVersionedSchemas
        sourceSchema = SourceBlock.schema(profile, flavor)
        transactionSchema = Schema(
            .structure, isOptional: true, name: hasVersions ? "event.block" : nil, version: hasVersions ? 1 : nil,
            fields: [
                .init("id", Schema(.string)), .init("total_order", Schema(.int64)),
                .init("data_collection_order", Schema(.int64)),
            ])
    }

    func schema(name: String, row: Schema) -> Schema {
        let time = Schema(.int64, isOptional: true)
        let head = [Schema.Field("before", row), .init("after", row), .init("source", sourceSchema)]
        let tail: [Schema.Field] =
            hasVersions
            ? [
                .init("transaction", transactionSchema), .init("op", Schema(.string)), .init("ts_ms", time),
                .init("ts_us", time), .init("ts_ns", time),
            ]
            : [.init("op", Schema(.string)), .init("ts_ms", time), .init("transaction", transactionSchema)]
        return Schema(.structure, name: name, version: hasVersions ? 2 : nil, fields: head + tail)
    }

    @inline(__always)
    func values(
        before: ConnectValue, after: ConnectValue, source: ConnectValue, operation: Operation, time: Int64
    ) -> ContiguousArray<ConnectValue> {
        let operation = ConnectValue.string(operation.rawValue)
        if hasVersions {
            return [
                before, after, source, .null, operation, .integer(time / 1000), .integer(time), .integer(time &* 1000),
            ]
        }
        return [before, after, source, operation, .integer(time / 1000), .null]
    }

    /// `op`.
    enum Operation: String { case create = "c", update = "u", delete = "d", read = "r", truncate = "t" }
}

/// `source`: where a change comes from. What is the same for a whole event is put in once.
struct SourceBlock {
    private let schema: Schema
    private var values: ContiguousArray<ConnectValue>
    private let places: Places

    private struct Places {
        let snapshot = 4
        let row: Int
    }

    static func schema(_ profile: DebeziumProfile, _ flavor: ServerFlavor) -> Schema {
        let text = Schema(.string)
        let optionalText = Schema(.string, isOptional: true)
        let number = Schema(.int64)
        let optionalNumber = Schema(.int64, isOptional: true)
        let snapshot = Schema(
            .string, isOptional: true, name: "io.debezium.data.Enum", version: 1,
            parameters: [.init("allowed", profile.snapshotMarkers)], defaultValue: .string("false"))
        var fields: [Schema.Field] = [
            .init("version", text), .init("connector", text), .init("name", text), .init("ts_ms", number),
            .init("snapshot", snapshot), .init("db", text), .init("sequence", optionalText),
        ]
        if profile.hasVersionedSchemas { fields += [.init("ts_us", optionalNumber), .init("ts_ns", optionalNumber)] }
        fields += [
            .init("table", optionalText), .init("server_id", number), .init("gtid", optionalText), .init("file", text),
            .init("pos", number), .init("row", Schema(.int32)), .init("thread", optionalNumber),
            .init("query", optionalText),
        ]
        return Schema(
            .structure, name: flavor.schemaName("Source"), version: profile.hasVersionedSchemas ? 1 : nil,
            fields: fields)
    }

    /// - Parameters:
    ///   - database: empty for statements that concern none.
    ///   - table: nil for statements that concern none.
    init(
        _ source: SourceInfo, schema: Schema, profile: DebeziumProfile, flavor: ServerFlavor, logicalName: String,
        database: String, table: String?
    ) {
        self.schema = schema
        let time = source.timestampMicroseconds
        let milliseconds = time >= 0 ? time / 1000 : (time - 999) / 1000
        values = [
            .string(profile.version), .string(flavor.connectorName), .string(logicalName), .integer(milliseconds),
            .null, .string(database), .null,
        ]
        if profile.hasVersionedSchemas { values += [.integer(time), .integer(time &* 1000)] }
        places = Places(row: values.count + 5)
        values += [
            table.map { .string($0) } ?? .null, .integer(source.serverID), source.gtid.map { .string($0) } ?? .null,
            .string(source.file), .integer(source.position), .integer(0),
            source.thread.map { .integer($0) } ?? .null, source.query.map { .string($0) } ?? .null,
        ]
    }

    /// The block of the event's `row`th row.
    @inline(__always)
    func value(row: Int) -> ConnectValue {
        guard row != 0 else { return .structure(Struct(schema: schema, values: values)) }
        var values = values
        values[places.row] = .integer(Int64(row))
        return .structure(Struct(schema: schema, values: values))
    }

    /// The block of a record of a snapshot, or of many.
    func value(marker: SnapshotMarker, isShared: Bool = false) -> ConnectValue {
        var block = Struct(schema: schema, values: values)
        block.values[places.snapshot] = .string(marker.rawValue)
        block.isShared = isShared
        return .structure(block)
    }
}

/// `source.snapshot` of snapshot records. Streamed records hold null, which reads as the default `false`.
enum SnapshotMarker: String {
    case `true`
    case first
    case firstInTable = "first_in_data_collection"
    case lastInTable = "last_in_data_collection"
    case last
}
