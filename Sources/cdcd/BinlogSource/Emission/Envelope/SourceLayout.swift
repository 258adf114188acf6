import ConnectData

/// The `source` block of a table's messages: its schema, the index of each field, and the constant values. Created once
/// for each table version.
struct SourceLayout: Sendable {
    let schema: Schema
    let fields: Fields
    /// The block's values for the table; those of an event are null.
    let template: ContiguousArray<ConnectValue>

    /// The indexes of the fields whose values differ between events.
    struct Fields: Sendable {
        let milliseconds: Int
        let snapshot: Int
        let database: Int
        /// nil in generations without times in micro- and nanoseconds.
        let microseconds: Int?
        let nanoseconds: Int?
        let table: Int
        let serverID: Int
        let gtid: Int
        let file: Int
        let position: Int
        let row: Int
        let thread: Int
        let query: Int

        init(_ schema: Schema) {
            func index(_ name: String) -> Int {
                guard let index = schema.index(of: name) else { preconditionFailure("source has no field \(name)") }
                return index
            }
            milliseconds = index("ts_ms")
            snapshot = index("snapshot")
            database = index("db")
            microseconds = schema.index(of: "ts_us")
            nanoseconds = schema.index(of: "ts_ns")
            table = index("table")
            serverID = index("server_id")
            gtid = index("gtid")
            file = index("file")
            position = index("pos")
            row = index("row")
            thread = index("thread")
            query = index("query")
        }
    }

    init(_ configuration: MySQLConnectorConfig) {
        let (profile, flavor) = (configuration.profile, configuration.flavor)
        schema = Self.schema(profile, flavor)
        fields = Fields(schema)
        var values = ContiguousArray<ConnectValue>(repeating: .null, count: schema.fields.count)
        let constants = [
            ("version", profile.version), ("connector", flavor.connectorName),
            ("name", configuration.logicalName),
        ]
        for (name, value) in constants {
            if let index = schema.index(of: name) { values[index] = .string(value) }
        }
        values[fields.row] = .integer(0)
        template = values
    }

    private init(_ layout: SourceLayout, template: ContiguousArray<ConnectValue>) {
        schema = layout.schema
        fields = layout.fields
        self.template = template
    }

    /// The layout for messages about one table.
    ///
    /// - Parameters:
    ///   - database: empty for statements without a database.
    ///   - table: nil for statements without a table.
    func bound(toDatabase database: String, table: String?) -> SourceLayout {
        var values = template
        values[fields.database] = .string(database)
        values[fields.table] = table.map { .string($0) } ?? .null
        return SourceLayout(self, template: values)
    }

    /// The shape of the block in records of changes.
    ///
    /// - Parameter isSnapshot: whether the row number is 0 and the marker varies, otherwise it is the other way round.
    func shape(isSnapshot: Bool) -> ValueShape {
        let varying = [
            fields.milliseconds, fields.microseconds, fields.nanoseconds, fields.serverID, fields.gtid, fields.file,
            fields.position, fields.thread, fields.query, isSnapshot ? fields.snapshot : nil,
        ]
        return .structure(template.indices.map { index in
            if index == fields.row, !isSnapshot { return .input(RecordInput.rowNumber.id) }
            if varying.contains(index) { return .input(RecordInput.source(index).id) }
            return template[index].isNull ? .null : .constant(template[index])
        })
    }

    private static func schema(_ profile: DebeziumProfile, _ flavor: ServerFlavor) -> Schema {
        let text = Schema(.string)
        let optionalText = Schema(.string, isOptional: true)
        let number = Schema(.int64)
        let optionalNumber = Schema(.int64, isOptional: true)
        let snapshot = Schema(
            .string, isOptional: true, name: "io.debezium.data.Enum", version: 1,
            parameters: [.init("allowed", profile.snapshots.markers)], defaultValue: .string("false"))
        var fields: [Schema.Field] = [
            .init("version", text), .init("connector", text), .init("name", text), .init("ts_ms", number),
            .init("snapshot", snapshot), .init("db", text), .init("sequence", optionalText),
        ]
        if profile.records.hasVersionedSchemas { fields += [.init("ts_us", optionalNumber), .init("ts_ns", optionalNumber)] }
        fields += [
            .init("table", optionalText), .init("server_id", number), .init("gtid", optionalText), .init("file", text),
            .init("pos", number), .init("row", Schema(.int32)), .init("thread", optionalNumber),
            .init("query", optionalText),
        ]
        return Schema(
            .structure, name: flavor.schemaName("Source"), version: profile.records.hasVersionedSchemas ? 1 : nil,
            fields: fields)
    }
}
