import ConnectData
import WireTestSupport

/// Random shapes of records as a connector for tables has them, and rows that fit them.
struct RandomShapes {
    var random: SeededGenerator
    /// The schema of each input.
    private var inputs: [Schema] = []

    init(_ random: SeededGenerator) { self.random = random }

    static let columnNames = ["id", "name", "price", "note", "geo", "tags", "seen"]

    private static let geometry = Schema(
        .structure, isOptional: true, name: "io.debezium.data.geometry.Geometry", version: 1,
        fields: [.init("wkb", Schema(.bytes)), .init("srid", Schema(.int32, isOptional: true))])

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    mutating func one<Element>(_ items: [Element]) -> Element {
        items[Int.random(in: items.indices, using: &random)]
    }

    // MARK: Shapes

    /// The kinds of records of one table: changes, rows without an envelope, nulls with and without a schema.
    mutating func table() -> [(kind: String, shape: RecordShape, inputs: [Schema])] {
        let topic = one(["p.db.t", "p.db.other", "t"])
        let row = rowSchema("\(topic).Value")
        let source = Schema(
            .structure, name: "io.debezium.connector.mysql.Source",
            fields: [
                .init("db", Schema(.string)), .init("table", Schema(.string, isOptional: true)),
                .init("ts_ms", Schema(.int64)), .init("gtid", Schema(.string, isOptional: true)),
                .init("snapshot", Schema(.string, isOptional: true, defaultValue: .string("false"))),
            ])
        let transaction = Schema(
            .structure, isOptional: true, fields: [.init("id", Schema(.string)), .init("total_order", Schema(.int64))])
        let envelope = Schema(
            .structure, name: "\(topic).Envelope",
            fields: [
                .init("before", row), .init("after", row), .init("source", source), .init("op", Schema(.string)),
                .init("ts_ms", Schema(.int64, isOptional: true)), .init("transaction", transaction),
            ])
        let keySchema = Schema(.structure, name: "\(topic).Key", fields: [row.fields[0]])
        var found: [(kind: String, shape: RecordShape, inputs: [Schema])] = []
        func add(_ kind: String, _ schema: Schema?, hasKey: Bool = true, _ value: (inout Self) -> ValueShape) {
            inputs = []
            let key = hasKey ? structure(keySchema) : .null
            let headers = headers()
            let shape = RecordShape(
                topic: topic, keySchema: hasKey ? keySchema : nil, key: key, valueSchema: schema,
                value: value(&self), headers: headers)
            found.append((kind, shape, inputs))
        }
        for operation in ["c", "u", "d", "r", "t"] {
            add(operation, envelope, hasKey: operation != "t") { own in
                .structure([
                    "ud".contains(operation) ? own.structure(row) : .null,
                    "cur".contains(operation) ? own.structure(row) : .null,
                    .structure([
                        .constant(.string("db")), .constant(.string("t")), own.input(source.fields[2].schema),
                        own.input(source.fields[3].schema), operation == "r" ? .constant(.string("true")) : .null,
                    ]),
                    .constant(.string(operation)), own.input(envelope.fields[4].schema), .null,
                ])
            }
        }
        add("row", row.optional(false)) { $0.structure(row) }
        add("tombstone", nil) { _ in .null }
        add("null with a schema", row) { _ in .null }
        let text = Schema(.string, isOptional: true)
        add("text", text) { $0.input(text) }
        return found
    }

    private mutating func structure(_ schema: Schema) -> ValueShape {
        .structure(schema.fields.map { input($0.schema) })
    }

    private mutating func input(_ schema: Schema) -> ValueShape {
        inputs.append(schema)
        return .input(inputs.count - 1)
    }

    private mutating func headers() -> [RecordShape.Header] {
        var headers: [RecordShape.Header] = []
        if chance(2) { headers.append(.init("h", schema: Schema(.string), value: .constant(.string("x")))) }
        if chance(4) {
            let schema = Schema(.int64, isOptional: true)
            headers.append(.init("number", schema: schema, value: input(schema)))
        }
        return headers
    }

    private mutating func rowSchema(_ name: String) -> Schema {
        var fields: [Schema.Field] = [.init("id", Schema(one([.int32, .int64])))]
        for name in Self.columnNames.dropFirst() where chance(2) { fields.append(.init(name, columnSchema())) }
        return Schema(.structure, isOptional: true, name: name, fields: fields)
    }

    private mutating func columnSchema() -> Schema {
        let isOptional = !chance(3)
        func schema(_ type: SchemaType, name: String? = nil, _ defaultValue: ConnectValue) -> Schema {
            Schema(type, isOptional: isOptional, name: name, defaultValue: chance(3) ? defaultValue : nil)
        }
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return schema(.int32, .integer(7))
        case 1: return schema(.string, .string("d"))
        case 2: return schema(.bytes, .bytes([1, 2]))
        case 3: return schema(.float64, .float64(0.5))
        case 4: return schema(.boolean, .boolean(true))
        case 5: return schema(.int64, name: "io.debezium.time.Timestamp", .integer(0))
        case 6: return schema(.string, name: "io.debezium.data.Json", .string("{}"))
        case 7: return Self.geometry
        default:
            return Schema(.array, isOptional: true, valueSchema: Schema(.string, isOptional: true))
        }
    }

    // MARK: Rows

    /// The inputs of one record. A column that may not be null has none, except that a default may stand for it.
    mutating func values(of inputs: [Schema]) -> [ConnectValue] {
        inputs.map { schema in
            if schema.isOptional, chance(3) { return .null }
            if schema.defaultValue != nil, chance(8) { return .null }
            return value(of: schema)
        }
    }

    private mutating func value(of schema: Schema) -> ConnectValue {
        let number = Int64.random(in: 0..<3, using: &random)
        switch schema.type {
        case .int8, .int16, .int32, .int64: return .integer(number)
        case .float32: return .float32(Float(number))
        case .float64: return .float64(Double(number))
        case .boolean: return .boolean(number == 0)
        case .string: return .string(one(["", "a", "서울", "t"]))
        case .bytes: return .bytes(Array(repeating: 9, count: Int(number)))
        case .array: return .array([.string("i"), .null])
        case .map: return .map([])
        case .structure:
            return .structure(
                Struct(schema: schema, values: ContiguousArray(schema.fields.map { value(of: $0.schema) })))
        }
    }

    /// A record of a shape.
    static func record(_ shape: RecordShape, _ inputs: [ConnectValue]) -> ConnectRecord {
        func value(_ schema: Schema?, _ shape: ValueShape) -> ConnectValue { shape.value(schema) { inputs[$0] } }
        return ConnectRecord(
            topic: shape.topic, keySchema: shape.keySchema, key: value(shape.keySchema, shape.key),
            valueSchema: shape.valueSchema, value: value(shape.valueSchema, shape.value),
            headers: shape.headers.map { .init($0.name, schema: $0.schema, value: value($0.schema, $0.value)) })
    }
}
