import ConnectData
import WireCore

/// Apicurio's `io.apicurio.registry.utils.converter.ExtJsonConverter` 2.6: documents `{"schemaId":…,"payload":…}` as of
/// `JsonConverter`, whose schema of Connect is in a registry.
///
/// The id is always the global one and in the document: the options for ids do not concern this class.
package final class ExtJSONConverter: Converter {
    package static let className = "io.apicurio.registry.utils.converter.ExtJsonConverter"

    /// Java lists none of its properties.
    package static let definition = ConfigDefinition([])

    private static let ownKeys: Set = ["decimal.format", "replace.null.with.default", "schemas.cache.size"]
    private static let hidden = ConfigDefinition(
        JSONConverter.definition.keys.filter { ownKeys.contains($0.name) }
            + ApicurioRegistrySettings.options.definition.keys)

    /// Java lists no version of it.
    package static let plugin = PluginDescriptor(
        className, version: { _ in "" },
        properties: { _ in PluginProperties(definition, hidden: hidden) },
        factory: .converter { context throws(ConfigError) in try ExtJSONConverter(context) })

    private let options: JSONSinkOptions
    private let registry: SchemaRegistry
    private let artifacts: ArtifactNameStrategy
    private let isKey: Bool
    private var plans: PerSchemaCache<JSONSinkPlan>
    private var schemas: BoundedCache<Int64, Schema>

    private convenience init(_ context: PluginContext) throws(ConfigError) {
        let settings = try ApicurioRegistrySettings(context.properties)
        try self.init(
            context.properties, registry: settings.makeRegistry(.kafkaConnect, control: context.control),
            artifacts: settings.artifacts, isKey: context.properties["converter.type"] == "key")
    }

    init(
        _ properties: [String: String], registry: SchemaRegistry, artifacts: ArtifactNameStrategy = .topic, isKey: Bool
    ) throws(ConfigError) {
        var own = properties.filter { Self.ownKeys.contains($0.key) }
        own["schemas.enable"] = "false"
        own["converter.type"] = isKey ? "key" : "value"
        let settings = try JSONConverter.options.parse(own, into: JSONConverter.Settings())
        options = settings.json
        schemas = BoundedCache(countMax: settings.schemaCountMax)
        self.registry = registry
        self.artifacts = artifacts
        self.isKey = isKey
        plans = PerSchemaCache(countMax: settings.schemaCountMax)
    }

    // MARK: Writing

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard let schema else {
            if value.isNull { return false }
            throw DataError("A value without a schema cannot be written: the registry has no schema for it")
        }
        try JSONSink.write(value, try plan(for: schema, topic), into: &writer)
        return true
    }

    package func sink(for schema: Schema, topic: String) throws -> ConverterSink? {
        .json(try plan(for: schema, topic))
    }

    private func plan(for schema: Schema, _ topic: String) throws -> JSONSinkPlan {
        try plans.value(for: schema, topic: topic) {
            var text = ByteWriter()
            try text.jsonSchema(schema, fieldName: nil, options: options)
            let artifact = try artifacts.artifact(topic: topic, isKey: isKey, recordName: nil)
            let registration = try registry.registration(
                of: RegisteredSchema(.kafkaConnect, text: String(decoding: text.array(), as: UTF8.self)),
                subject: artifact)
            guard let id = registration.id.globalID else {
                throw DataError("The registry gives the schema of \(artifact.name) no global id")
            }
            return try JSONSinkPlan(
                schema, options: options, envelope: .object(start: [UInt8]("{\"schemaId\":\(id),\"payload\":".utf8)))
        }
    }

    // MARK: Reading

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return .null }
        let id = try JSONReader.member("schemaId", of: bytes)
        guard let number = id.integerValue ?? id.stringValue.flatMap({ Int64($0) }) else {
            throw DataError("The document has no number as its schemaId")
        }
        let schema = try schema(number)
        return SchemaAndValue(schema, try JSONReader.value(bytes, member: "payload", schema, options))
    }

    private func schema(_ id: Int64) throws -> Schema {
        try schemas.value(for: id) {
            let text = try registry.schema(id: SchemaID(globalID: id)).text
            let json: JSONValue
            do throws(JSONError) {
                json = try JSONValue.parse(text)
            } catch {
                throw DataError("The schema \(id) is no JSON: \(error)")
            }
            return try JSONSchemaReader(options: options).schema(json)
        }
    }
}
