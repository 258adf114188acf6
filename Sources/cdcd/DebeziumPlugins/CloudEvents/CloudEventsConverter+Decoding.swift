import ConnectData
import WireCore

/// Reading of events. Debezium 1.9 fails for each JSON event, and 3.6 loses Avro data in JSON events; both are read
/// here.
extension CloudEventsConverter {
    package func decode(
        _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
    ) throws -> SchemaAndValue {
        if options.serializer == .avro { return try decodeAvro(bytes, topic) }
        let event = try eventsAsJSON.decode(bytes, topic: topic, headers: [])
        guard case .map(var entries) = event.value, Self.isEvent(entries.compactMap(\.key.stringValue)) else {
            throw Self.noEvent(event)
        }
        guard let index = entries.firstIndex(where: { $0.key == .string("data") }), let bytes else {
            throw Self.noEvent(event)
        }
        let data = entries[index].value
        let decoded: ConnectValue
        if let avro {
            guard let text = data.stringValue, let content = Base64.decode(text) else {
                throw DataError("The event's data is not base64")
            }
            decoded = try content.withUnsafeBytes { try avro.decode($0, topic: topic, headers: []) }.value
        } else if dataHasSchemas {
            decoded = try dataAsJSON.decode(try Self.data(in: bytes), topic: topic, headers: []).value
        } else {
            decoded = data
        }
        entries[index] = .init(key: entries[index].key, value: decoded)
        return SchemaAndValue(nil, .map(entries))
    }

    private func decodeAvro(_ bytes: UnsafeRawBufferPointer?, _ topic: String) throws -> SchemaAndValue {
        guard let avro else { preconditionFailure("events are Avro only if data is") }
        let event = try avro.decode(bytes, topic: topic, headers: [])
        guard let schema = event.schema, let row = event.value.structValue else { throw Self.noEvent(event) }
        let name = schema.name ?? ""
        let isNamed = options.schemaName.map { $0 == name } ?? name.hasSuffix("CloudEvents.Envelope")
        guard isNamed, Self.isEvent(schema.fields.map(\.name)), let index = schema.index(of: "data"),
            case .bytes(let content) = row.values[index]
        else { throw Self.noEvent(event) }
        let data = try content.withUnsafeBytes { try avro.decode($0, topic: topic + "-data", headers: []) }
        guard let dataSchema = data.schema else { throw Self.noEvent(event) }
        var fields = schema.fields
        fields[index] = .init("data", dataSchema)
        var values = row.values
        values[index] = data.value
        let complete = Schema(
            .structure, name: schema.name, version: schema.version, documentation: schema.documentation,
            parameters: schema.parameters, fields: fields)
        return SchemaAndValue(complete, .structure(Struct(schema: complete, values: values)))
    }

    private static func isEvent(_ names: [String]) -> Bool {
        Set(names).isSuperset(of: ["id", "source", "specversion", "type"])
    }

    private static func noEvent(_ decoded: SchemaAndValue) -> DataError {
        DataError(
            "A deserialized record's value is not a CloudEvent: value=\(decoded.value.javaText(decoded.schema))")
    }

    /// The bytes of the member `data`, which has been read before.
    private static func data(in bytes: UnsafeRawBufferPointer) throws -> UnsafeRawBufferPointer? {
        var reader = WireCore.JSONReader(bytes)
        guard try reader.beginObject() else { return nil }
        var found: UnsafeRawBufferPointer?
        while let name = try reader.nextMember() {
            let start = reader.position
            try reader.skip()
            if name == "data" { found = UnsafeRawBufferPointer(rebasing: bytes[start..<reader.position]) }
        }
        return found
    }
}
