import ConnectData
import DebeziumPlugins
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// Conditions of Filter in Groovy, evaluated for a record.
    static let groovyExpressions = expressions("groovy-expressions", "groovy", language: "jsr223.groovy")

    /// Conditions of Filter in JavaScript, evaluated for a record.
    static let javaScriptExpressions = expressions("javascript-expressions", "javascript", language: "jsr223.graal.js")

    private static func expressions(_ name: String, _ fixture: String, language: String) -> FuzzTarget {
        FuzzTarget(name) {
            try Fixtures.text("expressions/\(fixture).jsonl").split(separator: "\n").compactMap { line in
                let text = try JSONValue.parse(String(line)).objectValue?["expression"]?.stringValue
                return text.map { [UInt8]($0.utf8) }
            }
        } decode: { input in
            let chain = try TransformationChain(
                configuration: [
                    "topic.prefix": "d", "transforms": "t", "transforms.t.type": Filter.className,
                    "transforms.t.condition": String(decoding: input, as: UTF8.self), "transforms.t.language": language,
                ], plugins: PluginRegistry(DebeziumClasses.plugins, javaClasses: DebeziumClasses.javaClasses))
            for record in [update, tombstone] {
                // The second evaluation uses what the first has cached.
                for _ in 0..<2 {
                    var record = record
                    do { _ = try chain.apply(&record) } catch let error as DataError { _ = error.message }
                }
            }
        }
    }

    private static let row = Schema(
        .structure, isOptional: true,
        fields: [
            .init("id", Schema(.int64)), .init("quantity", Schema(.int32)), .init("name", Schema(.string, isOptional: true)),
            .init("price", Schema(.bytes, name: LogicalType.decimal.rawValue, parameters: [.init("scale", "2")])),
            .init("tags", Schema(.array, valueSchema: Schema(.string))), .init("ts", Schema(.int64, name: LogicalType.timestamp.rawValue)),
        ])
    private static let envelope = Schema(
        .structure, name: "server.inventory.customers.Envelope",
        fields: [.init("before", row), .init("after", row), .init("op", Schema(.string))])

    private static let update: ConnectRecord = {
        func values(_ quantity: Int64) -> ConnectValue {
            .structure(
                Struct(
                    schema: row,
                    values: [
                        .integer(7), .integer(quantity), .string("Anna"), .bytes([0x04, 0xE2]), .array([.string("a"), .string("b")]),
                        .integer(1_700_000_000_123),
                    ]))
        }
        return ConnectRecord(
            topic: "server.inventory.customers", keySchema: Schema(.int64), key: .integer(7), valueSchema: envelope,
            value: .structure(Struct(schema: envelope, values: [values(4), .null, .string("u")])),
            headers: [.init("idh", schema: Schema(.int32), value: .integer(1))])
    }()

    private static let tombstone = ConnectRecord(
        topic: "server.inventory.customers", keySchema: nil, key: .null, valueSchema: nil, value: .null)
}
