import ConnectData

/// The schemas of the events that records of one schema become, and what they take from `source`.
final class CloudEventPlan {
    private let options: CloudEventsOptions
    let sourceSchema: Schema
    private let extensions: [Schema.Field]
    private let serverName: FieldAccess
    private let database: FieldAccess
    private let time: FieldAccess
    private let file: FieldAccess
    private let position: FieldAccess
    private let recordSchema: Schema
    private let dataFields: [FieldAccess]
    private var dataSchemas = BoundedCache<String, Schema>(countMax: schemaCountMax)
    private var eventSchemas = BoundedCache<EventKey, Schema>(countMax: schemaCountMax)
    private static let schemaCountMax = 256
    private static let timeFormat = try? SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", now: 0)

    private struct EventKey: Hashable {
        let name: String
        let data: ObjectIdentifier
        let hasDataSchema: Bool
    }

    private static let string = Schema(.string)
    /// `TransactionMonitor.TRANSACTION_BLOCK_SCHEMA`, of which every attribute is optional.
    private static let transactionFields = ["id", "total_order", "data_collection_order"]

    /// - Parameter connector: the records' connector, which is the same for all of them.
    init(record: Schema, source: Schema, connector: String, _ options: CloudEventsOptions) throws(DataError) {
        self.options = options
        recordSchema = record
        sourceSchema = source
        var extensions: [Schema.Field] = []
        if options.addsExtensions {
            for field in source.fields { extensions.append(try Self.attribute(field)) }
        }
        self.extensions = extensions
        serverName = FieldAccess("name", in: source)
        database = FieldAccess("db", in: source)
        time = FieldAccess("ts_ms", in: source)
        file = FieldAccess("file", in: source)
        position = FieldAccess("pos", in: source)
        let selected = options.metadata.common == .header ? nil : options.profile.dataFields(connector)
        dataFields = (selected ?? record.fields.map(\.name)).map { FieldAccess($0, in: record) }
    }

    /// The event with its data; the schema of the data must be the event's last one.
    func event(
        _ metadata: CloudEventMetadata, data: ConnectValue, _ dataSchema: Schema, dataSchemaURI: String?
    ) throws -> Struct {
        let source = metadata.source
        let server = try serverName.string(in: source)
        let base = "\(try serverName.value(in: source).javaText(nil)).\(try database.value(in: source).javaText(nil))"
        let name = options.adjustment.adjustedName(options.schemaName ?? base + ".CloudEvents.Envelope")
        let schema = try eventSchema(name, dataSchema, hasDataSchema: dataSchemaURI != nil)
        guard let milliseconds = try time.integer(.int64, in: source), let format = Self.timeFormat else {
            throw DataError("The source has no ts_ms")
        }
        var values: ContiguousArray<ConnectValue> = [
            .string(try metadata.id ?? generatedID(source)),
            .string("/debezium/\(metadata.connector)/\(server ?? "null")"), .string("1.0"),
            .string(metadata.type ?? options.profile.eventType(metadata.connector)),
            .string(format.format(milliseconds)),
            .string(options.dataSerializer == .json ? "application/json" : "application/avro"),
        ]
        if let dataSchemaURI { values.append(.string(dataSchemaURI)) }
        if options.addsTraceParent { values.append(.string(metadata.traceParent ?? "")) }
        if options.addsExtensions {
            guard let operation = metadata.operation else {
                throw DataError("Invalid value: null used for required field: \"iodebeziumop\", schema type: STRING")
            }
            values.append(.string(operation))
            for (field, value) in zip(source.schema.fields, source.values) {
                values.append(Self.text(value.isNull ? field.schema.defaultValue ?? .null : value, field.schema))
            }
            for field in Self.transactionFields {
                guard let transaction = metadata.transaction else {
                    values.append(.null)
                    continue
                }
                let access = FieldAccess(field, in: transaction.schema)
                values.append(Self.text(try access.value(in: transaction), access.schema))
            }
        }
        values.append(data)
        return Struct(schema: schema, values: values)
    }

    /// The data of an event: the row before and after the change, or the whole value if metadata is in headers.
    func data(_ record: Struct, _ metadata: CloudEventMetadata) throws -> Struct {
        let schema = try dataSchemas.value(for: metadata.dataSchemaName) { () throws(DataError) in
            let fields = try dataFields.map { field throws(DataError) in
                guard let schema = field.schema else { throw DataError("\(field.name) is not a valid field name") }
                return Schema.Field(field.name, schema)
            }
            return Schema(.structure, name: metadata.dataSchemaName, fields: fields)
        }
        var values = ContiguousArray<ConnectValue>()
        for field in dataFields { values.append(try field.value(in: record)) }
        return Struct(schema: schema, values: values)
    }

    private func generatedID(_ source: Struct) throws(DataError) -> String {
        "name:\(try serverName.value(in: source).javaText(nil));file:\(try file.value(in: source).javaText(nil))"
            + ";pos:\(try position.value(in: source).javaText(nil))"
    }

    private func eventSchema(_ name: String, _ data: Schema, hasDataSchema: Bool) throws(DataError) -> Schema {
        let key = EventKey(name: name, data: ObjectIdentifier(data), hasDataSchema: hasDataSchema)
        // The schema retains that of the data, whose identity is part of the key.
        return try eventSchemas.value(for: key) { () throws(DataError) in
            var names = ["id", "source", "specversion", "type", "time", "datacontenttype"]
            if hasDataSchema { names.append("dataschema") }
            if options.addsTraceParent { names.append("traceparent") }
            if options.addsExtensions { names.append("iodebeziumop") }
            var fields = names.map { Schema.Field($0, Self.string) } + extensions
            if options.addsExtensions {
                fields += Self.transactionFields.map { .init(Self.name("tx" + $0), Self.string.optional()) }
            }
            fields.append(.init("data", data))
            return Schema(.structure, name: name, fields: try Schema.distinct(fields))
        }
    }

    /// The extension attribute of a field of `source`: integers of 64 bits are texts, since CloudEvents has none.
    private static func attribute(_ field: Schema.Field) throws(DataError) -> Schema.Field {
        let type: SchemaType
        switch field.schema.type {
        case .boolean: type = .boolean
        case .int8, .int16, .int32: type = .int32
        case .string, .int64: type = .string
        case .float32, .float64, .bytes, .array, .map, .structure:
            throw DataError(
                "Source field of type \(field.schema.type.javaName) cannot be converted into CloudEvents extension "
                    + "attribute.")
        }
        return .init(name(field.name), Schema(type, isOptional: field.schema.isOptional))
    }

    private static func text(_ value: ConnectValue, _ schema: Schema?) -> ConnectValue {
        if schema?.type == .int64, case .integer(let number) = value { .string(String(number)) } else { value }
    }

    /// Names of attributes have letters and digits only.
    private static func name(_ field: String) -> String {
        "iodebezium" + String(decoding: field.utf8.filter { isLetterOrDigit($0) }, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
