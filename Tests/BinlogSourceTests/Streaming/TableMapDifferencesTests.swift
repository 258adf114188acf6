import Synchronization
import Testing
import WireCore

@testable import BinlogSource

@Suite struct TableMapDifferencesTests {
    private final class Lines: LogHandler {
        private let lines = Mutex<[String]>([])
        var messages: [String] { lines.withLock { $0 } }
        func write(level: LogLevel, logger: String, context: String, message: String) {
            lines.withLock { $0.append("\(level) \(message)") }
        }
    }

    private let lines = Lines()

    /// - Parameter primaryKey: the key that the server reports.
    private func differences(_ primaryKey: [String]) -> TableMapDifferences {
        let system = LogSystem()
        system.install(lines)
        return TableMapDifferences(logger: Logger("test", system: system)) { _ in primaryKey }
    }

    private func decoder(_ table: String, _ change: (inout TableDefinition) -> Void) throws -> BinlogRowDecoder {
        try CapturedTables("mysql/9.7.4/binlog/metadata-full").rowDecoder(table, change)
    }

    @Test func keyConfirmedByTheServerStopsTheTask() throws {
        let decoder = try decoder("keyed") { $0.primaryKeyColumnNames = ["a"] }
        var differences = differences(["c", "a"])
        do {
            try differences.check(decoder)
            Issue.record("accepted a different key")
        } catch let error as PlanError {
            #expect(error.table.description == "wire.keyed" && error.column == "c")
            #expect(error.reason.contains("the table's key is (a), but on the server it is (c, a)"))
            #expect(error.remedy?.contains("new snapshot") == true)
        }
    }

    @Test func uniqueKeyInPlaceOfAPrimaryKeyIsNoConflict() throws {
        let decoder = try decoder("uniquely") { $0.primaryKeyColumnNames = ["b"] }
        #expect(decoder.conflictingKey == ["c"])
        var differences = differences([])
        try differences.check(decoder)
        #expect(lines.messages == [])
    }

    @Test func keyChangedLaterIsReportedOnce() throws {
        let decoder = try decoder("keyed") { $0.primaryKeyColumnNames = ["a"] }
        var differences = differences(["b"])
        try differences.check(decoder)
        try differences.check(decoder)
        #expect(lines.messages.count == 1)
        #expect(lines.messages[0].contains("is (a) in the schema history, but (c, a) in the binlog and (b) on the server now"))
    }

    @Test func characterSetsAreReportedOncePerTableVersion() throws {
        var differences = differences([])
        let first = try decoder("texts") { $0.columns[0].characterSet = "utf8mb4" }
        for _ in 0..<3 { try differences.check(first) }
        #expect(lines.messages.count == 1)
        #expect(lines.messages[0].contains("table wire.texts"))
        #expect(lines.messages[0].contains("a (utf8mb4, but latin1 on the server)"))
        try differences.check(
            try decoder("texts") {
                $0.columns[0].characterSet = "utf8mb4"
                $0.comment = "another version"
            })
        #expect(lines.messages.count == 2)
    }
}
