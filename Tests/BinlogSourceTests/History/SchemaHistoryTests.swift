import ConnectData
import DebeziumPlugins
import Testing
import MySQLWire
import WireCore

@testable import BinlogSource

private final class MemoryLog: HistoryLog {
    var records: [[UInt8]]

    init(_ records: [[UInt8]]) { self.records = records }

    func exists() -> Bool { true }
    func create() {}
    func append(chunks next: () throws -> [[UInt8]]?) throws {
        while let records = try next() { self.records += records }
    }
    func replay(_ body: ([UInt8]) throws -> Void) throws { for record in records { try body(record) } }
    func close() {}
    var cancel: @Sendable () -> Void { {} }
}

@Suite struct SchemaHistoryTests {
    private func recover(
        _ history: RecordedHistory, source: String, until offset: JSONObject, as generation: DebeziumGeneration
    ) throws -> SchemaHistory.Recovery {
        var rules = history.rules
        rules.profile = DebeziumProfile(generation: generation)
        return try SchemaHistory.recover(
            from: MemoryLog(history.records), source: ["server": .string(source)], until: offset,
            comparing: .init(), into: DatabaseSchema(rules: rules))
    }

    private func end(_ history: RecordedHistory) throws -> JSONObject {
        try HistoryRecord(decoding: try #require(history.records.last)).position
    }

    private static let sources: [DebeziumGeneration: String] = [.v36: "ddlt36", .v19: "ddlt19"]

    /// Each generation recovers the same columns from its own history and from the other's.
    @Test(arguments: [DebeziumGeneration.v19, .v36], [DebeziumGeneration.v19, .v36])
    func fullRecoveryGivesTheLastDefinitions(_ written: DebeziumGeneration, _ reader: DebeziumGeneration) throws {
        let history = try RecordedHistory(written)
        let source = try #require(Self.sources[written])
        let recovery = try recover(history, source: source, until: try end(history), as: reader)
        #expect(recovery.recordCount == history.records.count)
        #expect(recovery.appliedCount == history.records.count)
        let names = recovery.schema.tables.filter { $0.id.database == "ddlq" }.map(\.id.table)
        #expect(names == ["a", "o2", "p", "s2", "url2"])
        let a = try #require(recovery.schema.table(TableID(database: "ddlq", table: "a")))
        #expect(a.columns.map(\.name) == ["id", "v", "c", "d", "ts", "e", "b", "bi", "n", "g", "st"])
        #expect(a.primaryKeyColumnNames == ["id"])
        let p = try #require(recovery.schema.table(TableID(database: "ddlq", table: "p")))
        #expect(p.primaryKeyColumnNames == ["k"])
        let s2 = try #require(recovery.schema.table(TableID(database: "ddlq", table: "s2")))
        #expect(s2.columns.map(\.name) == ["id", "d", "w"])
    }

    /// A history that is decoded in several chunks, by several threads.
    @Test func longHistoryIsAppliedInOrder() throws {
        let profile = DebeziumProfile(generation: .v36)
        let source: JSONObject = ["server": .string("s")]
        var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
        var records: [[UInt8]] = []
        for round in 0..<3000 {
            let table = "t\(round % 500)"
            let ddl = round < 500
                ? "CREATE TABLE \(table) (id int PRIMARY KEY, c0 varchar(100) COMMENT '\(String(repeating: "x", count: 200))')"
                : "ALTER TABLE \(table) ADD COLUMN c\(round) int"
            let changes = try schema.apply(ddl, defaultDatabase: "d")
            let position: JSONObject = ["file": .string("binlog.000001"), "pos": .integer(Int64(round + 4))]
            records += changes.map {
                HistoryRecord(source: source, position: position, databaseName: "d", ddl: ddl, tableChanges: $0.tables)
                    .encoded(for: profile)
            }
        }
        #expect(records.reduce(0) { $0 + $1.count } > 4 * SchemaHistory.chunkBytesMax)
        let end: JSONObject = ["file": .string("binlog.000001"), "pos": .integer(1_000_000)]
        let recovery = try SchemaHistory.recover(
            from: MemoryLog(records), source: source, until: end,
            comparing: .init(), into: DatabaseSchema(rules: SchemaRules(profile: profile)))
        #expect(recovery.appliedCount == 3000)
        #expect(recovery.schema.tables == schema.tables)
        records[1500] = Array("{".utf8)
        #expect(throws: HistoryError.self) {
            try SchemaHistory.recover(
                from: MemoryLog(records), source: source, until: end,
                comparing: .init(), into: DatabaseSchema(rules: SchemaRules(profile: profile)))
        }
    }

    /// 1.9 parses the statements again; the record of `LIKE t` names only the new database, which has another `t`.
    @Test(arguments: [DebeziumGeneration.v19, .v36])
    func createTableLikeAnotherDatabasesTableKeepsItsColumns(_ generation: DebeziumGeneration) throws {
        let profile = DebeziumProfile(generation: generation)
        var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
        let log = MemoryLog([])
        let source: JSONObject = ["server": .string("s")]
        for statement in [
            "CREATE TABLE t (id int, v int, w int)", "CREATE TABLE other.t (id int)", "CREATE TABLE other.copy LIKE t",
            "ALTER TABLE other.copy ADD x int",
        ] {
            for change in try schema.apply(statement, defaultDatabase: "d") {
                let position: JSONObject = [
                    "file": .string("binlog.000001"), "pos": .integer(Int64(4 + log.records.count)),
                ]
                let record = HistoryRecord(
                    source: source, position: position, timestampMilliseconds: nil, databaseName: change.database,
                    ddl: change.ddl, tableChanges: change.tables)
                try log.append([record.encoded(for: profile)])
            }
        }
        let recovery = try SchemaHistory.recover(
            from: log, source: source, until: ["file": .string("binlog.000001"), "pos": .integer(100)], comparing: .init(),
            into: DatabaseSchema(rules: schema.rules))
        let copy = try #require(recovery.schema.table(TableID(database: "other", table: "copy")))
        #expect(copy.columns.map(\.name) == ["id", "v", "w", "x"])
        #expect(recovery.schema.table(TableID(database: "other", table: "t"))?.columns.count == 1)
    }

    @Test func recordsOfOtherConnectorsAreIgnored() throws {
        let history = try RecordedHistory(.v36)
        let recovery = try recover(history, source: "other", until: try end(history), as: .v36)
        #expect(recovery.recordCount == 0)
        #expect(recovery.schema.tables.isEmpty)
    }

    @Test func recordsAfterTheOffsetAreNotApplied() throws {
        for generation in [DebeziumGeneration.v36, .v19] {
            let history = try RecordedHistory(generation)
            let records = try history.records.map { try HistoryRecord(decoding: $0) }
            let source = try #require(Self.sources[generation])
            for (number, record) in records.enumerated() where number % 5 == 0 {
                let recovery = try recover(history, source: source, until: record.position, as: generation)
                // Records of one statement share their position.
                let last = records.lastIndex { $0.position == record.position } ?? number
                #expect(recovery.appliedCount == last + 1)
            }
        }
    }

    /// 1.9 applies the statements of the history again: the second application of a RENAME is an error or undoes it.
    @Test(arguments: [
        ["create", "a", "a"], ["create", "a", "b", "a", "b"], ["create", "a", "b", "a"], ["create", "a", "c", "a", "b"],
    ])
    func statementRecordedTwiceIsAppliedOnce(_ names: [String]) throws {
        let statements = [
            "create": (100, ["CREATE TABLE t (id INT, v INT)"]), "a": (200, ["ALTER TABLE t RENAME COLUMN v TO w"]),
            "b": (300, ["RENAME TABLE t TO s, s TO u", "RENAME TABLE u TO t"]),
            // The append of its records was interrupted.
            "c": (300, ["RENAME TABLE t TO s, s TO u"]),
        ]
        let records = names.flatMap { name -> [[UInt8]] in
            let (position, texts) = statements[name] ?? (0, [])
            return texts.map { text in
                HistoryRecord(
                    source: ["server": .string("s")],
                    position: ["file": .string("b.000001"), "pos": .integer(Int64(position)), "server_id": .integer(1)],
                    databaseName: "db", ddl: text
                ).encoded(for: .v19)
            }
        }
        let recovery = try SchemaHistory.recover(
            from: MemoryLog(records), source: ["server": .string("s")],
            until: ["file": .string("b.000001"), "pos": .integer(900), "server_id": .integer(1)], comparing: .init(),
            into: DatabaseSchema(rules: SchemaRules(profile: .v19)))
        #expect(recovery.schema.tables.map(\.id) == [TableID(database: "db", table: "t")])
        #expect(recovery.schema.tables.first?.columns.map(\.name) == ["id", "w"])
    }

    /// The same statement, recorded again from another server: file and position differ, the executed set does not.
    @Test func duplicateStatementIsRecognizedByItsGTIDsInAnotherFile() throws {
        let uuid = "55e628cd-e852-11f1-a40e-02fc00000001"
        let records = [("a.000001", 100), ("b.000007", 900)].map { file, position in
            HistoryRecord(
                source: ["server": .string("s")],
                position: [
                    "file": .string(file), "pos": .integer(Int64(position)), "gtids": .string("\(uuid):1-5"),
                    "server_id": .integer(1),
                ], databaseName: "db", ddl: "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a"
            ).encoded(for: .v19)
        }
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v19))
        _ = try schema.apply("CREATE TABLE t (a INT, b INT)", defaultDatabase: "db")
        let recovery = try SchemaHistory.recover(
            from: MemoryLog(records), source: ["server": .string("s")], until: ["gtids": .string("\(uuid):1-6")],
            comparing: .init(executed: GTIDSet("\(uuid):1-6").map { .mySQL($0) }), into: schema)
        #expect(recovery.appliedCount == 1)
        #expect(recovery.schema.tables.first?.columns.map(\.name) == ["b", "a"])
    }

    @Test func invalidRecordStopsTheRecovery() {
        #expect(throws: HistoryError.self) {
            try SchemaHistory.recover(
                from: MemoryLog([[UInt8]("nonsense".utf8)]), source: [:], until: [:], comparing: .init(),
                into: DatabaseSchema(rules: SchemaRules(profile: .v36)))
        }
    }
}

@Suite struct RecoveryPointTests {
    private static let uuid = "55e628cd-e852-11f1-a40e-02fc00000001"

    private func includes(
        _ recorded: JSONObject, until offset: JSONObject, followsGTIDs: Bool = true
    ) throws -> Bool {
        let executed = try HistoryPosition(document: offset).gtids(.mySQL) ?? .mySQL(GTIDSet())
        var point = try RecoveryPoint(offset, .init(executed: followsGTIDs ? executed : nil))
        return try point.includes(HistoryPosition(document: recorded))
    }

    private func gtids(_ interval: String, event: Int64 = 0, snapshot: JSONValue? = nil) -> JSONObject {
        var document: JSONObject = ["gtids": .string("\(Self.uuid):\(interval)"), "event": .integer(event)]
        document["snapshot"] = snapshot
        return document
    }

    private func file(
        _ name: String, _ position: Int64, server: Int64 = 1, second: Int64 = 5
    ) -> JSONObject {
        [
            "file": .string(name), "pos": .integer(position), "server_id": .integer(server), "ts_sec": .integer(second),
        ]
    }

    @Test func gtidSetsAreComparedAsSets() throws {
        #expect(try includes(gtids("1-5"), until: gtids("1-6")))
        #expect(try !includes(gtids("1-6"), until: gtids("1-5")))
    }

    /// The server sends the transactions that the offset's set lacks, including the recorded statement's.
    @Test func statementWithTheOffsetsGTIDsIsReadAgain() throws {
        #expect(try !includes(gtids("1-5"), until: gtids("1-5")))
        // Within a transaction its event count decides.
        #expect(try includes(gtids("1-5", event: 1), until: gtids("1-5", event: 2)))
        #expect(try !includes(gtids("1-5", event: 1), until: gtids("1-5", event: 1)))
        #expect(try !includes(gtids("1-5", event: 2), until: gtids("1-5", event: 1)))
    }

    /// gtid_mode was turned off on the server: reading starts at the position.
    @Test func positionDecidesBetweenEqualGTIDSetsIfGTIDModeIsOff() throws {
        var offset = gtids("1-5")
        offset["pos"] = .integer(500)
        for (position, isIncluded) in [(400, true), (500, true), (501, false)] as [(Int64, Bool)] {
            var recorded = gtids("1-5")
            recorded["pos"] = .integer(position)
            #expect(try includes(recorded, until: offset, followsGTIDs: false) == isIncluded)
        }
    }

    @Test func streamedRecordFollowsASnapshotWithTheSameGTIDs() throws {
        for mark in [JSONValue.bool(true), .string("INITIAL")] {
            #expect(try !includes(gtids("1-5"), until: gtids("1-5", snapshot: mark)))
            #expect(try includes(gtids("1-5", snapshot: mark), until: gtids("1-5")))
        }
    }

    @Test func positionsWithoutGTIDsPrecedePositionsWithGTIDs() throws {
        #expect(try includes(file("b.000001", 4), until: gtids("1")))
        #expect(try !includes(gtids("1"), until: file("b.000001", 4)))
    }

    /// `gtid.source.includes` names the first server. Statements of the other one are not read again if their
    /// transactions are excluded from the request to the server.
    @Test func statementsOfExcludedSourcesAreComparedByTheirOwnGTIDs() throws {
        let other = "66e628cd-e852-11f1-a40e-02fc00000002"
        func includes(_ recorded: String, until stored: String, executed: String) throws -> Bool {
            func document(_ text: String) -> JSONObject {
                ["gtids": .string("\(Self.uuid):1-5" + (text.isEmpty ? "" : ",\(other):\(text)"))]
            }
            let position = try HistoryPosition(document: document(executed)).gtids(.mySQL)
            var point = try RecoveryPoint(
                document(stored), .init(executed: position, includesSource: { $0 == Self.uuid }))
            return try point.includes(HistoryPosition(document: document(recorded)))
        }
        // Applied and stored; recorded, then read again; recorded before one that is read again.
        #expect(try includes("1-3", until: "1-4", executed: "1-4"))
        #expect(try !includes("1-4", until: "1-4", executed: "1-4"))
        #expect(try !includes("1-5", until: "1-4", executed: "1-4"))
        // Stored by Debezium, which omits the excluded source; purged since then.
        #expect(try !includes("1-4", until: "", executed: ""))
        #expect(try includes("1-4", until: "", executed: "1-5"))
    }

    @Test func filesAreComparedByNumberThenByPosition() throws {
        #expect(try includes(file("b.000009", 900), until: file("b.000010", 4)))
        #expect(try includes(file("b.999999", 900), until: file("b.1000000", 4)))
        #expect(try !includes(file("b.000010", 5), until: file("b.000010", 4)))
        #expect(try includes(file("b.000010", 4), until: file("b.000010", 4)))
    }

    @Test func positionsOfDifferentServersAreComparedByTime() throws {
        #expect(try includes(file("x.000009", 900, server: 1, second: 5), until: file("y.000001", 4, server: 2, second: 5)))
        #expect(try !includes(file("x.000001", 4, server: 1, second: 6), until: file("x.000009", 4, server: 2, second: 5)))
    }

    /// The connector's clock is ahead of the server's: the snapshot's records are still applied, and a statement that
    /// was streamed afterwards is not treated as part of the snapshot.
    @Test func snapshotPositionIsComparedWithoutTimestamps() throws {
        let snapshot = file("b.000001", 100, server: 0, second: 60)
        #expect(try includes(snapshot, until: file("b.000001", 200, server: 1, second: 5)))
        #expect(try !includes(file("b.000001", 200, server: 1, second: 5), until: snapshot))
        // Files with different base names cannot be compared.
        #expect(try includes(file("a.000009", 100, server: 0, second: 5), until: file("b.000001", 4, server: 1, second: 6)))
    }

    @Test func incomparablePositionsAreErrors() {
        #expect(throws: HistoryError.self) { try includes(file("a.000001", 4), until: file("b.000001", 4)) }
        #expect(throws: HistoryError.self) { try includes(file("nodot", 4), until: file("nodot", 4)) }
        #expect(throws: HistoryError.self) { try includes(["gtids": .string("0-1-5")], until: gtids("1")) }
    }
}
