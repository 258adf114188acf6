import ConnectData
import DebeziumPlugins
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

/// Compares schema changes with those that Debezium makes of the same statements (`Fixtures/ddl/ORIGIN.md`).
@Suite struct GoldenStatementsTests {
    private static let cases: [GoldenCase] = (try? GoldenCase.load()) ?? []

    @Test func fixturesHoldAtLeast60Cases() throws {
        #expect(try GoldenCase.load().count > 300)
    }

    @Test(arguments: [DebeziumGeneration.v19, .v36])
    func schemaChangesEqualDebeziumsForEveryStatement(_ generation: DebeziumGeneration) throws {
        var differences = 0
        for golden in Self.cases {
            differences += golden.differences(for: DebeziumProfile(generation: generation))
        }
        #expect(differences == 0)
    }
}

/// Consecutive statements on an empty schema, and each generation's schema changes after every statement.
struct GoldenCase {
    let name: String
    let document: JSONObject

    static func load() throws -> [GoldenCase] {
        try Fixtures.bytes("ddl/statements.jsonl").split(separator: 0x0A).map { line in
            let document = try #require(try JSONValue.parse([UInt8](line)).objectValue)
            return GoldenCase(name: document["name"]?.stringValue ?? "", document: document)
        }
    }

    private func rules(_ profile: DebeziumProfile) -> SchemaRules {
        let config = document["config"]?.objectValue ?? JSONObject()
        let table = config["table.include.list"]?.stringValue
        let database = config["database.include.list"]?.stringValue
        return SchemaRules(
            profile: profile,
            tableNameCase: document["caseInsensitive"] == .bool(true) ? .preserved : .sensitive,
            includesComments: config["include.schema.comments"]?.stringValue == "true",
            storesOnlyCapturedTables: config["database.history.store.only.captured.tables.ddl"]?.stringValue == "true",
            captures: { id in
                let builtIn = ["mysql", "sys", "performance_schema", "information_schema"].contains(id.database)
                return !builtIn && table.map { $0 == id.description } ?? (database.map { $0 == id.database } ?? true)
            },
            listsIncludeDatabase: { name in database.map { $0 == name } ?? true })
    }

    /// The number of statements with different schema changes; each is recorded as an issue.
    func differences(for profile: DebeziumProfile) -> Int {
        var schema = DatabaseSchema(rules: rules(profile))
        let modern = document["v36"]?.arrayValue ?? []
        // `=` means the same as in 3.6, null means that Debezium failed.
        let expected = profile == .v36 ? modern
            : zip(document["v19"]?.arrayValue ?? [], modern).map { $0 == .string("=") ? $1 : $0 }
        var count = 0
        for (statement, answer) in zip(document["statements"]?.arrayValue ?? [], expected) {
            let ddl = statement.objectValue?["ddl"]?.stringValue ?? ""
            let database = statement.objectValue?["db"]?.stringValue ?? ""
            var changes: [JSONValue]
            do {
                changes = try schema.apply(ddl, defaultDatabase: database).map { Self.document($0, profile) }
            } catch {
                changes = [.string("\(error)")]
            }
            let answered = answer.arrayValue?.map { Self.expanded($0, database, ddl, profile) }
            guard let events = answered, changes != events else { continue }
            count += 1
            let ours = String(decoding: JSONValue.array(changes).encoded(), as: UTF8.self)
            let theirs = String(decoding: JSONValue.array(events).encoded(), as: UTF8.self)
            Issue.record("\(name) (\(profile.version)), \(ddl)\n   ours: \(ours)\n  theirs: \(theirs)")
        }
        return count
    }

    /// Restores the members that the fixture omits.
    private static func expanded(
        _ event: JSONValue, _ database: String, _ ddl: String, _ profile: DebeziumProfile
    ) -> JSONValue {
        guard var event = event.objectValue else { return event }
        event["database"] = event["database"] ?? .string(database)
        event["ddl"] = event["ddl"] ?? .string(ddl)
        let changes = event["tableChanges"]?.arrayValue ?? []
        event["tableChanges"] = .array(
            changes.map { change in
                guard var change = change.objectValue, var table = change["table"]?.objectValue else { return change }
                let columns = table["columns"]?.arrayValue ?? []
                table["columns"] = .array(columns.enumerated().map { expanded($0.element, position: $0.offset + 1) })
                if profile == .v36 { table["attributes"] = table["attributes"] ?? .array([]) }
                change["table"] = .object(table)
                change["comment"] = change["comment"] ?? .null
                return .object(change)
            })
        return .object(event)
    }

    private static func expanded(_ column: JSONValue, position: Int) -> JSONValue {
        guard var column = column.objectValue else { return column }
        let defaults: [(String, JSONValue)] = [
            ("typeExpression", column["typeName"] ?? .null), ("position", .integer(Int64(position))),
            ("charsetName", .null), ("comment", .null), ("autoIncremented", .bool(false)), ("generated", .bool(false)),
            ("enumValues", .array([])),
        ]
        for (name, value) in defaults where column[name] == nil { column[name] = value }
        return .object(column)
    }

    /// A schema change in the fixture's form, by the history's own encoding.
    private static func document(_ change: SchemaChange, _ profile: DebeziumProfile) -> JSONValue {
        let record = HistoryRecord(source: [:], position: [:], tableChanges: change.tables)
        let encoded = (try? JSONValue.parse(record.encoded(for: profile)).objectValue?["tableChanges"]) ?? .null
        let kind: String = switch change.kind {
        case .create: "CREATE"
        case .alter: "ALTER"
        case .drop: "DROP"
        case .truncate: "TRUNCATE"
        case .database: "DATABASE"
        }
        return .object([
            "type": .string(kind), "database": .string(change.database), "ddl": .string(change.ddl),
            "sourceTable": change.sourceTables.isEmpty ? .null : .string(change.sourceTables.joined(separator: ",")),
            "tableChanges": encoded,
        ])
    }
}

