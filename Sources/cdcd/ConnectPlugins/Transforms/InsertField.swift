import ConnectData

/// Kafka's `org.apache.kafka.connect.transforms.InsertField`: appends fields with the record's topic, partition or
/// timestamp, or with a fixed text.
package final class InsertField: StructTransform {
    package static let className = "org.apache.kafka.connect.transforms.InsertField"

    package static let plugins = PluginDescriptor.variants(of: className, options.definition) {
        part, context throws(ConfigError) in try InsertField(part, context.properties)
    }

    struct Settings: Sendable {
        var topicField: String?
        var partitionField: String?
        var offsetField: String?
        var timestampField: String?
        var staticField: String?
        var staticValue: String?
        var replacesNull = true
    }

    private static func fieldKey(_ name: String, _ content: String) -> ConfigKey {
        ConfigKey(
            name, .string,
            documentation: "The field for \(content). With '!' at its end the field is required; with '?', or without "
                + "either, it is optional.")
    }

    static let options = ConfigOptions<Settings>([
        option(fieldKey("topic.field", "the record's topic"), \.topicField),
        option(fieldKey("partition.field", "the record's partition"), \.partitionField),
        option(fieldKey("offset.field", "the record's offset, which only records of sinks have"), \.offsetField),
        option(fieldKey("timestamp.field", "the record's timestamp"), \.timestampField),
        option(fieldKey("static.field", "a fixed text"), \.staticField),
        option(ConfigKey("static.value", .string, documentation: "The fixed text."), \.staticValue),
        ConfigOption(TransformKeys.replaceNullWithDefault, into: \.replacesNull),
    ])

    /// An empty text is a name, too.
    private static func option(_ key: ConfigKey, _ path: ConfigPath<Settings, String?>) -> ConfigOption<Settings> {
        ConfigOption(key) { input, settings in
            if case .text(let text) = input.setting { settings[keyPath: path] = text }
        }
    }

    private struct Field {
        let name: String
        let isOptional: Bool
        let source: StructPlan.Source

        init?(_ text: String?, _ source: StructPlan.Source) {
            guard let text else { return nil }
            let hasMark = text.hasSuffix("?") || text.hasSuffix("!")
            name = hasMark ? String(text.dropLast()) : text
            isOptional = !text.hasSuffix("!")
            self.source = source
        }

        var schema: Schema {
            switch source {
            case .partition: Schema(.int32, isOptional: isOptional)
            case .offset: Schema(.int64, isOptional: isOptional)
            case .timestamp:
                Schema(.int64, isOptional: isOptional, name: LogicalType.timestamp.rawValue, version: 1)
            case .topic, .constant, .field, .nested: Schema(.string, isOptional: isOptional)
            }
        }
    }

    let part: RecordPart
    let purpose = "field insertion"
    var plans = SchemaPlans<StructPlan>()
    private let fields: [Field]
    private let hasOffset: Bool
    private let replacesNull: Bool

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(properties, into: Settings())
        if settings.staticField != nil, settings.staticValue == nil {
            // The name that Java prints is an object's identity.
            throw ConfigError(
                name: "static.value", value: nil,
                reason: "No value specified for static field: \(settings.staticField ?? "")")
        }
        self.part = part
        fields = [
            Field(settings.topicField, .topic), Field(settings.partitionField, .partition),
            Field(settings.offsetField, .offset), Field(settings.timestampField, .timestamp),
            Field(settings.staticField, .constant(.string(settings.staticValue ?? ""))),
        ].compactMap { $0 }
        hasOffset = settings.offsetField != nil
        if fields.isEmpty { throw ConfigError(name: "", message: "No field insertion configured") }
        replacesNull = settings.replacesNull
    }

    /// The error for a source's record.
    private var offsetError: DataError {
        DataError("Only SinkRecord supported for [\(purpose)], found: org.apache.kafka.connect.source.SourceRecord")
    }

    func makePlan(for schema: Schema) throws(DataError) -> StructPlan {
        let output = try schema.copy(fields: schema.fields + fields.map { .init($0.name, $0.schema) })
        let copied = schema.fields.indices.map {
            StructPlan.Source($0, of: schema, replacesNull: replacesNull)
        }
        let added = output.fields.indices.dropFirst(copied.count)
        return StructPlan(
            output, copied + fields.map(\.source), unchecked: Set(added), offsetError: hasOffset ? offsetError : nil)
    }

    func entries(
        of entries: [ConnectValue.MapEntry], _ record: borrowing ConnectRecord
    ) throws(DataError) -> [ConnectValue.MapEntry] {
        if hasOffset, record.consumedOffset == nil { throw offsetError }
        var map = JavaHashMap(copying: entries)
        for field in fields {
            switch field.source {
            case .topic: map[field.name] = .string(record.topic)
            case .partition: if let partition = record.partition { map[field.name] = .integer(Int64(partition)) }
            case .offset: if let offset = record.consumedOffset { map[field.name] = .integer(offset) }
            case .timestamp: if let timestamp = record.timestampMilliseconds { map[field.name] = .integer(timestamp) }
            case .constant(let value): map[field.name] = value
            case .field, .nested: break
            }
        }
        return map.entries
    }
}
