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
        // Java fails to start too, with a message of its own.
        if let text = settings.schemaContent, let problem = reader.useForAll(schemaText: text) {
            throw ConfigError(name: "schema.content", value: text, reason: problem)
        }
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

/// Values without a schema, by their kind.
enum SchemalessJSON {
    static func write(
        _ value: ConnectValue, _ options: JSONSinkOptions, into writer: inout ByteWriter
    ) throws(DataError) {
        switch value {
        case .null: writer.literal("null")
        case .boolean(let flag): flag ? writer.literal("true") : writer.literal("false")
        case .integer(let number): writer.decimal(number)
        case .float32(let number): writer.jsonNumber(number)
        case .float64(let number): writer.jsonNumber(number)
        case .string(let text): writer.jsonString(text)
        case .bytes(let bytes):
            writer.jsonBase64(bytes)
        case .array(let items):
            writer.byte(UInt8(ascii: "["))
            for index in items.indices {
                if index > 0 { writer.byte(UInt8(ascii: ",")) }
                try write(items[index], options, into: &writer)
            }
            writer.byte(UInt8(ascii: "]"))
        case .map(let entries): try write(entries, options, into: &writer)
        case .structure(let value):
            var sink = JSONSink(try JSONSinkPlan(value.schema, options: options.withoutSchemas), writer)
            sink.value(.structure(value))
            let error = sink.error
            writer = sink.takeWriter()
            if let error { throw error }
        case .instant:
            throw DataError("Java class class java.util.Date does not have corresponding schema type.")
        }
    }

    /// An object if every key is a string, otherwise an array of pairs.
    private static func write(
        _ entries: [ConnectValue.MapEntry], _ options: JSONSinkOptions, into writer: inout ByteWriter
    ) throws(DataError) {
        let isObject = entries.allSatisfy { $0.key.stringValue != nil }
        writer.byte(UInt8(ascii: isObject ? "{" : "["))
        for index in entries.indices {
            if index > 0 { writer.byte(UInt8(ascii: ",")) }
            if !isObject { writer.byte(UInt8(ascii: "[")) }
            try write(entries[index].key, options, into: &writer)
            writer.byte(UInt8(ascii: isObject ? ":" : ","))
            try write(entries[index].value, options, into: &writer)
            if !isObject { writer.byte(UInt8(ascii: "]")) }
        }
        writer.byte(UInt8(ascii: isObject ? "}" : "]"))
    }
}
