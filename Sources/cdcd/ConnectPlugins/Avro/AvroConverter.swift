import ConnectData
import WireCore

/// What Confluent's and Apicurio's Avro converters have in common: they register the Avro schema of a value, and write
/// the value after, or beside, the schema's id.
package final class AvroConverter: Converter {
    /// How one of the two converters uses its registry.
    struct Dialect {
        let registry: ConverterRegistry
        /// Added to records whose ids are in headers.
        var headers: [RawHeader] = []
        /// The schema of records without an id.
        var fallback: SchemaID?
        /// Whether errors of the registry and of reading name the topic, as those of Confluent's serializers.
        var namesTopicInErrors = true
        /// The class, as the logger's name.
        let className: String
    }

    /// A schema, ready to be written for a topic.
    private struct Prepared {
        let plan: AvroSinkPlan
        let headers: [RawHeader]
    }

    /// A schema that was read.
    private struct Known {
        let reader: AvroReader
        let schema: Schema?
        let isRawBytes: Bool
    }

    private let dialect: Dialect
    private let settings: AvroSettings
    private let logger: Logger
    private var prepared: PerSchemaCache<Prepared>
    /// For values without a schema, by topic.
    private var anything: BoundedCache<String, (prefix: [UInt8], headers: [RawHeader])>
    private var known: BoundedCache<SchemaID, Known>

    init(_ dialect: Dialect, _ settings: AvroSettings) {
        self.dialect = dialect
        self.settings = settings
        logger = Logger(dialect.className)
        prepared = PerSchemaCache(countMax: settings.schemaCountMax)
        anything = BoundedCache(countMax: settings.schemaCountMax)
        known = BoundedCache(countMax: settings.schemaCountMax)
    }

    // MARK: Writing

    package func convert(
        _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
    ) throws -> Bool {
        guard let schema else {
            if value.isNull { return false }
            let start = writer.count
            writer.bytes(try anything(topic).prefix)
            do throws(DataError) {
                try AvroAnything.write(value, into: &writer)
            } catch {
                writer.truncate(to: start)
                throw error
            }
            return true
        }
        if value.isNull {
            guard schema.isOptional else { throw DataError("Found null value for non-optional schema") }
            return false
        }
        try AvroSink.write(value, try find(schema, topic).plan, into: &writer)
        return true
    }

    package func sink(for schema: Schema, topic: String) throws -> ConverterSink? {
        .avro(try find(schema, topic).plan)
    }

    package var addsRecordHeaders: Bool { dialect.registry.framing.addsRecordHeaders }

    package func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader] {
        guard addsRecordHeaders else { return [] }
        guard let schema else { return try anything(topic).headers }
        return try find(schema, topic).headers
    }

    private func find(_ schema: Schema, _ topic: String) throws -> Prepared {
        try prepared.value(for: schema, topic: topic) {
            let own = try AvroSchemaBuilder.schema(of: schema, settings, logger)
            let (id, registered) = try register(own, topic)
            let form = try AvroFormBuilder(registered, settings).form(schema)
            let prefix = try dialect.registry.framing.prefix(id)
            return Prepared(plan: try AvroSinkPlan(form, prefix: prefix), headers: try headers(id))
        }
    }

    private func headers(_ id: SchemaID) throws(DataError) -> [RawHeader] {
        addsRecordHeaders ? try dialect.registry.framing.headers(id) + dialect.headers : []
    }

    private func anything(_ topic: String) throws -> (prefix: [UInt8], headers: [RawHeader]) {
        try anything.value(for: topic) {
            let id = try register(AvroAnything.schema, topic).id
            return (prefix: try dialect.registry.framing.prefix(id), headers: try headers(id))
        }
    }

    /// - Returns: the schema to write with, which is the given one unless the settings select another.
    private func register(_ schema: AvroSchema, _ topic: String) throws -> (id: SchemaID, schema: AvroSchema) {
        let text = schema.text
        let subject = try dialect.registry.subject(topic, schema.recordName)
        do {
            let registration = try dialect.registry.client.registration(
                of: RegisteredSchema(.avro, text: text), subject: subject)
            if registration.schema.text == text { return (registration.id, schema) }
            return (registration.id, try parse(registration.schema))
        } catch let error as DataError where dialect.namesTopicInErrors {
            throw DataError("Failed to serialize Avro data from topic \(topic) :\nCaused by: \(error.message)")
        }
    }

    private func parse(_ schema: RegisteredSchema) throws -> AvroSchema {
        guard schema.language == .avro else {
            throw DataError("The schema is not Avro's but \(schema.language.rawValue)")
        }
        let references = schema.references.isEmpty ? [] : try dialect.registry.client.referencedSchemas(of: schema)
        return try AvroSchemaParser.parse(
            schema.text, references: references.map(\.schema.text), variant: settings.variant)
    }

    // MARK: Reading

    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        guard let bytes else { return .null }
        do {
            let frame: (id: SchemaID, offset: Int)
            do {
                let found = try dialect.registry.framing.read(bytes, headers: headers)
                frame = (found.id, found.payloadOffset)
            } catch {
                guard let fallback = dialect.fallback else { throw error }
                frame = (fallback, 0)
            }
            let known = try find(frame.id, topic)
            let body = UnsafeRawBufferPointer(rebasing: bytes[frame.offset...])
            if known.isRawBytes { return SchemaAndValue(known.schema, .bytes([UInt8](body))) }
            let value = try known.reader.value(body)
            return value.isNull ? .null : SchemaAndValue(known.schema, value)
        } catch let error as DataError where dialect.namesTopicInErrors {
            throw DataError("Failed to deserialize data for topic \(topic) to Avro: \nCaused by: \(error.message)")
        }
    }

    /// Reads a value with the text of its schema, without a registry.
    package static func decode(
        _ body: UnsafeRawBufferPointer, schemaText: String
    ) throws(DataError) -> SchemaAndValue {
        let schema = try AvroSchemaParser.parse(schemaText, variant: .apicurio)
        let reader = try AvroReader(schema, AvroSettings(), Logger("AvroConverter"))
        return SchemaAndValue(reader.target, try reader.value(body))
    }

    private func find(_ id: SchemaID, _ topic: String) throws -> Known {
        try known.value(for: id) {
            try Self.known(try parse(dialect.registry.schema(id, topic: topic)), settings, logger)
        }
    }

    private static func known(_ schema: AvroSchema, _ settings: AvroSettings, _ logger: Logger) throws -> Known {
        let reader = try AvroReader(schema, settings, logger)
        var isRawBytes = false
        if settings.writesRawBytes, case .bytes = schema.rootType.kind { isRawBytes = true }
        return Known(reader: reader, schema: reader.target, isRawBytes: isRawBytes)
    }
}

extension AvroSchema {
    /// The full name of a record.
    fileprivate var recordName: String? {
        if case .record = rootType.kind { rootType.name?.fullName } else { nil }
    }

    /// Whether values have no schema.
    var isAnything: Bool {
        guard rootType.name == AvroAnything.name, case .record(let fields) = rootType.kind else { return false }
        return text == AvroAnything.schema.text && fields.count == AvroAnything.Field.allCases.count
    }
}
