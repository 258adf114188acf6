import ConnectData
import PluginTestSupport
import Testing

/// The transforms that act on structure change the shape of records as they change each record.
@Suite struct ShapeTests {
    private static let nested = Schema(
        .structure, isOptional: true,
        fields: [.init("x", Schema(.int32)), .init("y", Schema(.string, isOptional: true, defaultValue: .string("d")))])
    private static let schema = Schema(
        .structure, name: "V",
        fields: [
            .init("id", Schema(.int32)), .init("s", Schema(.string, isOptional: true)),
            .init("n", Schema(.int32, isOptional: true, defaultValue: .integer(7))),
            .init("r", Schema(.string, defaultValue: .string("r"))), .init("sub", nested),
            .init("bytes", Schema(.bytes, isOptional: true)),
        ])
    private static let keySchema = Schema(.structure, name: "K", fields: [.init("id", Schema(.int32))])

    /// The inputs of the shapes, of rows whose optional values are null and of rows that have all values.
    private static let rows: [[ConnectValue]] = [
        [.integer(1), .null, .null, .string("a"), .integer(5), .null, .null],
        [.integer(2), .string("s"), .integer(3), .string("b"), .integer(6), .string("y"), .bytes([1])],
    ]

    private static let value = ValueShape.structure([
        .input(0), .input(1), .input(2), .input(3), .structure([.input(4), .input(5)]), .input(6),
    ])

    private static let shapes: [String: RecordShape] = [
        "row": RecordShape(
            topic: "t", keySchema: keySchema, key: .structure([.input(0)]), valueSchema: schema, value: value,
            headers: [.init("h", schema: Schema(.string), value: .constant(.string("x")))]),
        "null struct": RecordShape(
            topic: "t", keySchema: keySchema, key: .structure([.input(0)]), valueSchema: schema,
            value: .structure([.input(0), .null, .input(2), .input(3), .null, .constant(.null)]), headers: []),
        "tombstone": RecordShape(
            topic: "t", keySchema: keySchema, key: .structure([.input(0)]), valueSchema: nil, value: .null, headers: []),
        "null with a schema": RecordShape(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema.optional(), value: .null, headers: []),
    ]

    private static let transforms: [(type: String, properties: [String: String])] = [
        ("ReplaceField$Value", ["exclude": "s", "renames": "n:number"]),
        ("ReplaceField$Value", ["include": "r,n", "replace.null.with.default": "false"]),
        ("ReplaceField$Key", ["renames": "id:key"]),
        ("InsertField$Value", ["topic.field": "t!", "partition.field": "p", "timestamp.field": "ts"]),
        ("InsertField$Value", ["static.field": "f", "static.value": "v", "partition.field": "p!"]),
        ("InsertField$Value", ["offset.field": "o"]),
        ("HoistField$Value", ["field": "whole"]), ("HoistField$Key", ["field": "whole"]),
        ("SetSchemaMetadata$Value", ["schema.name": "N"]), ("SetSchemaMetadata$Key", ["schema.version": "2"]),
        ("DropHeaders", ["headers": "h"]),
        ("ExtractField$Value", ["field": "id"]), ("ExtractField$Value", ["field": "n"]),
        ("ExtractField$Value", ["field": "sub"]), ("ExtractField$Key", ["field": "id"]),
        ("ExtractField$Value", ["field": "sub.y", "field.syntax.version": "V2"]),
        ("ExtractField$Value", ["field": "n", "replace.null.with.default": "false"]),
        ("Filter", [:]),
        ("ValueToKey", ["fields": "s,id,sub"]), ("ValueToKey", ["fields": "n", "replace.null.with.default": "false"]),
        ("Flatten$Value", [:]), ("Flatten$Value", ["delimiter": "_"]), ("Flatten$Key", [:]),
        ("HeaderFrom$Value", ["fields": "id,n", "headers": "a,b", "operation": "copy"]),
        ("HeaderFrom$Value", ["fields": "s,sub", "headers": "a,b", "operation": "move"]),
        ("HeaderFrom$Key", ["fields": "id", "headers": "a", "operation": "move"]),
        ("InsertHeader", ["header": "i", "value.literal": "12"]),
        ("MaskField$Value", ["fields": "id,n,r"]), ("MaskField$Value", ["fields": "id", "replacement": "5"]),
        ("MaskField$Value", ["fields": "sub"]), ("MaskField$Key", ["fields": "id"]),
        ("RegexRouter", ["regex": "(.)", "replacement": "$1$1"]),
        ("Cast$Value", ["spec": "id:string"]),
    ]

    private static func record(_ shape: RecordShape, _ row: [ConnectValue]) -> ConnectRecord {
        func value(_ schema: Schema?, _ shape: ValueShape) -> ConnectValue { shape.value(schema) { row[$0] } }
        return ConnectRecord(
            topic: shape.topic, keySchema: shape.keySchema, key: value(shape.keySchema, shape.key),
            valueSchema: shape.valueSchema, value: value(shape.valueSchema, shape.value),
            headers: shape.headers.map { .init($0.name, schema: $0.schema, value: value($0.schema, $0.value)) })
    }

    @Test(arguments: transforms.indices) func shapesChangeAsRecordsDo(index: Int) throws {
        let (type, properties) = Self.transforms[index]
        var configuration = [
            "transforms": "t", "transforms.t.type": "org.apache.kafka.connect.transforms.\(type)",
        ]
        for (name, value) in properties { configuration["transforms.t.\(name)"] = value }
        let chain = try TransformationChain(configuration: configuration, plugins: TestPlugins.registry)
        var changedCount = 0
        for (name, original) in Self.shapes.sorted(by: { $0.key < $1.key }) {
            for row in Self.rows {
                var shape = original
                var record = Self.record(original, row)
                let isKept = Result { try chain.apply(&record) }
                switch Result(catching: { try chain.apply(to: &shape) }) {
                case .success(.applied):
                    #expect(try isKept.get(), "\(name)")
                    var expected = Self.record(shape, row)
                    // A property of the way through the transforms, which shapes do not have.
                    expected.sharesHeaders = record.sharesHeaders
                    #expect(expected == record, "\(name)")
                    changedCount += 1
                case .success(.dropped):
                    #expect(try !isKept.get(), "\(name)")
                    changedCount += 1
                case .success(.dependsOnValues): break
                case .failure(let error): #expect(throws: try #require(error as? DataError)) { try isKept.get() }
                }
            }
        }
        #expect(changedCount > 0 || properties["offset.field"] != nil || properties["fields"] == "sub")
    }
}
