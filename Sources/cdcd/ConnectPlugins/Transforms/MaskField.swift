import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.transforms.MaskField`: replaces the values of fields by zero, an empty text or
/// list, or a fixed text or number. Nulls stay.
package final class MaskField: Transformation {
    package static let className = "org.apache.kafka.connect.transforms.MaskField"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try MaskField(part, context.properties)
    }

    struct Settings: Sendable {
        var fields: [String] = []
        var replacement: String?
        var replacesNull = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "fields", .list, isRequired: true, importance: .high, documentation: "The names of the fields.",
                validator: .distinctItems(allowsEmpty: false)),
            into: \.fields),
        ConfigOption(
            ConfigKey(
                "replacement", .string, importance: .low,
                documentation: "The text or number that replaces each value; for fields that hold texts or numbers only.",
                validator: .nonEmptyString)
        ) { input, settings in
            if case .text(let text) = input.setting { settings.replacement = text }
        },
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    /// What a field gets.
    private struct Field {
        let source: StructPlan.Source
        let name: String
        let schema: Schema
        /// What replaces a value that is not null; nil: it stays.
        let mask: Result<ConnectValue, DataError>?
    }

    private static let purpose = "mask fields"

    private let part: RecordPart
    private let names: Set<String>
    private let mask: MaskValue
    private let replacesNull: Bool
    private var plans = SchemaPlans<[Field]>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        self.part = part
        names = Set(settings.fields)
        mask = MaskValue(replacement: settings.replacement)
        replacesNull = settings.replacesNull
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            var map = JavaHashMap(copying: try value.requiringMap(for: Self.purpose))
            for name in JavaHashOrder.sorted(names.sorted(), hash: { $0.javaHashCode }) {
                let value = map[name] ?? .null
                map[name] = value.isNull ? .null : try mask.value(for: value, nil)
            }
            record.set(part, nil, .map(map.entries))
            return true
        }
        let structure = try value.requiringStruct(schema, for: Self.purpose)
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(structure.values.count)
        for field in plan(for: structure.schema) {
            var value = field.source.value(in: structure.values, record)
            if value.isNull {
                try field.schema.checkNull(value, field: field.name)
            } else if let mask = field.mask {
                value = try mask.get()
            }
            values.append(value)
        }
        record.set(part, schema, .structure(Struct(schema: structure.schema, values: values)))
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.schema(of: part), let fields = shape.value(of: part).fields else {
            return .dependsOnValues
        }
        var changed: [ValueShape] = []
        for field in plan(for: schema) {
            guard let shape = field.source.shape(in: fields, topic: shape.topic) else { return .dependsOnValues }
            switch shape {
            case .constant(.null):
                try field.schema.checkNull(.null, field: field.name)
                changed.append(shape)
            case .input(_, let replacement):
                let isNeverNull = replacement != nil || !field.schema.isOptional
                if !field.schema.isOptional, replacement == nil, field.schema.defaultValue != nil {
                    return .dependsOnValues
                }
                guard let mask = field.mask else {
                    changed.append(shape)
                    continue
                }
                guard isNeverNull else { return .dependsOnValues }
                changed.append(.constant(try mask.get()))
            case .constant, .structure: changed.append(try field.mask.map { .constant(try $0.get()) } ?? shape)
            }
        }
        shape.set(part, schema, .structure(changed))
        return .applied
    }

    private func plan(for schema: Schema) -> [Field] {
        plans.plan(for: schema) { schema in
            schema.fields.enumerated().map { index, field in
                var mask: Result<ConnectValue, DataError>?
                if names.contains(field.name) {
                    mask = Result { () throws(DataError) in try self.mask.value(of: field.schema) }
                }
                return Field(
                    source: .init(index, of: schema, replacesNull: replacesNull), name: field.name,
                    schema: field.schema, mask: mask)
            }
        }
    }
}
