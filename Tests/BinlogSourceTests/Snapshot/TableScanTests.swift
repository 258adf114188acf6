import ConnectData
import Testing
import WireCore

@testable import BinlogSource
@testable import MySQLWire

@Suite struct TableScanTests {
    /// A connection that answers each SELECT with rows of text.
    private final class ScriptedSource: TableScanSource {
        private(set) var statements: [String] = []
        private let rows: [[String?]]

        init(_ rows: [[String?]]) { self.rows = rows }

        func streamRows(_ statement: String, _ body: (borrowing TextRow) throws -> Void) throws {
            statements.append(statement)
            for row in rows {
                var packet: [UInt8] = []
                for cell in row { packet += cell.map { [UInt8($0.utf8.count)] + Array($0.utf8) } ?? [0xFB] }
                try packet.withUnsafeBytes { bytes in
                    try body(try TextRow(bytes, columnCount: row.count, reusing: []))
                }
            }
        }
    }

    private final class CountingSink: TableScanSink {
        private(set) var rowCount = 0
        func emitRows(_ read: (_ emit: (borrowing TextRow) throws -> Void) throws -> Void) throws {
            try read { _ in rowCount += 1 }
        }
    }

    private func plan(_ columns: String, _ options: [String: String] = [:]) throws -> TablePlan {
        let properties = AllTypesFixture.properties("3.6", "p", [:]).merging(options) { $1 }
        let configuration = try MySQLConnectorConfig(configuration: properties)
        var schema = DatabaseSchema(rules: SchemaRules(profile: configuration.profile))
        _ = try schema.apply("CREATE TABLE t (\(columns))", defaultDatabase: "d")
        return try TablePlan(
            try #require(schema.table(TableID(database: "d", table: "t"))), configuration: configuration)
    }

    @Test func wholeTableIsReadInServerOrder() throws {
        let source = ScriptedSource([["1", "a"], ["2", nil]])
        let sink = CountingSink()
        let scan = TableScan(plan: try plan("id INT PRIMARY KEY, t TEXT"))
        let outcome = try scan.run(on: source, into: sink) { _ in }
        #expect(source.statements == ["SELECT `id`, `t` FROM `d`.`t`"])
        #expect(outcome == TableScan.Outcome(rowCount: 2, lastKey: nil))
        #expect(sink.rowCount == 2)
    }

    @Test func rowsOfATableWithoutCapturedColumnsAreCounted() throws {
        let scan = TableScan(plan: try plan("t TEXT", ["column.exclude.list": "d.t.t"]))
        #expect(scan.statement == "SELECT 1 FROM `d`.`t`")
    }

    @Test func progressIsReportedInSteps() throws {
        let source = ScriptedSource(Array(repeating: ["1"], count: 2 * TableScan.progressRows + 1))
        var steps: [Int] = []
        let scan = TableScan(plan: try plan("id INT"))
        _ = try scan.run(on: source, into: CountingSink()) { steps.append($0) }
        #expect(steps == [1024, 2048])
    }

    @Test func cancellationEndsTheScan() throws {
        let source = ScriptedSource(Array(repeating: ["1"], count: 3000))
        let sink = CountingSink()
        let scan = TableScan(plan: try plan("id INT"))
        #expect(throws: CancellationError.self) {
            try scan.run(on: source, into: sink) { _ in throw CancellationError() }
        }
        #expect(sink.rowCount == TableScan.progressRows)
    }

    @Test func chunkStartsAfterTheLastKeyOfThePreviousOne() throws {
        let source = ScriptedSource([["1", "é", "v"], ["2", "b'", "v"]])
        var scan = TableScan(
            plan: try plan("a INT, b VARCHAR(9), c TEXT, PRIMARY KEY (a, b)"),
            range: KeyRange(columns: ["a", "b"], rowsMax: 2))
        let first = try scan.run(on: source, into: CountingSink()) { _ in }
        #expect(first.lastKey?.map(\.text) == ["2", "_utf8mb4 X'6227'"])
        scan.range?.after = first.lastKey
        scan.range?.through = first.lastKey
        _ = try scan.run(on: source, into: CountingSink()) { _ in }
        #expect(source.statements == [
            "SELECT `a`, `b`, `c` FROM `d`.`t` ORDER BY `a`, `b` LIMIT 2",
            "SELECT `a`, `b`, `c` FROM `d`.`t` WHERE ((`a` > 2) OR (`a` = 2 AND `b` > _utf8mb4 X'6227')) "
                + "AND ((`a` < 2) OR (`a` = 2 AND `b` <= _utf8mb4 X'6227')) ORDER BY `a`, `b` LIMIT 2",
        ])
    }

    @Test(arguments: [
        ("DECIMAL(9,2)", "-1.50", "-1.50"), ("VARBINARY(3)", "ab", "X'6162'"), ("BIT(9)", "a", "X'61'"),
        ("DATE", "2020-01-02", "_utf8mb4 X'323032302D30312D3032'"), ("INT", "1 OR 1", nil), ("ENUM('b','a')", "a", nil),
        ("DOUBLE", "0.1", nil),
    ] as [(String, String, String?)])
    func lastKeyIsRenderedAsSQLLiteral(type: String, cell: String, literal: String?) throws {
        let source = ScriptedSource([[cell]])
        let scan = TableScan(plan: try plan("k \(type) NOT NULL"), range: KeyRange(columns: ["k"]))
        #expect(try scan.run(on: source, into: CountingSink()) { _ in }.lastKey?.first?.text == literal)
    }

    /// `source.snapshot` of incremental snapshots is one of the values that the schema allows.
    @Test(arguments: [DebeziumProfile.v36, .v19])
    func sourceSchemaAllowsTheSnapshotMarkersOfItsGeneration(_ profile: DebeziumProfile) throws {
        let properties = AllTypesFixture.properties(profile == .v36 ? "3.6" : "1.9", "p", [:])
        let layout = SourceLayout(try MySQLConnectorConfig(configuration: properties))
        let snapshot = try #require(layout.schema.fields.first { $0.name == "snapshot" }?.schema)
        let allowed = try #require(snapshot.parameters.first { $0.name == "allowed" }?.value).split(separator: ",")
        let markers: [SnapshotMarker] = profile == .v36 ? SnapshotMarker.allCases : [.true, .last, .incremental]
        for marker in markers { #expect(allowed.contains(Substring(marker.rawValue))) }
        let block = SourceBlock(SourceInfo(timestampMicroseconds: 0, file: "f", position: 4), layout)
        #expect(block.value(marker: .incremental).structValue?["snapshot"] == .string("incremental"))
    }
}
