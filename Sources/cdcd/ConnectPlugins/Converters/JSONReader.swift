import ConnectData
import WireCore

/// Reads JSON documents as `JsonConverter.toConnectData` does.
///
/// If a value does not have the type of its schema, Java passes a different value to consumers: a string as an `int32`
/// becomes 0, and 300 as an `int8` becomes 44. Here such values are errors.
struct JSONReader {
    private let options: JSONSinkOptions
    private var schemas: BoundedCache<JSONValue, Schema>
    private var beginnings = JSONBeginnings()
    /// `schema.content`: the schema of every document.
    private var fixedSchema: Schema?

    init(options: JSONSinkOptions, schemaCountMax: Int) {
        self.options = options
        schemas = BoundedCache(countMax: schemaCountMax)
    }

    /// Uses one schema for all documents, which then consist of the payload only.
    mutating func useForAll(schemaText: String) throws(ConfigError) {
        if schemaText.isEmpty { return }
        do {
            let json = try JSONValue.parse(schemaText)
            if !json.isNull { fixedSchema = try JSONSchemaReader(options: options).schema(json) }
        } catch let error as DataError {
            throw ConfigError(name: "", message: error.message)
        } catch {
            throw ConfigError(
                name: "", message: "Failed to parse schema in converter config due to serialization error: \(error)")
        }
    }

    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> SchemaAndValue {
        guard options.writesSchemas else { return try Self.schemaless(bytes) }
        if fixedSchema == nil, let known = beginnings.read(bytes) {
            let reader = JSONValueReader(options: options)
            return SchemaAndValue(known.schema, try reader.value(known.payload, known.texts, known.schema))
        }
        let document = bytes.isEmpty ? nil : try Self.parse(bytes)
        let (schema, payload): (Schema?, JSONValue)
        if let fixedSchema {
            (schema, payload) = (fixedSchema, document ?? .null)
        } else {
            guard let envelope = document?.objectValue, envelope.members.count == 2, let json = envelope["schema"],
                let content = envelope["payload"]
            else {
                throw DataError(
                    "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain "
                        + "additional fields. If you are trying to deserialize plain JSON data, set "
                        + "schemas.enable=false in your converter configuration.")
            }
            (schema, payload) = (try self.schema(json), content)
        }
        guard let schema else { return try Self.schemaless(bytes, member: fixedSchema == nil ? "payload" : nil) }
        // Only these need more digits than a double has.
        var texts: JSONValue?
        if JSONValueReader.needsNumberTexts(schema) {
            let document = try Self.parse(bytes, numbersAsText: true)
            texts = fixedSchema == nil ? document.objectValue?["payload"] : document
        }
        if fixedSchema == nil { beginnings.keep(bytes, schema) }
        return SchemaAndValue(schema, try JSONValueReader(options: options).value(payload, texts, schema))
    }

    /// A value without a schema, or the member of a document.
    private static func schemaless(
        _ bytes: UnsafeRawBufferPointer, member: String? = nil
    ) throws(DataError) -> SchemaAndValue {
        if bytes.isEmpty { return .null }
        let document = try parse(bytes, truncatesIntegers: true)
        let value = member.map { document.objectValue?[$0] ?? .null } ?? document
        return SchemaAndValue(nil, SchemalessReader.value(value))
    }

    /// A value without an envelope, or with one that has it as the named member.
    static func value(
        _ bytes: UnsafeRawBufferPointer, member: String? = nil, _ schema: Schema, _ options: JSONSinkOptions
    ) throws(DataError) -> ConnectValue {
        func part(numbersAsText: Bool) throws(DataError) -> JSONValue {
            let document = try parse(bytes, numbersAsText: numbersAsText)
            return member.map { document.objectValue?[$0] ?? .null } ?? document
        }
        let texts = JSONValueReader.needsNumberTexts(schema) ? try part(numbersAsText: true) : nil
        return try JSONValueReader(options: options).value(try part(numbersAsText: false), texts, schema)
    }

    /// A member of a document that is an object; otherwise null.
    static func member(_ name: String, of bytes: UnsafeRawBufferPointer) throws(DataError) -> JSONValue {
        try parse(bytes).objectValue?[name] ?? .null
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, numbersAsText: Bool = false, truncatesIntegers: Bool = false
    ) throws(DataError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(bytes, numbersAsText: numbersAsText, truncatesIntegers: truncatesIntegers)
        } catch {
            throw DataError(
                "Converting byte[] to Kafka Connect data failed due to serialization error: \nCaused by: "
                    + "org.apache.kafka.common.errors.SerializationException: \(error)")
        }
    }

    private mutating func schema(_ json: JSONValue) throws(DataError) -> Schema? {
        if json.isNull { return nil }
        return try schemas.value(for: json) { () throws(DataError) in
            try JSONSchemaReader(options: options).schema(json)
        }
    }
}

/// Values without a schema. Objects become maps in the order of Java's `HashMap`.
private enum SchemalessReader {
    static func value(_ json: JSONValue) -> ConnectValue {
        switch json {
        case .null: .null
        case .bool(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        // As in Java's `BigDecimal`, there is no negative zero.
        case .double(let number): .float64(number + 0)
        case .string(let text): .string(text)
        case .array(let items): .array(items.map(value))
        case .object(let object):
            .map(
                JavaHashOrder.sorted(object.members) { $0.name.javaHashCode }.map {
                    .init(key: .string($0.name), value: value($0.value))
                })
        }
    }
}
