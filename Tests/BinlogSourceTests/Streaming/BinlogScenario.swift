import ConnectData
import WireTestSupport

@testable import BinlogSource

/// Changes of a database as its binlog holds them, with the rows that a consumer must get.
struct BinlogScenario {
    private(set) var binlog: ScriptedBinlog
    /// What the snapshot found.
    let firstTables: [String]
    let firstOffset: SourceOffset
    /// `table {column:value,…}` of each row, in order.
    private(set) var rows: [String] = []
    /// The columns of each table at the end.
    private(set) var tables: [String: [String]] = [:]
    private var nextValue: Int32 = 1

    /// The rows of this table are changed by XA transactions only.
    static let xaTable = "x"

    init(usesGTIDs: Bool) {
        binlog = ScriptedBinlog(usesGTIDs: usesGTIDs)
        binlog.statement("CREATE DATABASE db")
        firstTables = ["t", "_t_gho", Self.xaTable].map { "CREATE TABLE `\($0)` (id INT, a INT, b INT)" }
        for table in ["t", "_t_gho", Self.xaTable] { tables[table] = ["id", "a", "b"] }
        firstOffset = SourceOffset(
            file: binlog.file, position: binlog.position, gtids: binlog.executed, phase: .snapshotRunning)
    }

    /// All kinds of changes, one after the other.
    init(allUsingGTIDs usesGTIDs: Bool) {
        self.init(usesGTIDs: usesGTIDs)
        for change in Change.allCases {
            make(change)
            make(.rows)
        }
    }

    init(random generator: inout SeededGenerator, usesGTIDs: Bool) {
        self.init(usesGTIDs: usesGTIDs)
        for _ in 0..<12 {
            make(Change.allCases.randomElement(using: &generator) ?? .rows)
            if Bool.random(using: &generator) { make(.rows) }
        }
        make(.rows)
    }

    enum Change: CaseIterable {
        case rows, swap, addColumn, idle, ghost, renameColumn, rotation, createAndDrop, xa, idleAfterStatement, chain
        case onePhase, truncate, createFromRows, uncaptured
    }

    mutating func make(_ change: Change) {
        switch change {
        case .rows: insert(into: "t", eventRows: [2, 1])
        case .swap:
            guard let columns = tables["t"], columns.count > 2 else { return }
            let (first, second) = (columns[1], columns[2])
            ddl("ALTER TABLE t RENAME COLUMN \(first) TO \(second), RENAME COLUMN \(second) TO \(first)")
            tables["t"]?.swapAt(1, 2)
        case .addColumn:
            let name = "c\(tables["t"]?.count ?? 0)"
            ddl("ALTER TABLE t ADD COLUMN \(name) INT")
            tables["t"]?.append(name)
        case .renameColumn:
            guard let name = tables["t"]?.last else { return }
            ddl("ALTER TABLE t RENAME COLUMN \(name) TO \(name)_")
            tables["t"] = tables["t"].map { $0.dropLast() + [name + "_"] }
        case .ghost:
            // What gh-ost and pt-online-schema-change end with, and its undoing, so that it can happen again.
            ddl("RENAME TABLE db.t TO db._t_del, db._t_gho TO db.t")
            (tables["_t_del"], tables["t"], tables["_t_gho"]) = (tables["t"], tables["_t_gho"], nil)
            insert(into: "t", eventRows: [1])
            ddl("RENAME TABLE `_t_del` TO `_t_gho`")
            (tables["_t_gho"], tables["_t_del"]) = (tables["_t_del"], nil)
        case .chain:
            ddl("RENAME TABLE t TO tmp, _t_gho TO t, tmp TO _t_gho")
            (tables["t"], tables["_t_gho"]) = (tables["_t_gho"], tables["t"])
        case .createAndDrop:
            ddl("CREATE TABLE u (id INT, a INT)")
            tables["u"] = ["id", "a"]
            insert(into: "u", eventRows: [1, 1])
            ddl("DROP TABLE u")
            tables["u"] = nil
        case .createFromRows: createFromRows()
        case .truncate: ddl("TRUNCATE TABLE t")
        case .uncaptured:
            binlog.announce()
            binlog.query("BEGIN", database: "other")
            binlog.commit()
        case .rotation: binlog.rotate()
        case .idle: binlog.idle()
        case .idleAfterStatement:
            make(.swap)
            binlog.rotate()
            binlog.idle()
        case .xa, .onePhase: xa(isOnePhase: change == .onePhase)
        }
    }

    private mutating func ddl(_ text: String) {
        binlog.statement(text)
        for table in tables.keys { binlog.forgetTable(table) }
    }

    private mutating func insert(into table: String, eventRows: [Int]) {
        binlog.announce()
        binlog.query("BEGIN")
        for count in eventRows { insertEvent(into: table, rows: count) }
        binlog.commit()
    }

    private mutating func insertEvent(into table: String, rows count: Int) {
        let columns = tables[table] ?? []
        let values = (0..<count).map { _ in
            columns.map { _ in
                defer { nextValue += 1 }
                return nextValue
            }
        }
        binlog.insert(into: table, values)
        for row in values {
            rows.append("\(table) {" + zip(columns, row).map { "\($0):\($1)" }.joined(separator: ",") + "}")
        }
    }

    /// `CREATE TABLE … SELECT` as MySQL 8 logs it: the statement and the rows in one transaction.
    private mutating func createFromRows() {
        let table = "v\(nextValue)"
        binlog.announce()
        binlog.query("BEGIN")
        binlog.query("CREATE TABLE `\(table)` (`id` INT, `a` INT) START TRANSACTION")
        tables[table] = ["id", "a"]
        insertEvent(into: table, rows: 2)
        binlog.commit()
    }

    private mutating func xa(isOnePhase: Bool) {
        binlog.announce()
        binlog.query("XA START \(ScriptedBinlog.xaIdentifier)")
        insertEvent(into: Self.xaTable, rows: 2)
        insertEvent(into: Self.xaTable, rows: 1)
        binlog.query("XA END \(ScriptedBinlog.xaIdentifier)")
        binlog.prepare(isOnePhase: isOnePhase)
        if !isOnePhase { binlog.statement("XA COMMIT \(ScriptedBinlog.xaIdentifier)") }
    }
}
