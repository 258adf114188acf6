import ConnectData

/// `source`: the origin of a change. The values that an event's rows share are set once.
struct SourceBlock {
    private let schema: Schema
    private let snapshotIndex: Int
    private let rowIndex: Int
    /// The values of a row of an event whose number is 0.
    let values: ContiguousArray<ConnectValue>

    init(_ source: SourceInfo, _ layout: SourceLayout) {
        schema = layout.schema
        snapshotIndex = layout.fields.snapshot
        rowIndex = layout.fields.row
        var values = layout.template
        Self.set(source, layout.fields, in: &values)
        self.values = values
    }

    /// Sets the values that differ between events, in memory that is reused for each event. The others are constants of
    /// the records' shapes.
    static func write(
        _ source: SourceInfo, _ layout: SourceLayout, into values: inout ContiguousArray<ConnectValue>
    ) {
        if values.count != layout.template.count { values = layout.template }
        set(source, layout.fields, in: &values)
    }

    private static func set(
        _ source: SourceInfo, _ fields: SourceLayout.Fields, in values: inout ContiguousArray<ConnectValue>
    ) {
        let time = source.timestampMicroseconds
        values[fields.milliseconds] = .integer(time >= 0 ? time / 1000 : (time - 999) / 1000)
        if let index = fields.microseconds { values[index] = .integer(time) }
        if let index = fields.nanoseconds { values[index] = .integer(time &* 1000) }
        values[fields.serverID] = .integer(source.serverID)
        values[fields.file] = .string(source.file)
        values[fields.position] = .integer(source.position)
        values[fields.gtid] = source.gtid.map { .string($0) } ?? .null
        values[fields.thread] = source.thread.map { .integer($0) } ?? .null
        values[fields.query] = source.query.map { .string($0) } ?? .null
    }

    /// The values of a record of a snapshot.
    func values(marker: SnapshotMarker) -> ContiguousArray<ConnectValue> {
        var values = values
        values[snapshotIndex] = .string(marker.rawValue)
        return values
    }

    /// The block of the row with this index in the event.
    func value(row: Int) -> ConnectValue {
        var values = values
        values[rowIndex] = .integer(Int64(row))
        return .structure(Struct(schema: schema, values: values))
    }

    /// The block of a record of a snapshot.
    func value(marker: SnapshotMarker) -> ConnectValue {
        .structure(Struct(schema: schema, values: values(marker: marker)))
    }
}
