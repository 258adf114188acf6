import BinlogSource
import ConnectData
import MySQLWire
import WireCore
import WireTestSupport

/// Statements, GTID sets and JSON.
func textBenchmarks() throws -> [Benchmark] {
    let statements = try Fixtures.bytes("ddl/statements.jsonl").split(separator: 0x0A).flatMap { line in
        try JSONValue.parse([UInt8](line)).objectValue?["statements"]?.arrayValue ?? []
    }.compactMap { $0.objectValue?["ddl"]?.stringValue }
    let statementBytes = statements.reduce(0) { $0 + $1.utf8.count }
    let row = "INSERT INTO `orders` VALUES (1,'a',NULL)"

    let documents = try Fixtures.bytes("debezium/envelopes/3.6.jsonl").split(separator: 0x0A).map { [UInt8]($0) }
    let values = try documents.map { try JSONValue.parse($0) }
    let documentBytes = documents.reduce(0) { $0 + $1.count }

    let servers = (0..<8).map { "3e11fa47-71ca-11e1-9e33-c80aa942956\($0)" }
    let gaps = (6..<30).map { "\($0 * 1000)-\($0 * 1000 + 500)" }.joined(separator: ":")
    let text = servers.map { "\($0):1-5000:\(gaps)" }.joined(separator: ",")
    let executed = GTIDSet(text) ?? GTIDSet()
    let purged = GTIDSet(servers.map { "\($0):1-7200" }.joined(separator: ",")) ?? GTIDSet()
    var growing = GTIDSet()
    var next: UInt64 = 0
    let source = executed.sources[0]
    return [
        Benchmark("ddl/parse", unit: "statement", units: statements.count, bytes: statementBytes) {
            for statement in statements { blackHole(DDLParser.parse(statement).count) }
        },
        Benchmark("ddl/parse-insert", unit: "statement", units: 1, bytes: row.utf8.count) {
            blackHole(DDLParser.parse(row).count)
        },
        Benchmark("gtid/parse", unit: "set", units: 1, bytes: text.utf8.count) { blackHole(GTIDSet(text)) },
        Benchmark("gtid/insert-next", unit: "gtid", units: 1) {
            next += 1
            growing.insert(GTID(source: source, number: next))
        },
        Benchmark("gtid/union", unit: "set", units: 1) { blackHole(executed.union(purged)) },
        Benchmark("gtid/subtract", unit: "set", units: 1) { blackHole(executed.subtracting(purged)) },
        Benchmark("gtid/is-subset", unit: "set", units: 1) { blackHole(purged.isSubset(of: executed)) },
        Benchmark("gtid/text", unit: "set", units: 1) { blackHole(executed.description) },
        Benchmark("json/parse", unit: "document", units: documents.count, bytes: documentBytes) {
            for document in documents { blackHole(try JSONValue.parse(document)) }
        },
        Benchmark("json/write", unit: "document", units: values.count, bytes: documentBytes) {
            for value in values { blackHole(value.encoded().count) }
        },
    ]
}
