import MySQLWire
import Testing
import WireStreams

@testable import BinlogSource

@Suite struct SnapshotRestartReasonTests {
    private func server(_ code: UInt16) -> MySQLError {
        .server(MySQLServerError(code: code, sqlState: "42000", message: "no"))
    }

    @Test(arguments: [1049, 1054, 1146, 1412, 1932] as [UInt16])
    func tableChangedBeforeItsRowsAreReadInterruptsTheSnapshot(code: UInt16) {
        #expect(SnapshotRestartReason.reason(of: server(code))?.contains("\(code)") == true)
        #expect(SnapshotRestartReason.reason(of: SessionError(server(code), isConnecting: false)) != nil)
    }

    @Test func lostConnectionAndOtherServerInterruptTheSnapshot() {
        #expect(SnapshotRestartReason.reason(of: MySQLError.stream(.closed)) != nil)
        let other = ServerMismatchError(address: "db:3306", expected: "a", found: "b")
        #expect(SnapshotRestartReason.reason(of: other) == "connections to db:3306 lead to different servers: a and b")
    }

    @Test func changedColumnsInterruptTheSnapshot() {
        let error = TableChangedError(table: TableID(database: "db", table: "t"))
        #expect(SnapshotRestartReason.reason(of: error) == "the columns of db.t changed before its rows were read")
    }

    private func definition(_ columns: String..., options: String = "") -> String {
        "CREATE TABLE `t` (\n" + columns.map { "  \($0),\n" }.joined() + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB\(options)"
    }

    @Test func definitionChangeMustKeepTheReadColumns() {
        let old = definition("`id` int NOT NULL", "`a` int DEFAULT NULL", "`b` int DEFAULT NULL")
        let counted = definition(
            "`id` int NOT NULL", "`a` int DEFAULT NULL", "`b` int DEFAULT NULL", options: " AUTO_INCREMENT=7")
        let added = definition(
            "`id` int NOT NULL", "`x` int DEFAULT NULL", "`a` int DEFAULT NULL", "`b` int DEFAULT NULL")
        for new in [old, counted, added] { #expect(DefinitionChange.keepsColumns(from: old, to: new)) }
        let swapped = definition("`id` int NOT NULL", "`b` int DEFAULT NULL", "`a` int DEFAULT NULL")
        let renamed = definition("`id` int NOT NULL", "`c` int DEFAULT NULL", "`b` int DEFAULT NULL")
        let widened = definition("`id` int NOT NULL", "`a` bigint DEFAULT NULL", "`b` int DEFAULT NULL")
        for new in [swapped, renamed, widened] { #expect(!DefinitionChange.keepsColumns(from: old, to: new)) }
    }

    @Test func permanentErrorsDoNotInterruptTheSnapshot() {
        #expect(SnapshotRestartReason.reason(of: server(1142)) == nil)
        #expect(SnapshotRestartReason.reason(of: server(1205)) == nil)
        #expect(SnapshotRestartReason.reason(of: ConnectorError("no")) == nil)
    }
}
