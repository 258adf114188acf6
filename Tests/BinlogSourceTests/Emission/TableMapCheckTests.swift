import ConnectData
import Testing

@testable import BinlogSource
@testable import MySQLWire

/// Compares table maps of real servers with schema histories that match and that differ.
@Suite struct TableMapCheckTests {
    private static let full = "mysql/9.7.4/binlog/metadata-full"
    private static let minimal = "mysql/9.7.4/binlog/metadata-minimal"
    private static let mariaDB = "mariadb/11.8.9/binlog/metadata-full"

    private func failure(_ body: () throws -> BinlogRowDecoder) -> PlanError? {
        do {
            _ = try body()
        } catch { return error as? PlanError }
        return nil
    }

    @Test(arguments: [full, minimal, mariaDB], ["3.6", "1.9"])
    func matchingHistoryIsAccepted(name: String, profile: String) throws {
        let captured = try CapturedTables(name, profile: profile)
        #expect(captured.tables.count >= 7)
        for table in captured.tables where table != "own_texts" {
            let decoder = try captured.rowDecoder(table)
            #expect(decoder.characterSetConflicts.isEmpty, "\(table)")
            #expect(decoder.conflictingKey == nil || table == "uniquely", "\(table)")
        }
    }

    @Test func differingColumnNameStopsTheTask() throws {
        let captured = try CapturedTables(Self.full)
        let error = try #require(failure { try captured.rowDecoder("keyed") { $0.columns.swapAt(0, 1) } })
        #expect(error.table.description == "wire.keyed" && error.column == "b")
        #expect(error.reason.contains("column 1 is named b, but it is a on the server"))
        #expect(error.remedy?.contains("new snapshot") == true)
        // As MODIFY may write it.
        #expect(failure { try captured.rowDecoder("keyed") { $0.columns[0].name = "A" } } == nil)
        // Not detectable without names in the table map.
        let unnamed = try CapturedTables(Self.minimal)
        #expect(failure { try unnamed.rowDecoder("keyed") { $0.columns.swapAt(0, 1) } } == nil)
    }

    @Test(arguments: [full, minimal], [(0, "TINYINT"), (1, "SMALLINT UNSIGNED"), (11, "INT"), (8, "DECIMAL")])
    func differingSignednessStopsTheTask(name: String, change: (Int, String)) throws {
        let captured = try CapturedTables(name)
        let error = try #require(
            failure { try captured.rowDecoder("numbers") { $0.columns[change.0].typeName = change.1 } })
        #expect(error.column == ["a", "b", "i", "l"].first { $0 == error.column })
        let (history, server) = change.1.contains("UNSIGNED") ? ("unsigned", "signed") : ("signed", "unsigned")
        #expect(error.reason.contains("it is \(history), but \(server) on the server"))
    }

    @Test func differingEnumOptionsStopTheTask() throws {
        let captured = try CapturedTables(Self.full)
        func error(_ column: Int, _ options: [String]) -> PlanError? {
            failure { try captured.rowDecoder("texts") { $0.columns[column].enumValues = options } }
        }
        let reordered = try #require(error(1, ["'가'", "'x'", "'it''s'", "'a\\\\b'"]))
        #expect(reordered.column == "b")
        #expect(reordered.reason.contains("its options are '가','x'"))
        #expect(reordered.reason.contains("but 'x','가','it's','a\\b' on the server"))
        #expect(error(1, ["'x'", "'가'", "'it''s'"]) != nil)
        #expect(error(4, ["'q'", "'p'"]) != nil)
        #expect(error(8, ["'y'"]) != nil)
        // The same options with trailing blanks, which the server removes.
        #expect(error(1, ["\"x\"", "'가'", "'it\\'s'", "'a\\\\b'"]) == nil)
        #expect(error(4, ["'p   '", "'q'"]) == nil)
    }

    @Test func textIsDecodedWithTheServersCharacterSet() throws {
        let captured = try CapturedTables(Self.minimal)
        let decoder = try captured.rowDecoder("texts") { $0.columns[0].characterSet = "utf8mb4" }
        #expect(decoder.characterSetConflicts == ["a (utf8mb4, but latin1 on the server)"])
        let texts = try CapturedTables("mysql/9.7.4/binlog/texts")
        let known = try texts.rows("texts")
        let changed = try texts.rows("texts") { table in
            for index in table.columns.indices where table.columns[index].characterSet != nil {
                table.columns[index].characterSet = "latin2"
            }
        }
        #expect(known[0][8].stringValue == "äöü€" && known[0][9].stringValue == "가나다")
        #expect(changed == known)
        // The column itself is utf8mb4.
        #expect(try texts.rowDecoder("texts") { $0.columns[0].characterSet = "utf8mb3" }.characterSetConflicts.isEmpty)
    }

    @Test func differingKeyIsReported() throws {
        let captured = try CapturedTables(Self.full)
        #expect(try captured.rowDecoder("keyed").conflictingKey == nil)
        #expect(try captured.rowDecoder("keyed") { $0.primaryKeyColumnNames = ["a"] }.conflictingKey == ["c", "a"])
        #expect(try captured.rowDecoder("prefixed") { $0.primaryKeyColumnNames = [] }.conflictingKey == ["b", "a"])
        // A key of more columns is unique, too.
        #expect(try captured.rowDecoder("keyed") { $0.primaryKeyColumnNames = ["a", "b", "c"] }.conflictingKey == nil)
        // message.key.columns defines another key.
        let chosen = try CapturedTables(Self.full, ["message.key.columns": "wire.keyed:b"])
        #expect(try chosen.rowDecoder("keyed") { $0.primaryKeyColumnNames = ["a"] }.conflictingKey == nil)
    }

    // MARK: Decimals

    /// DECIMAL columns of the table `numbers`, by their places: b(9,9), c(18,9), d(65,30), f(20,5).
    private func decimals(
        _ mode: String, _ precision: Int, _ scale: Int, profile: String = "3.6"
    ) throws -> [ContiguousArray<ConnectValue>] {
        try CapturedTables("mysql/9.7.4/binlog/numbers", ["decimal.handling.mode": mode], profile: profile)
            .rows("numbers") { table in
                table.columns[5].length = precision
                table.columns[5].scale = scale
            }
    }

    @Test func decimalIsRescaledToItsSchema() throws {
        // -12345.67890 with ten decimal places.
        #expect(try decimals("precise", 30, 10)[0][5] == .bytes(UnscaledDecimal.bytes(-123_456_789_000_000)))
        #expect(try decimals("precise", 20, 5)[0][5] == .bytes(UnscaledDecimal.bytes(-1_234_567_890)))
        #expect(try decimals("precise", 40, 30)[1][5] == .bytes([0]))
        // Strings and doubles keep the stored value, as in Debezium.
        #expect(try decimals("string", 30, 10)[0][5] == .string("-12345.67890"))
        #expect(try decimals("string", 10, 2)[0][5] == .string("-12345.67890"))
        #expect(try decimals("double", 10, 2)[0][5] == .float64(-12345.6789))
    }

    @Test func decimalThatWouldLoseDigitsStopsTheTask() throws {
        for (precision, scale) in [(20, 4), (10, 2), (10, 5)] {
            do {
                _ = try decimals("precise", precision, scale)
                Issue.record("accepted DECIMAL(20,5) as DECIMAL(\(precision),\(scale))")
            } catch let error as PlanError {
                #expect(error.column == "f" && error.table.description == "wire.numbers")
                #expect(error.reason.contains("it is DECIMAL(\(precision),\(scale)), but the server stores DECIMAL(20,5)"))
                #expect(error.remedy?.contains("new snapshot") == true)
            }
        }
        // Debezium 1.9 keeps the former precision if MODIFY has none.
        #expect(
            try decimals("precise", 10, 5, profile: "1.9")[0][5] == .bytes(UnscaledDecimal.bytes(-1_234_567_890)))
        #expect(throws: PlanError.self) { try decimals("precise", 20, 2, profile: "1.9") }
    }
}
