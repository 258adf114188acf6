import ConnectData
import WireCore
import WireTestSupport

/// Values of every type, as `scripts/golden-records/ConvertValues.java` builds them.
package enum ConvertedValues {
    private static let inner = Schema(
        .structure, isOptional: true, name: "inner",
        fields: [
            .init("x", Schema(.float64)), .init("y", Schema(.string, isOptional: true, defaultValue: .string("why"))),
        ])
    private static let innerValue = ConnectValue.structure(Struct(schema: inner, values: [.float64(2), .null]))
    private static let outer = Schema(
        .structure, name: "outer", version: 2, documentation: "doc", parameters: [.init("p", "1"), .init("q", "\"")],
        fields: [
            .init("id", Schema(.int32, defaultValue: .integer(0))), .init("inner", inner), .init("again", inner),
            .init("list", Schema(.array, isOptional: true, valueSchema: inner)), .init("na\"me", Schema(.bytes)),
        ])

    private static func decimal(_ scale: Int, isOptional: Bool = false, defaultValue: ConnectValue? = nil) -> Schema {
        Schema(
            .bytes, isOptional: isOptional, name: "org.apache.kafka.connect.data.Decimal", version: 1,
            parameters: [.init("scale", String(scale))], defaultValue: defaultValue)
    }

    private static func logical(_ name: String, _ type: SchemaType) -> Schema {
        Schema(type, name: "org.apache.kafka.connect.data.\(name)", version: 1)
    }

    private static func hex(_ text: String) -> ConnectValue { .bytes([UInt8](hex: text) ?? []) }

    private static let many = Schema(
        .structure, name: "many",
        fields: [
            .init("d", decimal(3)), .init("t", logical("Timestamp", .int64)), .init("day", logical("Date", .int32)),
            .init("l", Schema(.array, valueSchema: Schema(.array, valueSchema: Schema(.int8)))), .init("m", map),
            .init("b", Schema(.bytes)), .init("f", Schema(.float32)), .init("n", inner),
        ])

    private static let map = Schema(.map, isOptional: true, keySchema: Schema(.string), valueSchema: Schema(.int32))

    package static let all: [(name: String, schema: Schema?, value: ConnectValue)] = [
        ("nothing", nil, .null),
        ("schemaless text", nil, .string("a\"b")),
        ("schemaless number", nil, .integer(5)),
        ("schemaless list", nil, .array([.integer(1), .string("x"), .boolean(true)])),
        ("schemaless map", nil, .map([.init(key: .string("k"), value: .float64(1.5))])),
        ("schemaless pairs", nil, .map([.init(key: .integer(1), value: .string("v"))])),
        ("schemaless boolean", nil, .boolean(false)),
        ("schemaless float", nil, .float64(-2.5)),
        ("schemaless bytes", nil, hex("0102")),
        ("schemaless date", nil, .instant(1_767_323_045_678)),
        ("schemaless date in a list", nil, .array([.instant(86_400_000), .instant(-1)])),
        ("int8", Schema(.int8), .integer(-100)),
        ("int16", Schema(.int16), .integer(-100)),
        ("int32", Schema(.int32), .integer(-100)),
        ("int64", Schema(.int64), .integer(-100)),
        ("smallest int64", Schema(.int64), .integer(.min)),
        ("largest int64", Schema(.int64), .integer(.max)),
        ("boolean", Schema(.boolean), .boolean(true)),
        ("float32", Schema(.float32), .float32(3.14)),
        ("float32 nan", Schema(.float32), .float32(.nan)),
        ("float64", Schema(.float64), .float64(1e21)),
        ("float64 infinity", Schema(.float64), .float64(-.infinity)),
        ("string", Schema(.string),
            .string("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/<>&'\u{7F}\u{80}\u{E9}\u{2028}\u{1F600}")),
        ("bytes", Schema(.bytes), hex("00ff103f80")),
        ("empty bytes", Schema(.bytes), .bytes([])),
        ("optional null", Schema(.string, isOptional: true), .null),
        ("required null", Schema(.string), .null),
        ("null with default", Schema(.int32, isOptional: true, defaultValue: .integer(7)), .null),
        ("required null with default", Schema(.string, defaultValue: .string("d\"")), .null),
        ("decimal", decimal(2), hex("009c")),
        ("decimal negative", decimal(5), hex("ff")),
        ("decimal small", decimal(7, isOptional: true), hex("01")),
        ("decimal zero", decimal(10), hex("00")),
        ("decimal of scale zero", decimal(0), hex("ff0000000000000000")),
        ("decimal with default", decimal(3, isOptional: true, defaultValue: hex("05dc")), .null),
        ("decimal large", decimal(30), hex("1e02bc1e97858bdc6cb95058f3424c16358b27fe4ecb29ae398115")),
        ("decimal large negative", decimal(1), hex("80000000000000000000000000000000")),
        ("decimal negative scale", decimal(-3), hex("78")),
        ("bits", Schema(.bytes, name: "io.debezium.data.Bits", version: 1, parameters: [.init("length", "9")]), hex("0102")),
        ("buffer", Schema(.bytes), hex("070809")),
        ("boolean false", Schema(.boolean, isOptional: true), .boolean(false)),
        ("date", logical("Date", .int32), .integer(20_000)),
        ("time", logical("Time", .int32), .integer(3_723_004)),
        ("timestamp", logical("Timestamp", .int64), .integer(1_767_323_045_678)),
        ("timestamp of midnight", logical("Timestamp", .int64), .integer(86_400_000 * 20_000)),
        ("timestamp before 1970", logical("Timestamp", .int64), .integer(-1)),
        ("array",
            Schema(
                .array, name: "l", version: 3, documentation: "a list",
                valueSchema: Schema(.float32, isOptional: true)),
            .array([.float32(1.5), .null, .float32(-0.0)])),
        (#"literal [1,"a",null,[true,{"k":1.5}]]"#, Schema(.array),
            .array([
                .integer(1), .string("a"), .null,
                .array([.boolean(true), .map([.init(key: .string("k"), value: .float32(1.5))])]),
            ])),
        ("literal []", Schema(.array), .array([])),
        (#"literal {"a":null}"#, Schema(.map, keySchema: Schema(.string)), .map([.init(key: .string("a"), value: .null)])),
        (#"literal {"a":[1,"x"]}"#, Schema(.map, keySchema: Schema(.string), valueSchema: Schema(.array)),
            .map([.init(key: .string("a"), value: .array([.integer(1), .string("x")]))])),
        ("literal {}", Schema(.map), .map([])),
        ("map", map, .map([.init(key: .string("a\""), value: .integer(1))])),
        ("empty map", map, .map([])),
        ("map of numbers", Schema(.map, keySchema: Schema(.int32), valueSchema: Schema(.string)),
            .map([.init(key: .integer(1), value: .string("x"))])),
        ("struct", outer,
            .structure(
                Struct(schema: outer, values: [.integer(1), innerValue, .null, .array([innerValue]), hex("01")]))),
        ("struct of all", many,
            .structure(
                Struct(
                    schema: many,
                    values: [
                        hex("fe0c"), .integer(-62_135_769_600_001), .integer(-141_428),
                        .array([.array([.integer(1), .integer(-2)]), .array([])]),
                        .map([.init(key: .string("k"), value: .integer(3))]), hex("01"), .float32(1e10), innerValue,
                    ]))),
        ("empty struct", Schema(.structure), .structure(Struct(schema: Schema(.structure), values: []))),
    ]
}
