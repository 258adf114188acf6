import ConnectData
import DebeziumPlugins
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

/// Records that the real Debeziums wrote (`Fixtures/ddl/history/ORIGIN.md`).
struct RecordedHistory {
    let profile: DebeziumProfile
    let records: [[UInt8]]

    init(_ generation: DebeziumGeneration) throws {
        profile = DebeziumProfile(generation: generation)
        let text = try Fixtures.text("ddl/history/\(generation == .v36 ? "v36" : "v19").txt")
        records = text.split(separator: "\n\u{1E}\n").map { [UInt8](JavaText.trim($0).utf8) }
    }

    var rules: SchemaRules {
        SchemaRules(
            profile: profile, captures: { $0.database == "ddlq" }, listsIncludeDatabase: { $0 == "ddlq" })
    }
}

@Suite struct HistoryRecordTests {
    @Test(arguments: [DebeziumGeneration.v19, .v36])
    func recordsAreReencodedByteForByte(_ generation: DebeziumGeneration) throws {
        let history = try RecordedHistory(generation)
        #expect(history.records.count > 30)
        for bytes in history.records {
            let written = try HistoryRecord(decoding: bytes).encoded(for: history.profile)
            #expect(String(decoding: written, as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Applying the statements of a real stream after the snapshot gives the tables that Debezium recorded.
    @Test(arguments: [DebeziumGeneration.v19, .v36])
    func applyingTheStatementsGivesTheRecordedTables(_ generation: DebeziumGeneration) throws {
        let history = try RecordedHistory(generation)
        var schema = DatabaseSchema(rules: history.rules)
        for bytes in history.records {
            let record = try HistoryRecord(decoding: bytes)
            // RENAME and DROP of several tables are split into records; each is compared with its own state.
            let changes = try schema.apply(record.ddl ?? "", defaultDatabase: record.databaseName ?? "")
            guard record.ddl?.contains("ddlq2.y TO") != true || generation == .v36 else { continue }
            #expect(changes.flatMap(\.tables) == record.tableChanges, "\(record.ddl ?? "")")
            #expect(changes.map(\.database) == [record.databaseName])
        }
    }

    @Test func compactDocumentsAreDecoded() throws {
        let history = try RecordedHistory(.v36)
        for bytes in history.records {
            let compact = try JSONValue.parse(bytes).encoded()
            #expect(try HistoryRecord(decoding: compact) == HistoryRecord(decoding: bytes))
        }
    }

    @Test func invalidRecordsAreRefused() {
        for text in ["", "{}", "[]", "{\"source\":{},\"position\":3}", "{\"source\":{},\"position\":{},\"tableChanges\":[{}]}"] {
            #expect(throws: HistoryError.self) { try HistoryRecord(decoding: [UInt8](text.utf8)) }
        }
    }

    /// A damaged record is refused or decoded, but never traps.
    @Test func damagedRecordsDoNotTrap() throws {
        let bytes = try #require(try RecordedHistory(.v36).records.last)
        for index in bytes.indices {
            _ = try? HistoryRecord(decoding: Array(bytes[..<index]))
            var damaged = bytes
            damaged[index] = damaged[index] &+ 1
            _ = try? HistoryRecord(decoding: damaged)
        }
    }
}
