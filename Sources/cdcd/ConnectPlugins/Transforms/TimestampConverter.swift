import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.transforms.TimestampConverter`: converts a timestamp between Connect's date and
/// time types, numbers and texts. It is a field, or the whole key or value.
package final class TimestampConverter: Transformation {
    package static let plugins = PluginDescriptor.variants(
        of: "org.apache.kafka.connect.transforms.TimestampConverter", options.definition
    ) { part, context throws(ConfigError) in try TimestampConverter(part, context.properties) }

    struct Settings: Sendable {
        var field = ""
        var target = TimestampType.timestamp
        var format = ""
        var precision = UnixPrecision.milliseconds
        var replacesNullWithDefault = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey(
                "field", .string, defaultValue: "", importance: .high,
                documentation: "The field with the timestamp; empty if the whole key or value is one."),
            into: \.field),
        ConfigOption(
            ConfigKey(
                "target.type", .string, isRequired: true, importance: .high,
                documentation: "What the timestamp becomes: string, unix, Date, Time or Timestamp.",
                validator: .oneOf(["string", "unix", "Date", "Time", "Timestamp"]))
        ) { input, settings in
            if let type = input.trimmed.flatMap(TimestampType.init(rawValue:)) { settings.target = type }
        },
        ConfigOption(
            ConfigKey(
                "format", .string, defaultValue: "", importance: .medium,
                documentation: "How texts are written and read: a pattern of Java's SimpleDateFormat, in UTC."),
            into: \.format),
        ConfigOption(
            ConfigKey(
                "unix.precision", .string, defaultValue: "milliseconds", importance: .low,
                documentation: "The unit of numbers: seconds, milliseconds, microseconds or nanoseconds. What is shorter "
                    + "than a millisecond is lost.",
                validator: .oneOf(["nanoseconds", "microseconds", "milliseconds", "seconds"]))
        ) { input, settings in
            if let unit = input.trimmed.flatMap(UnixPrecision.init(rawValue:)) { settings.precision = unit }
        },
        ConfigOption(
            ConfigKey(
                "replace.null.with.default", .boolean, defaultValue: "true", importance: .medium,
                documentation: "Whether a null field whose schema has a default becomes that default."),
            into: \.replacesNullWithDefault),
    ])

    /// What a schema of the record becomes.
    private struct Plan {
        let schema: Schema
        /// The field with the timestamp; nil: there is none, or the whole value is one.
        let index: Int?
        /// Thrown for each timestamp if the type is none.
        let source: Result<TimestampType, DataError>
    }

    private let part: RecordPart
    private let settings: Settings
    private let values: TimestampValues
    private var plans = SchemaPlans<Plan>()

    init(_ part: RecordPart, _ properties: [String: String]) throws(ConfigError) {
        self.part = part
        settings = try Self.options.parse(properties, into: Settings())
        let pattern = settings.format
        let hasPattern = !JavaText.trim(pattern).isEmpty
        if settings.target == .string, !hasPattern {
            throw ConfigError(
                name: "",
                message: "TimestampConverter requires format option to be specified when using string timestamps")
        }
        do throws(SimpleDateFormat.PatternError) {
            values = TimestampValues(
                format: hasPattern ? try SimpleDateFormat(pattern, now: WallTime.now.epochMilliseconds) : nil,
                pattern: pattern, precision: settings.precision)
        } catch {
            throw ConfigError(
                name: "",
                message: "Invalid value java.lang.IllegalArgumentException: \(error.description) for configuration "
                    + "TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: "
                    + pattern)
        }
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        guard let schema = record.schema(of: part) else {
            record.set(part, nil, try convert(schemaless: value))
            return true
        }
        if settings.field.isEmpty {
            let plan = plans.plan(for: schema, make: wholePlan)
            record.set(part, plan.schema, try convert(value, schema, plan.source))
            return true
        }
        let row = try value.isNull ? nil : value.requiringStruct(schema, for: Self.purpose)
        let plan = try plans.plan(for: schema, make: fieldPlan)
        record.set(part, plan.schema, try row.map { try convert($0, plan) } ?? .null)
        return true
    }

    private static let purpose = "converting timestamp formats"

    // MARK: Values with a schema

    private func wholePlan(_ schema: Schema) -> Plan {
        Plan(
            schema: settings.target.schema(isOptional: schema.isOptional), index: nil, source: TimestampType.of(schema))
    }

    private func fieldPlan(_ schema: Schema) throws(DataError) -> Plan {
        guard schema.type == .structure else { throw DataError("Cannot list fields on non-struct type") }
        var fields = schema.fields
        let index = schema.index(of: settings.field)
        if let index {
            let type = settings.target.schema(isOptional: fields[index].schema.isOptional)
            fields[index] = .init(settings.field, type)
        }
        let copied = try schema.copy(fields: fields)
        let plan = Plan(
            schema: copied.copy(isOptional: schema.isOptional, defaultValue: nil), index: index,
            source: index.map { TimestampType.of(schema.fields[$0].schema) } ?? .success(.timestamp))
        guard case .structure(let row) = schema.defaultValue else { return plan }
        let value = try convert(row, plan)
        return Plan(
            schema: plan.schema.copy(isOptional: schema.isOptional, defaultValue: value), index: index,
            source: plan.source)
    }

    private func convert(_ row: Struct, _ plan: Plan) throws(DataError) -> ConnectValue {
        var row = row
        let fields = row.schema.fields
        for index in fields.indices {
            if row.values[index].isNull, settings.replacesNullWithDefault, let value = fields[index].nonNullDefault {
                row.values[index] = value
            }
            if index == plan.index {
                row.values[index] = try convert(row.values[index], fields[index].schema, plan.source)
            }
            try plan.schema.fields[index].schema.checkNull(row.values[index], field: fields[index].name)
        }
        return .structure(Struct(schema: plan.schema, values: row.values))
    }

    private func convert(
        _ value: ConnectValue, _ schema: Schema, _ source: Result<TimestampType, DataError>
    ) throws(DataError) -> ConnectValue {
        let source = try source.get()
        if value.isNull { return .null }
        return values.value(try values.milliseconds(value, schema, source), settings.target)
    }

    // MARK: Values without a schema

    private func convert(schemaless value: ConnectValue) throws(DataError) -> ConnectValue {
        if value.isNull { return .null }
        if settings.field.isEmpty { return try convert(schemalessTimestamp: value) }
        var map = JavaHashMap(copying: try value.requiringMap(for: Self.purpose))
        map[settings.field] = try convert(schemalessTimestamp: map[settings.field] ?? .null)
        return .map(map.entries)
    }

    private func convert(schemalessTimestamp value: ConnectValue) throws(DataError) -> ConnectValue {
        let source: TimestampType
        switch value {
        case .null: return .null
        case .instant: source = .timestamp
        case .integer: source = .unix
        case .string: source = .string
        case .boolean, .float32, .float64, .bytes, .array, .map, .structure:
            throw DataError(
                "TimestampConverter does not support class \(value.javaClassName(nil)) objects as timestamps")
        }
        let milliseconds = try values.milliseconds(value, nil, source)
        switch settings.target {
        case .string, .unix: return values.value(milliseconds, settings.target)
        case .date, .time, .timestamp: return .instant(settings.target.truncated(milliseconds))
        }
    }
}
