import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.Flatten`: replaces nested structs and maps by their fields, whose names
/// are joined.
package final class Flatten: StructTransform {
    package static let className = "org.apache.kafka.connect.transforms.Flatten"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try Flatten(part, context.properties)
    }

    struct Settings: Sendable {
        var delimiter = "."
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey("delimiter", .string, defaultValue: ".", documentation: "The text between joined names."),
            into: \.delimiter)
    ])

    let part: RecordPart
    let purpose = "flattening"
    var plans = SchemaPlans<StructPlan>()
    private let delimiter: String

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        self.part = part
        delimiter = try Self.options.parse(properties, into: Settings()).delimiter
    }

    private func name(_ prefix: String, _ name: String) -> String {
        prefix.isEmpty ? name : prefix + delimiter + name
    }

    // MARK: With a schema

    private struct Parent {
        var name = ""
        /// The indexes that lead to it from the whole struct.
        var path: [Int] = []
        /// Whether it can be null.
        let isOptional: Bool
        let defaultValue: Struct?
    }

    func makePlan(for schema: Schema) throws(DataError) -> StructPlan {
        var fields: [Schema.Field] = []
        var sources: [StructPlan.Source] = []
        let root = Parent(isOptional: schema.isOptional, defaultValue: schema.defaultValue?.structValue)
        try collect(schema, root, &fields, &sources)
        return StructPlan(try schema.copy(fields: fields), sources)
    }

    private func collect(
        _ schema: Schema, _ parent: Parent, _ fields: inout [Schema.Field], _ sources: inout [StructPlan.Source]
    ) throws(DataError) {
        for (index, field) in schema.fields.enumerated() {
            let name = name(parent.name, field.name)
            let path = parent.path + [index]
            let isOptional = parent.isOptional || field.schema.isOptional
            let inherited = parent.defaultValue.flatMap { index < $0.values.count ? $0.values[index] : nil }
            let defaultValue = field.nonNullDefault ?? inherited.flatMap { $0.isNull ? nil : $0 }
            switch field.schema.type {
            case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .array:
                let isSame = isOptional == field.schema.isOptional && defaultValue == field.schema.defaultValue
                let copy = isSame
                    ? field.schema : field.schema.copy(isOptional: isOptional, defaultValue: defaultValue)
                fields.append(.init(name, copy))
                sources.append(
                    path.count == 1
                        ? .field(index, default: field.nonNullDefault)
                        : .nested(path, default: field.nonNullDefault))
            case .structure:
                let nested = Parent(
                    name: name, path: path, isOptional: isOptional, defaultValue: defaultValue?.structValue)
                try collect(field.schema, nested, &fields, &sources)
            case .map:
                throw DataError(
                    "Flatten transformation does not support \(field.schema.type.javaName) for record with schemas "
                        + "(for field \(name)).")
            }
        }
    }

    // MARK: Without

    func entries(
        of entries: [ConnectValue.MapEntry], _ record: borrowing ConnectRecord
    ) throws(DataError) -> [ConnectValue.MapEntry] {
        var result = OrderedEntries()
        try collect(entries, "", &result)
        return result.entries
    }

    /// A `LinkedHashMap`.
    private struct OrderedEntries {
        var entries: [ConnectValue.MapEntry] = []
        private var places: [String: Int] = [:]

        mutating func put(_ value: ConnectValue, for name: String) {
            let entry = ConnectValue.MapEntry(key: .string(name), value: value)
            if let place = places[name] {
                entries[place] = entry
            } else {
                places[name] = entries.count
                entries.append(entry)
            }
        }
    }

    private func collect(
        _ entries: [ConnectValue.MapEntry], _ prefix: String, _ result: inout OrderedEntries
    ) throws(DataError) {
        for entry in entries {
            guard case .string(let key) = entry.key else {
                throw DataError("Flatten transformation does not support keys that are \(entry.key.kindName)")
            }
            let name = name(prefix, key)
            switch entry.value {
            case .null, .boolean, .integer, .float32, .float64, .string, .bytes, .array:
                result.put(entry.value, for: name)
            case .map(let nested): try collect(nested, name, &result)
            case .structure:
                throw DataError(
                    "Flatten transformation does not support class \(entry.value.javaClassName(nil)) for record "
                        + "without schemas (for field \(name)).")
            case .instant:
                throw DataError(
                    "Flatten transformation was passed a value of type class \(entry.value.javaClassName(nil)) which "
                        + "is not supported by Connect's data API")
            }
        }
    }
}
