import ConnectData
import DebeziumPlugins
import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource
@testable import MySQLWire

/// Which rows become which records, and the errors if a row cannot be emitted.
@Suite struct RecordEmitterTests {
    private final class FailingSink: RecordSink {
        var remaining: Int
        init(after remaining: Int) { self.remaining = remaining }
        func emit(_ record: consuming ConnectRecord) throws -> Bool {
            guard remaining > 0 else { throw CancellationError() }
            remaining -= 1
            return true
        }
        func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
        func awaitDelivery() throws {}
    }

    private func emitter(_ fixture: AllTypesFixture, _ sink: any RecordSink) -> RecordEmitter {
        RecordEmitter(RecordOutput(fixture.configuration, to: sink))
    }

    /// Calls `body` with the first event of a table, decoded.
    private func withRows(
        of table: String, _ kind: RowsEvent.Kind, in fixture: AllTypesFixture,
        _ body: (RowsEvent, BinlogRowDecoder) throws -> Void
    ) throws {
        for (map, rows) in try AllTypesFixture.rowEvents() {
            var decoder = BinlogDecoder(hasChecksums: false)
            let name = try map.withUnsafeBytes { bytes -> TableMap in
                guard case .tableMap(let map) = try decoder.decodeOne(bytes).body else {
                    throw DataError("no table map")
                }
                return map
            }
            guard name.table == table, let definition = fixture.definitions[table] else { continue }
            let isDone = try rows.withUnsafeBytes { bytes -> Bool in
                guard case .rows(let event) = try decoder.decodeOne(bytes).body, event.kind == kind else {
                    return false
                }
                let plan = try TablePlan(definition, configuration: fixture.configuration)
                try body(event, try plan.binlogDecoder(for: name))
                return true
            }
            if isDone { return }
        }
        Issue.record("no rows of \(table)")
    }

    private let source = SourceInfo(timestampMicroseconds: 0, file: "f", position: 1)

    private func operations(_ sink: CollectingSink) -> [String] {
        sink.records.map { $0.value.structValue?["op"]?.stringValue ?? "tombstone" }
    }

    // MARK: Rows and records

    @Test func deliveredRowsAreSkipped() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let sink = CollectingSink()
        let emitter = emitter(fixture, sink)
        try withRows(of: "numbers", .insert, in: fixture) { event, decoder in
            let count = try emitter.emit(event, of: decoder, source: source, skippingRows: 4)
            #expect(count == 6)
        }
        let rows = sink.records.map { $0.value.structValue?["source"]?.structValue?["row"]?.integerValue }
        #expect(rows == [4, 5])
        #expect(emitter.deliveredRows == 6)
        #expect(emitter.emittedRecords == 2)
    }

    @Test func sourceHasNothingOfTheEventBefore() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let sink = CollectingSink()
        let emitter = emitter(fixture, sink)
        var full = source
        (full.gtid, full.thread, full.query) = ("g", 7, "INSERT")
        try withRows(of: "numbers", .insert, in: fixture) { event, decoder in
            _ = try emitter.emit(event, of: decoder, source: full, skippingRows: 5)
            _ = try emitter.emit(event, of: decoder, source: source, skippingRows: 5)
        }
        for field in ["gtid", "thread", "query"] {
            let values = sink.records.map { $0.value.structValue?["source"]?.structValue?[field]?.isNull }
            #expect(values == [false, true], "\(field)")
        }
    }

    @Test func deliveredRowCountIsKeptWhenTheSinkStops() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let emitter = emitter(fixture, FailingSink(after: 3))
        try withRows(of: "numbers", .insert, in: fixture) { event, decoder in
            #expect(throws: CancellationError.self) { try emitter.emit(event, of: decoder, source: source) }
        }
        #expect(emitter.deliveredRows == 3)
    }

    @Test func keyChangeGivesDeleteTombstoneAndCreateWithHeaders() throws {
        var fixture = try AllTypesFixture("1.9", "default")
        for keepsTombstones in [true, false] {
            fixture.configuration.tombstonesOnDelete = keepsTombstones
            let sink = CollectingSink()
            let emitter = emitter(fixture, sink)
            try withRows(of: "my-t $x", .update, in: fixture) { event, decoder in
                _ = try emitter.emit(event, of: decoder, source: source)
            }
            #expect(operations(sink) == (keepsTombstones ? ["d", "tombstone", "c"] : ["d", "c"]))
            #expect(sink.records.first?.headers.map(\.name) == ["__debezium.newkey"])
            #expect(sink.records.last?.headers.map(\.name) == ["__debezium.oldkey"])
        }
    }

    @Test func skippedOperationsApplyToTheEventNotToItsRecords() throws {
        var fixture = try AllTypesFixture("3.6", "default")
        for (skipped, expected) in [
            (MySQLConnectorConfig.SkippedOperations.update, []), ([.delete, .create], ["d", "tombstone", "c"]),
        ] as [(MySQLConnectorConfig.SkippedOperations, [String])] {
            fixture.configuration.skippedOperations = skipped
            let sink = CollectingSink()
            let emitter = emitter(fixture, sink)
            try withRows(of: "my-t $x", .update, in: fixture) { event, decoder in
                let count = try emitter.emit(event, of: decoder, source: source)
            #expect(count == 1)
            }
            #expect(operations(sink) == expected)
        }
    }

    @Test func updatesWithoutCapturedChangesCanBeSkipped() throws {
        var fixture = try AllTypesFixture("3.6", "default")
        fixture.configuration.skipsUnchangedRows = true
        fixture.configuration.filter.columns.excluded = try PatternList("alltypes.nopk.w")
        let sink = CollectingSink()
        let emitter = emitter(fixture, sink)
        try withRows(of: "nopk", .update, in: fixture) { event, decoder in
            let count = try emitter.emit(event, of: decoder, source: source)
            #expect(count == 2)
        }
        #expect(sink.records.isEmpty)
    }

    // MARK: Snapshots

    @Test(arguments: [
        ([1], ["last"]), ([2], ["first", "last"]), ([0, 1, 0], ["last"]),
        ([1, 1], ["first", "last"]), ([3, 3], ["first", "true", "last_in_data_collection", "first_in_data_collection", "true", "last"]),
        ([1, 1, 1], ["first", "last_in_data_collection", "last"]),
        ([0, 2, 1], ["first_in_data_collection", "last_in_data_collection", "last"]), ([0, 1, 1], ["last_in_data_collection", "last"]),
        ([2, 0, 2, 0], ["first", "last_in_data_collection", "first_in_data_collection", "last"]),
    ]) func snapshotRecordsAreMarkedByPosition(rowCounts: [Int], markers: [String]) throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let definition = try #require(fixture.definitions["nopk"])
        let sink = CollectingSink()
        let emitter = SnapshotEmitter(RecordOutput(fixture.configuration, to: sink))
        for count in rowCounts {
            let plan = try TablePlan(definition, configuration: fixture.configuration)
            try emitter.beginTable(plan, source: source)
            for _ in 0..<count { try emitter.emitSelected([1, 0x37, 0xFB], plan, definition) }
        }
        try emitter.finish()
        let found = sink.records.map { $0.value.structValue?["source"]?.structValue?["snapshot"]?.stringValue }
        #expect(found == markers)
    }

    // MARK: Schemas

    /// Column, its comment, and the documentation of its field.
    @Test(arguments: [
        ("3.6", "it''s", "it''s"), ("3.6", "", ""), ("1.9", "it''s", nil),
    ] as [(String, String?, String?)])
    func columnCommentBecomesFieldDocumentation(profile: String, comment: String?, documentation: String?) throws {
        let fixture = try AllTypesFixture(profile, "default")
        var definition = try #require(fixture.definitions["uniq"])
        for index in definition.columns.indices { definition.columns[index].comment = comment }
        let plan = try TablePlan(definition, configuration: fixture.configuration)
        #expect(plan.rowSchema.fields.allSatisfy { $0.schema.documentation == documentation })
        #expect(plan.keySchema?.fields.allSatisfy { $0.schema.documentation == documentation } == true)
        #expect(plan.rowSchema.documentation == nil)
    }

    // MARK: What cannot be planned or converted

    @Test func tableMapThatContradictsTheHistoryIsRefusedWithARemedy() throws {
        var fixture = try AllTypesFixture("3.6", "default")
        fixture.definitions["uniq"]?.columns.removeLast()
        do {
            try withRows(of: "uniq", .insert, in: fixture) { _, _ in }
            Issue.record("accepted a table map with another number of columns")
        } catch let error as PlanError {
            #expect(error.description.contains("alltypes.uniq"))
            #expect(error.reason.contains("internal schema size 2, but row size 3"))
            #expect(error.remedy?.contains("new snapshot") == true)
        }
        var other = try AllTypesFixture("3.6", "default")
        other.definitions["uniq"]?.columns[1].typeName = "VARCHAR"
        #expect(throws: PlanError.self) { try withRows(of: "uniq", .insert, in: other) { _, _ in } }
    }

    @Test func columnsWithTheSameFieldNameAreRefused() throws {
        var fixture = try AllTypesFixture("3.6", "default")
        fixture.configuration.fieldNameAdjustment = .avro
        var definition = try #require(fixture.definitions["uniq"])
        definition.columns[1].name = "a-b"
        definition.columns[2].name = "a b"
        do {
            _ = try TablePlan(definition, configuration: fixture.configuration)
            Issue.record("accepted two fields of one name")
        } catch let error as PlanError {
            #expect(error.reason.contains("field name duplication a_b"))
        }
        fixture.configuration.fieldNameAdjustment = .avroUnicode
        #expect(try TablePlan(definition, configuration: fixture.configuration).rowSchema.fields[1].name == "a_u002db")
    }

    @Test func unknownTypesAndCharacterSetsAreRefusedWithARemedy() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        var definition = try #require(fixture.definitions["uniq"])
        definition.columns[2].typeName = "INET6"
        #expect(throws: PlanError.self) { try TablePlan(definition, configuration: fixture.configuration) }
        definition.columns[2].typeName = "VARCHAR"
        definition.columns[2].characterSet = "klingon"
        do {
            _ = try TablePlan(definition, configuration: fixture.configuration)
        } catch let error as PlanError {
            #expect(error.description.contains("klingon"))
            #expect(error.description.contains("column.exclude.list=alltypes.uniq.c"))
        }
    }

    @Test func unrepresentableValueIsNullOrAnErrorThatNamesTheColumn() throws {
        var fixture = try AllTypesFixture("3.6", "connect")
        fixture.configuration.filter = TableFilter()
        let sink = CollectingSink()
        let emitter = emitter(fixture, sink)
        // A negative TIME in a nullable column.
        try withRows(of: "times", .insert, in: fixture) { event, decoder in
            _ = try emitter.emit(event, of: decoder, source: source)
        }
        #expect(sink.records.first?.value.structValue?["after"]?.structValue?["t"] == .null)
        do {
            try withRows(of: "timesnn", .insert, in: fixture) { event, decoder in
                _ = try emitter.emit(event, of: decoder, source: source)
            }
            Issue.record("wrote null into a column that is NOT NULL")
        } catch let error as ConversionError {
            #expect(error.description.contains("alltypes.timesnn"))
            #expect(error.description.contains("Invalid value: null used for required field: \"t\""))
        }
        fixture.configuration.unrepresentableValueHandling = .fail
        let strict = self.emitter(fixture, CollectingSink())
        #expect(throws: ConversionError.self) {
            try withRows(of: "times", .insert, in: fixture) { event, decoder in
                _ = try strict.emit(event, of: decoder, source: source)
            }
        }
    }

    /// The cell is MySQL 9.7's `STRING_TO_VECTOR('[1,-2.5,3e10]')`; Debezium 3.6.1 renders `[1.0, -2.5, 3.0000001E10]`.
    @Test func vectorsAreArraysOfFloats() throws {
        let cell = try #require([UInt8](hex: "0000803f000020c07684df50"))
        var builder = ValueBuilder()
        var context = CellContext()
        #expect(cell.withUnsafeBytes { FloatVector.write($0, into: &builder, &context) } == .written)
        #expect(builder.takeValue() == .array([.float32(1), .float32(-2.5), .float32(3.0000001e10)]))
        let damaged = Array(cell.dropLast())
        #expect(damaged.withUnsafeBytes { FloatVector.write($0, into: &builder, &context) } == .damaged)
    }

    /// Every captured row event, damaged at random: an error or other values, never a trap.
    @Test func damagedRowsNeverTrap() throws {
        let fixture = try AllTypesFixture("3.6", "default")
        let events = try AllTypesFixture.rowEvents()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<3000 {
            var (map, rows) = events.randomElement(using: &generator) ?? ([], [])
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                if Bool.random(using: &generator) {
                    let place = Int.random(in: 19..<rows.count, using: &generator)
                    rows[place] = UInt8.random(in: 0...255, using: &generator)
                } else {
                    let place = Int.random(in: 19..<map.count, using: &generator)
                    map[place] = UInt8.random(in: 0...255, using: &generator)
                }
            }
            do {
                var decoder = BinlogDecoder(hasChecksums: false)
                guard case .tableMap(let found) = try map.withUnsafeBytes({ try decoder.decodeOne($0).body }),
                    let definition = fixture.definitions[found.table]
                else { continue }
                let plan = try TablePlan(definition, configuration: fixture.configuration)
                try rows.withUnsafeBytes { bytes in
                    guard case .rows(let event) = try decoder.decodeOne(bytes).body else { return }
                    _ = try emitter(fixture, CollectingSink()).emit(
                        event, of: try plan.binlogDecoder(for: found), source: source)
                }
            } catch {
                // A damaged event may be refused.
            }
        }
    }
}
