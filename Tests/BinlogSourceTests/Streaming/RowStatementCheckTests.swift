import Synchronization
import Testing
import WireCore

@testable import BinlogSource
@testable import MySQLWire

/// Statements that change rows, checked with the dependencies of a server. The captured tables are `d.t` and `d.value`.
@Suite struct RowStatementCheckTests {
    private final class ReadCount: Sendable { let value = Mutex(0) }

    private let reads = ReadCount()

    private func id(_ database: String, _ table: String) -> TableID { TableID(database: database, table: table) }

    /// The server's tables, triggers, keys, views and routines.
    private func shown(grants: String = "GRANT ALL PRIVILEGES ON *.* TO `u`@`%`") -> TableDependencies {
        var shown = TableDependencies()
        shown.grants = Grants(statements: [grants])
        shown.baseTables = [
            id("d", "other"), id("o", "a"), id("o", "b"), id("o", "parent"), id("o", "child"), id("o", "grandchild"),
        ]
        shown.triggers = [
            id("o", "a"): [.init(id: id("o", "harmless"), body: "INSERT INTO b VALUES (NEW.id)", sqlMode: [])],
            id("o", "b"): [.init(id: id("o", "b_ins"), body: "BEGIN SET @x = (SELECT 1 FROM a); END", sqlMode: [])],
            id("o", "leads"): [.init(id: id("o", "tr"), body: "UPDATE d.t SET v = NEW.id", sqlMode: [])],
            id("o", "calls"): [.init(id: id("o", "tc"), body: "CALL p(1)", sqlMode: [])],
            id("o", "torn"): [.init(id: id("o", "tt"), body: "INSERT INTO 'x", sqlMode: [])],
        ]
        shown.cascades = [
            id("o", "parent"): [id("o", "child")], id("o", "child"): [id("o", "grandchild")], id("o", "grandchild"): [],
            id("o", "root"): [id("o", "branch")], id("o", "branch"): [id("d", "t")],
        ]
        for name in ["leads", "calls", "torn", "root", "branch"] { shown.baseTables.insert(id("o", name)) }
        shown.views = [
            id("o", "seen"): .init(definition: "select `o`.`b`.`id` AS `id` from `o`.`b`", isUpdatable: true),
            id("o", "through"): .init(definition: "select `d`.`t`.`id` AS `id` from `d`.`t`", isUpdatable: true),
            id("o", "summed"): .init(definition: "select count(0) AS `n` from `d`.`t`", isUpdatable: false),
            id("o", "hidden"): .init(definition: "", isUpdatable: true),
        ]
        shown.routines = [id("o", "f"), id("o", "p")]
        return shown
    }

    private func check(_ shown: TableDependencies, lists: String = "d.t,d.value") throws -> RowStatementCheck {
        var properties = AllTypesFixture.properties("3.6", "p", [:])
        properties["database.include.list"] = nil
        properties["table.include.list"] = lists
        let configuration = try MySQLConnectorConfig(configuration: properties)
        return RowStatementCheck(configuration, logger: Logger("test", system: LogSystem())) { [reads] in
            reads.value.withLock { $0 += 1 }
            return shown
        }
    }

    private func schema() throws -> DatabaseSchema {
        var schema = DatabaseSchema(rules: SchemaRules(profile: .v36))
        for table in ["t", "value", "beats"] {
            _ = try schema.apply("CREATE TABLE \(table) (id int PRIMARY KEY)", defaultDatabase: "d")
        }
        return schema
    }

    /// A QUERY event: thread, seconds, database, error, status variables (Q_UPDATED_DB_NAMES), database, statement.
    private func query(_ text: String, in database: String = "o", databases: [String]? = nil) throws -> QueryEvent {
        var status: [UInt8] = [12]
        if let databases {
            status.append(UInt8(databases.count))
            for name in databases { status += Array(name.utf8) + [0] }
        } else {
            status.append(254)
        }
        var body: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0, UInt8(database.utf8.count), 0, 0, UInt8(status.count), 0]
        body += status + Array(database.utf8) + [0] + Array(text.utf8)
        return try body.withUnsafeBytes { try QueryEvent(body: $0) }
    }

    /// Returns nil if the statement is skipped.
    private func failure(
        _ text: String, in database: String = "o", databases: [String]? = nil, grants: String? = nil
    ) throws -> ConnectorError? {
        var check = try check(grants.map { shown(grants: $0) } ?? shown())
        do {
            try check.check(
                try query(text, in: database, databases: databases), in: try schema(), at: ("binlog.000001", 4))
            return nil
        } catch let error as ConnectorError { return error }
    }

    @Test func listedDatabasesDecideWithoutAQuery() throws {
        #expect(try failure("INSERT INTO a VALUES (1)", databases: ["o"]) == nil)
        #expect(try failure("SELECT `o`.`f`(1)", databases: ["o"]) == nil)
        #expect(try failure("INSERT INTO never_heard_of VALUES (1)", databases: ["o", "x"]) == nil)
        #expect(reads.value.withLock { $0 } == 0)
        // Its function changed a table in the captured database.
        #expect(try failure("SELECT `o`.`f`(1)", databases: ["o", "d"]) != nil)
        #expect(try failure("SELECT `o`.`f`(1)", databases: ["D"]) != nil)
    }

    @Test(arguments: [
        "INSERT INTO beats (value) VALUES (1)", "INSERT INTO beats SELECT t.id FROM other AS t, beats AS value",
        "UPDATE beats SET value = 't' WHERE id = value(t)", "DELETE FROM t USING beats AS t WHERE t.id = 1",
        "WITH t AS (SELECT 1) DELETE FROM beats WHERE id IN (SELECT * FROM t)", "INSERT INTO beats VALUES (RAND())",
    ])
    func wordsThatAreNotTablesAreIgnored(text: String) throws {
        #expect(try failure(text, in: "d", databases: ["d"]) == nil)
    }

    @Test(arguments: [
        "INSERT INTO t VALUES (1)", "UPDATE beats, `value` SET beats.id = 1", "REPLACE INTO d.t VALUES (1)",
        "DELETE t FROM beats JOIN t", "INSERT INTO beats SELECT * FROM value",
    ])
    func namedCapturedTableStopsTheTask(text: String) throws {
        let error = try #require(try failure(text, in: "d", databases: ["o"]))
        #expect(error.summary.contains("names the captured table d."))
        #expect(error.remedy?.contains("binlog_format = 'ROW'") == true)
    }

    @Test(arguments: [
        ("INSERT INTO a VALUES (1)", nil), ("DELETE FROM parent", nil), ("INSERT INTO seen VALUES (1)", nil),
        ("INSERT INTO a SELECT * FROM summed", nil), ("INSERT INTO d.beats VALUES (1)", nil),
        ("INSERT INTO leads VALUES (1)", "may change the captured table d.t through the trigger o.tr of o.leads"),
        ("DELETE FROM root",
            "d.t through a foreign key that references o.root, then a foreign key that references o.branch"),
        ("INSERT INTO through VALUES (1)", "d.t through the view o.through"),
        ("SELECT `o`.`f`(1)", "calls the stored routine o.f, which may change captured tables"),
        ("INSERT INTO a VALUES (F(1))", "calls the stored routine o.F"),
        ("INSERT INTO calls VALUES (1)", "calls the stored routine o.p, which may change captured tables, through the trigger"),
        ("INSERT INTO torn VALUES (1)", "whether it changes captured tables cannot be determined"),
        ("INSERT INTO hidden VALUES (1)", "whether it changes captured tables cannot be determined"),
        ("INSERT INTO gone VALUES (1)", "it names o.gone, which exists neither in the schema history nor on the server"),
        ("INSERT INTO 'a' VALUES (1)", "whether it changes captured tables cannot be determined"),
    ] as [(String, String?)])
    func dependenciesOnTheServerDecide(text: String, expected: String?) throws {
        let error = try failure(text)
        #expect(error == nil || expected != nil, "\(error?.description ?? "")")
        if let expected { #expect(error?.summary.contains(expected) == true, "\(error?.description ?? "passed over")") }
    }

    @Test func missingPrivilegeIsNamedInTheRemedy() throws {
        let replication = "GRANT SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`"
        let triggers = try #require(try failure("INSERT INTO a VALUES (1)", grants: replication))
        #expect(triggers.cause?.contains("`u`@`%` lacks the privilege TRIGGER") == true)
        #expect(triggers.remedy?.hasPrefix("GRANT TRIGGER ON *.* TO `u`@`%`; then restart the task.") == true)
        let view = try #require(try failure("INSERT INTO hidden VALUES (1)", grants: replication))
        #expect(view.remedy?.hasPrefix("GRANT SHOW VIEW ON *.*") == true)
        let routines = try #require(
            try failure("INSERT INTO a VALUES (g(1))", grants: "GRANT TRIGGER ON *.* TO `u`@`%`"))
        #expect(routines.remedy?.hasPrefix("GRANT SHOW_ROUTINE ON *.*") == true)
        #expect(try failure("INSERT INTO a VALUES (1)", grants: "GRANT TRIGGER ON `o`.* TO `u`@`%`") == nil)
    }

    @Test func dependenciesAreReadAgainAfterADefinition() throws {
        var check = try check(shown())
        let schema = try schema()
        for _ in 0..<3 { try check.check(try query("INSERT INTO a VALUES (1)"), in: schema, at: ("f", 4)) }
        #expect(reads.value.withLock { $0 } == 1)
        try check.willApply(try query("CREATE TRIGGER x AFTER INSERT ON a FOR EACH ROW SET @a = 1"), in: schema, at: ("f", 4))
        try check.check(try query("INSERT INTO a VALUES (1)"), in: schema, at: ("f", 4))
        #expect(reads.value.withLock { $0 } == 2)
    }

    @Test func temporaryTablesBelongToTheirSession() throws {
        var check = try check(shown())
        let schema = try schema()
        func run(_ text: String) throws { try check.check(try query(text, in: "d"), in: schema, at: ("f", 4)) }
        #expect(throws: ConnectorError.self) { try run("INSERT INTO tmp VALUES (1)") }
        try check.willApply(try query("CREATE TEMPORARY TABLE tmp (i int)", in: "d"), in: schema, at: ("f", 4))
        try run("INSERT INTO tmp VALUES (1)")
        try check.willApply(try query("DROP TEMPORARY TABLE IF EXISTS `tmp`", in: "d"), in: schema, at: ("f", 4))
        #expect(throws: ConnectorError.self) { try run("INSERT INTO tmp VALUES (1)") }
    }

    @Test func capturedTableCreatedFromAQueryStopsTheTask() throws {
        var check = try check(shown(), lists: "d.t,d.copy")
        let schema = try schema()
        func apply(_ text: String) throws { try check.willApply(try query(text, in: "d"), in: schema, at: ("f", 4)) }
        #expect(throws: ConnectorError.self) { try apply("CREATE TABLE copy AS SELECT * FROM beats") }
        // The table exists, so no rows are inserted; its rows follow as events; not captured; without rows.
        try apply("CREATE TABLE IF NOT EXISTS t SELECT * FROM beats")
        try apply("CREATE TABLE copy (id int) START TRANSACTION")
        try apply("CREATE TABLE another AS SELECT * FROM beats")
        try apply("CREATE TABLE copy LIKE beats")
    }
}

extension RowStatementCheck {
    fileprivate mutating func check(
        _ query: QueryEvent, in schema: DatabaseSchema, at place: (file: String, position: Int64)
    ) throws {
        try check(LoggedStatement(query), query, in: schema, at: place)
    }

    fileprivate mutating func willApply(
        _ query: QueryEvent, in schema: DatabaseSchema, at place: (file: String, position: Int64)
    ) throws {
        try willApply(schema.parse(LoggedStatement(query)), query, in: schema, at: place)
    }
}
