import ConnectData
import WireCore

/// Values without a schema: a record with a field for each type, of which the one that fits is set.
enum AvroAnything {
    static let name = AvroName("Anything", namespace: AvroProperties.namespace)

    /// The fields, in order.
    enum Field: Int, CaseIterable {
        case boolean, bytes, double, float, int, long, string, array, map

        var name: String { "\(self)" }
    }

    static let schema: AvroSchema = {
        var schema = AvroSchema()
        let null = schema.append(AvroType(.null))
        let record = schema.append(AvroType(.record([]), name: name))
        let entry = schema.append(
            AvroType(
                .record([
                    .init(name: AvroProperties.keyField, type: record),
                    .init(name: AvroProperties.valueField, type: record),
                ]), name: AvroName(AvroProperties.mapEntry, namespace: AvroProperties.namespace)))
        let fields = Field.allCases.map { field in
            let kind: AvroType.Kind =
                switch field {
                case .boolean: .boolean
                case .bytes: .bytes
                case .double: .double
                case .float: .float
                case .int: .int
                case .long: .long
                case .string: .string
                case .array: .array(items: record)
                case .map: .array(items: entry)
                }
            let type = schema.append(AvroType(.union([null, schema.append(AvroType(kind))])))
            return AvroType.Field(name: field.name, type: type, defaultValue: .null)
        }
        schema.replace(record, with: AvroType(.record(fields), name: name))
        schema.root = record
        return schema
    }()

    /// Writes a value that is not null, or a null within another value.
    static func write(_ value: ConnectValue, into writer: inout ByteWriter) throws(DataError) {
        guard let field = try field(for: value) else { return writer.zeros(Field.allCases.count) }
        writer.zeros(field.rawValue)
        writer.byte(2)
        switch value {
        case .null: break
        case .boolean(let flag): writer.byte(flag ? 1 : 0)
        case .integer(let number): writer.zigZagVarint(number)
        case .float32(let number): writer.littleEndian(number.bitPattern)
        case .float64(let number): writer.littleEndian(number.bitPattern)
        case .string(let text):
            writer.zigZagVarint(Int64(text.utf8.count))
            writer.utf8(text)
        case .array(let items):
            if !items.isEmpty { writer.zigZagVarint(Int64(items.count)) }
            for item in items { try write(item, into: &writer) }
            writer.byte(0)
        case .map(let entries):
            if !entries.isEmpty { writer.zigZagVarint(Int64(entries.count)) }
            for entry in entries {
                try write(entry.key, into: &writer)
                try write(entry.value, into: &writer)
            }
            writer.byte(0)
        case .bytes, .structure, .instant: break
        }
        writer.zeros(Field.allCases.count - 1 - field.rawValue)
    }

    /// nil for null. Integers without a schema are Java's Long.
    private static func field(for value: ConnectValue) throws(DataError) -> Field? {
        switch value {
        case .null: return nil
        case .boolean: return .boolean
        case .integer: return .long
        case .float32: return .float
        case .float64: return .double
        case .string: return .string
        case .bytes: throw DataError("Unknown Java type for schemaless data: class [B")
        case .array: return .array
        case .map: return .map
        case .instant: throw DataError("Unknown Java type for schemaless data: class java.util.Date")
        case .structure:
            throw DataError("Unknown Java type for schemaless data: class org.apache.kafka.connect.data.Struct")
        }
    }
}
