import ConnectData
import WireCore

/// Confluent's `io.confluent.connect.protobuf.ProtobufConverter`: messages of Protocol Buffers whose .proto file is in
/// a registry.
package final class ProtobufConverter: Converter {
    package static let className = "io.confluent.connect.protobuf.ProtobufConverter"

    package static let definition = ConfigDefinition(
        ConfluentRegistrySettings.definition.keys + ProtobufSettings.options.definition.keys)

    package static let plugin = PluginDescriptor(
        className, definition,
        factory: .converter { context throws(ConfigError) in
            try ProtobufConverter(context.properties, registry: ConverterRegistry(confluent: context))
        })

    /// How values of a schema are written to a topic.
    private struct Writing {
        let id: SchemaID
        /// The schema's id and the message's indexes.
        let prefix: [UInt8]
        let messageIndexes: [UInt8]
        let kind: ProtobufPlan.Kind
    }

    private struct MessageID: Hashable {
        let schema: SchemaID
        let indexes: [Int]
    }

    private let settings: ProtobufSettings
    private let registry: ConverterRegistry
    private var writings: PerSchemaCache<Writing>
    private var readings: BoundedCache<MessageID, ProtobufReadPlan.Kind>

    init(_ properties: [String: String], registry: ConverterRegistry) throws(ConfigError) {
        settings = try ProtobufSettings.options.parse(properties, into: ProtobufSettings())
        self.registry = registry
        writings = PerSchemaCache(countMax: settings.schemaCountMax)
        readings = BoundedCache(countMax: settings.schemaCountMax)
    }

    // MARK: Writing

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        if value.isNull { return false }
        guard let schema else { throw Self.writeError(topic, "a value without a schema has no Protobuf schema") }
        let writing = try writing(of: schema, topic)
        let start = writer.count
        writer.bytes(writing.prefix)
        do throws(DataError) {
            try ProtobufEncoder.write(value, writing.kind, into: &writer)
        } catch {
            writer.truncate(to: start)
            throw error
        }
        return true
    }

    package var addsRecordHeaders: Bool { registry.framing.addsRecordHeaders }

    package func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader] {
        guard addsRecordHeaders, let schema else { return [] }
        let writing = try writing(of: schema, topic)
        return try registry.framing.headers(writing.id, messageIndexes: writing.messageIndexes)
    }

    private func writing(of schema: Schema, _ topic: String) throws -> Writing {
        try writings.value(for: schema, topic: topic) {
            let derived = try ProtobufSchemaBuilder.derivation(of: schema, settings)
            let text = ProtobufTextWriter.text(of: derived.file)
            do {
                let subject = try registry.subject(topic, derived.messageName)
                let registration = try registry.client.registration(
                    of: RegisteredSchema(.protobuf, text: text), subject: subject)
                var indexes = derived.messageIndexes
                if registration.schema.text != text {
                    // The settings select another schema, in which the message may have another place.
                    let file = try ProtobufTextParser.parse(registration.schema.text)
                    guard let found = ProtobufTypes.indexes(of: derived.messageName, in: file) else {
                        throw DataError("The registry's schema has no message \(derived.messageName)")
                    }
                    indexes = found
                }
                let messageIndexes = ProtobufMessageIndexes.encoded(indexes)
                let prefix = try registry.framing.prefix(registration.id)
                return Writing(
                    id: registration.id, prefix: addsRecordHeaders ? [] : prefix + messageIndexes,
                    messageIndexes: messageIndexes, kind: derived.kind)
            } catch let error as DataError {
                throw Self.writeError(topic, "Error registering Protobuf schema: \(text)\nCaused by: \(error.message)")
            }
        }
    }

    private static func writeError(_ topic: String, _ cause: String) -> DataError {
        DataError("Failed to serialize Protobuf data from topic \(topic) :\nCaused by: \(cause)")
    }

    // MARK: Reading

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return .null }
        do {
            let frame = try registry.framing.read(bytes, headers: headers)
            var payload = UnsafeRawBufferPointer(rebasing: bytes[frame.payloadOffset...])
            let indexes: [Int]
            if frame.headerRest.isEmpty {
                let (found, count) = try ProtobufMessageIndexes.decode(payload)
                indexes = found
                payload = UnsafeRawBufferPointer(rebasing: payload[count...])
            } else {
                indexes = try frame.headerRest.withUnsafeBytes { try ProtobufMessageIndexes.decode($0).indexes }
            }
            let kind = try reading(of: MessageID(schema: frame.id, indexes: indexes), topic)
            return SchemaAndValue(kind.rootSchema, try ProtobufDecoder.value(payload, kind))
        } catch let error as DataError {
            throw DataError(
                "Failed to deserialize data for topic \(topic) to Protobuf: \nCaused by: \(error.message)")
        }
    }

    private func reading(of message: MessageID, _ topic: String) throws -> ProtobufReadPlan.Kind {
        try readings.value(for: message) {
            let registered = try registry.schema(message.schema, topic: topic)
            guard registered.language == .protobuf else {
                throw DataError(
                    "The schema \(message.schema) is not a Protobuf schema, but of the type "
                        + registered.language.rawValue)
            }
            let imported = Dictionary(
                try registry.client.referencedSchemas(of: registered).map { ($0.name, $0.schema.text) },
                uniquingKeysWith: { first, _ in first })
            return try Self.kind(registered.text, imported, message.indexes, settings)
        }
    }

    private static func kind(
        _ text: String, _ imported: [String: String], _ indexes: [Int], _ settings: ProtobufSettings
    ) throws(DataError) -> ProtobufReadPlan.Kind {
        let file = try ProtobufTextParser.parse(text)
        guard let name = ProtobufTypes.name(of: indexes, in: file) else {
            throw DataError("The Protobuf schema has no message at \(indexes)")
        }
        var translator = ProtobufTranslator(try ProtobufTypes(file) { imported[$0] }, settings)
        return try translator.root(name, version: nil)
    }

    /// Reads the first message of a .proto text, without a registry.
    package static func decode(_ body: UnsafeRawBufferPointer, schemaText: String) throws(DataError) -> SchemaAndValue {
        let kind = try kind(schemaText, [:], [0], ProtobufSettings())
        return SchemaAndValue(kind.rootSchema, try ProtobufDecoder.value(body, kind))
    }
}
