import ConnectData

/// The fields of envelopes, by generation.
struct EnvelopeLayout: Sendable {
    let hasVersions: Bool
    /// For messages about any table.
    let source: SourceLayout
    let transactionSchema: Schema

    init(_ configuration: MySQLConnectorConfig) {
        hasVersions = configuration.profile.records.hasVersionedSchemas
        source = SourceLayout(configuration)
        transactionSchema = Schema(
            .structure, isOptional: true, name: hasVersions ? "event.block" : nil, version: hasVersions ? 1 : nil,
            fields: [
                .init("id", Schema(.string)), .init("total_order", Schema(.int64)),
                .init("data_collection_order", Schema(.int64)),
            ])
    }

    func schema(name: String, row: Schema) -> Schema {
        let time = Schema(.int64, isOptional: true)
        let head = [Schema.Field("before", row), .init("after", row), .init("source", source.schema)]
        let tail: [Schema.Field] =
            hasVersions
            ? [
                .init("transaction", transactionSchema), .init("op", Schema(.string)), .init("ts_ms", time),
                .init("ts_us", time), .init("ts_ns", time),
            ]
            : [.init("op", Schema(.string)), .init("ts_ms", time), .init("transaction", transactionSchema)]
        return Schema(.structure, name: name, version: hasVersions ? 2 : nil, fields: head + tail)
    }

    func shape(before: ValueShape, after: ValueShape, source: ValueShape, operation: Operation) -> ValueShape {
        func time(_ unit: RecordInput.TimeUnit) -> ValueShape { .input(RecordInput.time(unit).id) }
        let operation = ValueShape.constant(.string(operation.rawValue))
        if hasVersions {
            return .structure([
                before, after, source, .null, operation, time(.milliseconds), time(.microseconds), time(.nanoseconds),
            ])
        }
        return .structure([before, after, source, operation, time(.milliseconds), .null])
    }

    /// `op`.
    enum Operation: String { case create = "c", update = "u", delete = "d", read = "r", truncate = "t" }
}
