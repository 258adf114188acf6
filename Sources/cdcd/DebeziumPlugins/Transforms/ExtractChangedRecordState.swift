import ConnectData

/// Debezium's `io.debezium.transforms.ExtractChangedRecordState`: adds headers with the names of the columns that an
/// update has changed and has not changed.
package final class ExtractChangedRecordState: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.ExtractChangedRecordState", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try ExtractChangedRecordState(context.properties) }

    struct Settings: Sendable {
        /// nil: no header.
        var changedHeader: String?
        /// nil: no header.
        var unchangedHeader: String?
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "header.changed.name", .string, .low, .long, "Header change name.",
                "The header that lists the columns that the update has changed."),
            into: \.changedHeader),
        ConfigOption(
            ConfigKey.field(
                "header.unchanged.name", .string, .low, .long, "Header unchanged name.",
                "The header that lists the other columns."),
            into: \.unchangedHeader),
    ])

    private let changed: (name: String, schema: Schema)?
    private let unchanged: (name: String, schema: Schema)?
    private var places = SchemaPlans<(before: Int, after: Int)>()
    private var deleteHeaders = DeleteHeaders()

    init(_ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        func header(_ name: String?) -> (name: String, schema: Schema)? {
            name.map {
                ($0, Schema(.array, isOptional: true, name: $0, valueSchema: Schema(.string, isOptional: true)))
            }
        }
        changed = header(settings.changedHeader)
        unchanged = header(settings.unchangedHeader)
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard record.valueSchema?.isEnvelope == true, case .structure(let envelope) = record.value else {
            if record.value.isNull { deleteHeaders.add(to: &record) }
            return true
        }
        let (before, after) = try places.plan(for: envelope.schema, make: Self.places)
        var changedNames: [ConnectValue] = []
        var unchangedNames: [ConnectValue] = []
        if case .structure(let old) = envelope.values[before], case .structure(let new) = envelope.values[after] {
            for (index, field) in new.schema.fields.enumerated() {
                let isEqual =
                    index < old.values.count && new.values[index].isEqualInJava(to: old.values[index], field.schema)
                let name = ConnectValue.string(field.name)
                if isEqual { unchangedNames.append(name) } else { changedNames.append(name) }
            }
        }
        let headersBefore = record.headers
        if let changed {
            record.headers.append(.init(changed.name, schema: changed.schema, value: .array(changedNames)))
        }
        if let unchanged {
            record.headers.append(.init(unchanged.name, schema: unchanged.schema, value: .array(unchangedNames)))
        }
        if envelope.values[after].isNull { deleteHeaders.keep(of: record, headersBefore: headersBefore) }
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard changed != nil || unchanged != nil else { return .applied }
        // A tombstone gets the headers of the delete before it.
        switch shape.value {
        case .constant(.null), .input(_, nil): return .dependsOnValues
        case .constant, .input, .structure: break
        }
        guard let schema = shape.valueSchema, schema.isEnvelope else { return .applied }
        guard let fields = shape.value.fields else { return .dependsOnValues }
        let (before, after) = try Self.places(schema)
        guard fields[before] == .null, fields[after] != .null else { return .dependsOnValues }
        for header in [changed, unchanged] {
            guard let header else { continue }
            shape.headers.append(.init(header.name, schema: header.schema, value: .constant(.array([]))))
        }
        return .applied
    }

    private static func places(_ envelope: Schema) throws(DataError) -> (before: Int, after: Int) {
        guard let after = envelope.index(of: "after") else { throw DataError("after is not a valid field name") }
        guard let before = envelope.index(of: "before") else { throw DataError("before is not a valid field name") }
        return (before, after)
    }
}

extension ConnectValue {
    /// `Objects.equals`: as everywhere else, except that 0.0 and -0.0 differ, and that the bits of a column, which are
    /// an array of bytes in Debezium, equal nothing but themselves.
    fileprivate func isEqualInJava(to other: ConnectValue, _ schema: Schema) -> Bool {
        switch (self, other) {
        case (.bytes, .bytes) where schema.name == "io.debezium.data.Bits": false
        case (.float32(let a), .float32(let b)): a.bitPattern == b.bitPattern
        case (.float64(let a), .float64(let b)): a.bitPattern == b.bitPattern
        default: self == other
        }
    }
}
