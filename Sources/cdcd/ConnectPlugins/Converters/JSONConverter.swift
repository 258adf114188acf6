import ConnectData
import WireCore

/// Kafka's `org.apache.kafka.connect.json.JsonConverter`.
///
/// With `schemas.enable` a value is `{"schema":…,"payload":…}`; the schema is encoded once and copied as bytes.
package final class JSONConverter: Converter, HeaderConverter {
    package static let className = "org.apache.kafka.connect.json.JsonConverter"

    package static let definition = options.definition

    struct Settings: Sendable {
        var json = JSONSinkOptions()
        var schemaCountMax = 1000
        var schemaContent: String?
    }

    static let options = ConfigOptions<Settings>([
        ConverterType.option(),
        ConfigOption(
            ConfigKey(
                "schemas.enable", .boolean, defaultValue: "true", importance: .high,
                documentation: "Whether each key and value is written together with its schema.", group: "Schemas",
                orderInGroup: 0, width: .medium, displayName: "Enable Schemas"),
            into: \.json.writesSchemas),
        ConfigOption(
            ConfigKey(
                "schemas.cache.size", .int, defaultValue: "1000", importance: .high,
                documentation: "How many schemas the converter keeps ready.", group: "Schemas", orderInGroup: 1,
                width: .medium, displayName: "Schema Cache Size"),
            into: \.schemaCountMax),
        ConfigOption(
            ConfigKey(
                "schema.content", .string, importance: .high,
                documentation: "A schema for reading messages that hold none. It concerns sink connectors only.",
                group: "Schemas", orderInGroup: 2, width: .medium, displayName: "Schema Content"),
            into: \.schemaContent),
        ConfigOption(
            ConfigKey(
                "decimal.format", .string, defaultValue: "BASE64", importance: .low,
                documentation: "How decimals are written: 'BASE64', the unscaled value's bytes, or 'NUMERIC', a JSON number. "
                    + "In any case of letters.",
                group: "Serialization", orderInGroup: 0, width: .medium, displayName: "Decimal Format",
                validator: .oneOfIgnoringCase(["NUMERIC", "BASE64"]))
        ) { input, settings in settings.json.writesDecimalsAsNumbers = input.trimmed?.uppercased() == "NUMERIC" },
        ConfigOption(
            ConfigKey(
                "replace.null.with.default", .boolean, defaultValue: "true", importance: .low,
                documentation: "Whether a null field whose schema has a default is written as that default.",
                group: "Serialization", orderInGroup: 1, width: .medium, displayName: "Replace null with default"),
            into: \.json.replacesNullWithDefault),
    ])

    package static let plugin = PluginDescriptor(
        className, definition,
        factory: .converter { context throws(ConfigError) in try JSONConverter(configuration: context.properties) })
    package static let headerPlugin = PluginDescriptor(
        className, definition,
        factory: .headerConverter { context throws(ConfigError) in
            try JSONConverter(configuration: context.properties)
        })

    private let options: JSONSinkOptions
    private var plans: BoundedCache<ObjectIdentifier, JSONSinkPlan>
    private var lastPlan: JSONSinkPlan?
    private var reader: JSONReader

    /// - Parameter configuration: the properties without their prefix; `converter.type` is not needed.
    package init(configuration: [String: String]) throws(ConfigError) {
        let settings = try Self.options.parse(ConverterType.completed(configuration), into: Settings())
        options = settings.json
        plans = BoundedCache(countMax: settings.schemaCountMax)
        reader = JSONReader(options: options, schemaCountMax: settings.schemaCountMax)
        if let text = settings.schemaContent { try reader.useForAll(schemaText: text) }
    }

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard let schema else {
            if value.isNull { return false }
            let start = writer.count
            if options.writesSchemas { writer.literal("{\"schema\":null,\"payload\":") }
            do throws(DataError) {
                try SchemalessJSON.write(value, options, into: &writer)
            } catch {
                writer.truncate(to: start)
                throw error
            }
            if options.writesSchemas { writer.byte(UInt8(ascii: "}")) }
            return true
        }
        try JSONSink.write(value, try plan(for: schema), into: &writer)
        return true
    }

    package func sink(for schema: Schema, topic: String) throws -> ConverterSink? { .json(try plan(for: schema)) }

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return .null }
        return try reader.read(bytes)
    }

    @inline(__always)
    private func plan(for schema: Schema) throws(DataError) -> JSONSinkPlan {
        if let lastPlan, lastPlan.schema === schema { return lastPlan }
        return try findPlan(for: schema)
    }

    private func findPlan(for schema: Schema) throws(DataError) -> JSONSinkPlan {
        // The plan retains the schema, by whose identity it is found.
        let plan = try plans.value(for: ObjectIdentifier(schema)) { () throws(DataError) in
            try JSONSinkPlan(schema, options: options)
        }
        lastPlan = plan
        return plan
    }
}
