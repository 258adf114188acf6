import ConnectData
import WireTestSupport

@testable import BinlogSource

/// A binlog with changes of a database, and the rows that a consumer must receive.
struct BinlogScenario {
    struct Server: Hashable {
        var flavor = ServerFlavor.mySQL
        var usesGTIDs: Bool
        /// Whether `gtid.source.excludes` names the source `other`.
        var excludesOtherSource = false
    }

    let server: Server
    private(set) var binlog: ScriptedBinlog
    /// The rows of the snapshot.
    let firstTables: [String]
    let firstOffset: SourceOffset
    /// `table {column:value,…}` of each row, in order.
    private(set) var rows: [String] = []
    /// The columns of each table at the end.
    private(set) var tables: [String: [String]] = [:]
    private var nextValue: Int32 = 1

    /// The rows of this table are changed by XA transactions only.
    static let xaTable = "x"

    init(_ server: Server) {
        self.server = server
        binlog = ScriptedBinlog(usesGTIDs: server.usesGTIDs, flavor: server.flavor)
        binlog.statement("CREATE DATABASE db")
        firstTables = ["t", "_t_gho", Self.xaTable].map { "CREATE TABLE `\($0)` (id INT, a INT, b INT)" }
        for table in ["t", "_t_gho", Self.xaTable] { tables[table] = ["id", "a", "b"] }
        firstOffset = SourceOffset(
            file: binlog.file, position: binlog.position, gtids: binlog.executed, phase: .snapshotRunning)
    }

    /// All kinds of changes, one after the other.
    init(all server: Server) {
        self.init(server)
        for change in Change.allCases {
            make(change)
            make(.rows)
        }
    }

    init(random generator: inout SeededGenerator, _ server: Server, changeCount: Int = 12) {
        self.init(server)
        for _ in 0..<changeCount {
            make(Change.allCases.randomElement(using: &generator) ?? .rows)
            if Bool.random(using: &generator) { make(.rows) }
        }
        make(.rows)
    }

    enum Change: CaseIterable {
        case rows, swap, addColumn, idle, ghost, renameColumn, rotation, createAndDrop, xa, idleAfterStatement, chain
        case onePhase, truncate, createFromRows, uncaptured
        case rollback, savepoint, xaRollback, otherRows, otherSwap
    }

    mutating func make(_ change: Change) {
        switch change {
        case .rows: insert(into: "t", eventRows: [2, 1])
        case .swap: swap(from: .server)
        case .addColumn:
            let name = "c\(tables["t"]?.count ?? 0)"
            ddl("ALTER TABLE t ADD COLUMN \(name) INT")
            tables["t"]?.append(name)
        case .renameColumn:
            guard let name = tables["t"]?.last else { return }
            ddl("ALTER TABLE t RENAME COLUMN \(name) TO \(name)_")
            tables["t"] = tables["t"].map { $0.dropLast() + [name + "_"] }
        case .ghost:
            // The final RENAME of gh-ost and pt-online-schema-change, and its reverse, so that it can be repeated.
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
            binlog.begin()
            binlog.insert(into: "u", of: "other", [[1, 1]])
            binlog.commit()
        case .rollback:
            // Only tables that are not captured and cannot be rolled back were changed.
            binlog.begin()
            binlog.insert(into: "u", of: "other", [[1, 1]])
            binlog.query("ROLLBACK")
        case .savepoint:
            binlog.begin()
            binlog.query("SAVEPOINT `s`")
            insertEvent(into: "t", rows: 2)
            binlog.commit()
        case .otherRows: insert(into: "t", eventRows: [1, 2], from: .other)
        case .otherSwap:
            swap(from: .other)
            insert(into: "t", eventRows: [1], from: .other)
        case .rotation: binlog.rotate()
        case .idle: binlog.idle()
        case .idleAfterStatement:
            make(.swap)
            binlog.rotate()
            binlog.idle()
        case .xa: xa("COMMIT")
        case .xaRollback: xa("ROLLBACK")
        case .onePhase: onePhase()
        }
    }

    private mutating func ddl(_ text: String, from source: ScriptedBinlog.Source = .server) {
        binlog.statement(text, from: source)
        for table in tables.keys { binlog.forgetTable(table) }
    }

    /// Applied twice, it would change nothing.
    private mutating func swap(from source: ScriptedBinlog.Source) {
        guard let columns = tables["t"], columns.count > 2 else { return }
        let (first, second) = (columns[1], columns[2])
        ddl("ALTER TABLE t RENAME COLUMN \(first) TO \(second), RENAME COLUMN \(second) TO \(first)", from: source)
        tables["t"]?.swapAt(1, 2)
    }

    private mutating func insert(
        into table: String, eventRows: [Int], from source: ScriptedBinlog.Source = .server
    ) {
        binlog.begin(from: source)
        let isFiltered = server.excludesOtherSource && source == .other
        for count in eventRows { insertEvent(into: table, rows: count, isFiltered: isFiltered) }
        binlog.commit()
    }

    private mutating func insertEvent(into table: String, rows count: Int, isFiltered: Bool = false) {
        let columns = tables[table] ?? []
        let values = (0..<count).map { _ in
            columns.map { _ in
                defer { nextValue += 1 }
                return nextValue
            }
        }
        binlog.insert(into: table, values)
        for row in values where !isFiltered {
            rows.append("\(table) {" + zip(columns, row).map { "\($0):\($1)" }.joined(separator: ",") + "}")
        }
    }

    /// `CREATE TABLE … SELECT`: on MySQL 8 the statement and the rows in one transaction, on MariaDB in two.
    private mutating func createFromRows() {
        let table = "v\(nextValue)"
        let create = "CREATE TABLE `\(table)` (`id` INT, `a` INT)"
        if server.flavor == .mariaDB { binlog.statement(create) }
        binlog.begin()
        if server.flavor == .mySQL { binlog.query("\(create) START TRANSACTION") }
        tables[table] = ["id", "a"]
        insertEvent(into: table, rows: 2)
        binlog.commit()
    }

    private mutating func xa(_ verb: String) {
        binlog.beginXA()
        xaRows()
        binlog.prepare(isOnePhase: false)
        binlog.completeXA(verb)
    }

    private mutating func xaRows() {
        insertEvent(into: Self.xaTable, rows: 2)
        insertEvent(into: Self.xaTable, rows: 1)
        binlog.query("XA END \(ScriptedBinlog.xaIdentifier)")
    }

    /// `XA COMMIT … ONE PHASE`, which MariaDB logs as an ordinary transaction.
    private mutating func onePhase() {
        guard server.flavor == .mySQL else { return insert(into: Self.xaTable, eventRows: [2, 1]) }
        binlog.beginXA()
        xaRows()
        binlog.prepare(isOnePhase: true)
    }
}
