import ConnectData
import WireCore

/// Confluent's `io.confluent.connect.json.JsonSchemaConverter`: JSON documents whose JSON Schema is in a registry.
package final class JSONSchemaConverter: Converter {
    package static let className = "io.confluent.connect.json.JsonSchemaConverter"

    package static let definition = ConfigDefinition(
        ConfluentRegistrySettings.definition.keys + JSONSchemaSettings.options.definition.keys)

    package static let plugin = PluginDescriptor(
        className, definition,
        factory: .converter { context throws(ConfigError) in
            try JSONSchemaConverter(context.properties, registry: ConverterRegistry(confluent: context))
        })

    /// How values of a schema are written to a topic.
    private struct Writing {
        let id: SchemaID
        let plan: JSONSinkPlan
        /// What a null is; nil: Kafka's null.
        let null: ConnectValue?
    }

    private let settings: JSONSchemaSettings
    private let registry: ConverterRegistry
    private var writings: PerSchemaCache<Writing>
    private var schemas: BoundedCache<SchemaID, Schema>

    init(_ properties: [String: String], registry: ConverterRegistry) throws(ConfigError) {
        settings = try JSONSchemaSettings.options.parse(properties, into: JSONSchemaSettings())
        self.registry = registry
        writings = PerSchemaCache(countMax: settings.schemaCountMax)
        schemas = BoundedCache(countMax: settings.schemaCountMax)
    }

    // MARK: Writing

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard let schema else {
            if value.isNull { return false }
            throw Self.writeError(topic, "a value without a schema has no JSON Schema")
        }
        let writing = try writing(of: schema, topic)
        if value.isNull, writing.null == nil { return false }
        try JSONSink.write(value, writing.plan, into: &writer)
        return true
    }

    package func sink(for schema: Schema, topic: String) throws -> ConverterSink? {
        .json(try writing(of: schema, topic).plan)
    }

    package var addsRecordHeaders: Bool { registry.framing.addsRecordHeaders }

    package func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader] {
        guard addsRecordHeaders, let schema else { return [] }
        return try registry.framing.headers(try writing(of: schema, topic).id)
    }

    private func writing(of schema: Schema, _ topic: String) throws -> Writing {
        try writings.value(for: schema, topic: topic) {
            let text = try JSONSchemaTextWriter.text(of: schema, settings)
            let null: ConnectValue? =
                if settings.json.replacesNullWithDefault, let value = schema.defaultValue { value } else {
                    schema.isOptional ? .null : nil
                }
            do {
                let subject = try registry.subject(topic, schema.name)
                let id = try registry.client.registration(
                    of: RegisteredSchema(.json, text: text), subject: subject).id
                let plan = try JSONSinkPlan(
                    schema, options: settings.json, envelope: .prefix(try registry.framing.prefix(id)))
                return Writing(id: id, plan: plan, null: null)
            } catch let error as DataError {
                throw Self.writeError(topic, "Error registering JSON schema: \(text)\nCaused by: \(error.message)")
            }
        }
    }

    private static func writeError(_ topic: String, _ cause: String) -> DataError {
        DataError(
            "Converting Kafka Connect data to byte[] failed due to serialization error of topic \(topic): \n"
                + "Caused by: \(cause)")
    }

    // MARK: Reading

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return .null }
        do {
            let frame = try registry.framing.read(bytes, headers: headers)
            let schema = try schema(frame.id, topic)
            let payload = UnsafeRawBufferPointer(rebasing: bytes[frame.payloadOffset...])
            return SchemaAndValue(schema, try JSONReader.value(payload, schema, settings.json))
        } catch let error as DataError {
            throw DataError(
                "Converting byte[] to Kafka Connect data failed due to serialization error of topic \(topic): \n"
                    + "Caused by: \(error.message)")
        }
    }

    private func schema(_ id: SchemaID, _ topic: String) throws -> Schema {
        try schemas.value(for: id) {
            let registered = try registry.schema(id, topic: topic)
            guard registered.language == .json else {
                throw DataError("The schema \(id) is not a JSON Schema, but of the type \(registered.language.rawValue)")
            }
            var documents: [String: JSONValue] = [:]
            for reference in try registry.client.referencedSchemas(of: registered) {
                documents[reference.name] = try Self.parse(reference.schema.text)
            }
            var translator = JSONSchemaTranslator(
                try Self.parse(registered.text), documents: documents, settings: settings)
            return try translator.schema(version: nil)
        }
    }

    /// Reads a document with the text of its schema, without a registry.
    package static func decode(
        _ document: UnsafeRawBufferPointer, schemaText: String
    ) throws(DataError) -> SchemaAndValue {
        let settings = JSONSchemaSettings()
        var translator = JSONSchemaTranslator(try parse(schemaText), documents: [:], settings: settings)
        let schema = try translator.schema(version: nil)
        return SchemaAndValue(schema, try JSONReader.value(document, schema, settings.json))
    }

    private static func parse(_ text: String) throws(DataError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(text)
        } catch {
            throw DataError("Invalid JSON \(text.prefix(200)): \(error)")
        }
    }
}
