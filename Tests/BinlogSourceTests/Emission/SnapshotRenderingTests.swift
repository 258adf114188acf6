import ConnectData
import DebeziumPlugins
import Testing
import WireCore

@testable import BinlogSource

/// The same rows, read by the snapshot and from the binlog, differ only in the renderings of the closed list.
@Suite struct SnapshotRenderingTests {
    /// A value that differs between the snapshot and the stream.
    struct Difference: Hashable, Comparable, CustomStringConvertible {
        var table: String
        var row: Int64
        var column: String

        static func < (a: Self, b: Self) -> Bool { (a.table, a.row, a.column) < (b.table, b.row, b.column) }
        var description: String { "\(table) \(row) \(column)" }
    }

    /// The rendering that explains a difference. Returns nil if none does.
    static func rendering(_ difference: Difference, _ profile: DebeziumProfile) -> SnapshotRendering? {
        switch (difference.table, difference.column) {
        case ("texts", "j"): return .jsonAsPrinted
        case ("texts", "e"): return .enumerationUnescaped
        case ("moredefs", "e"): return .enumerationUnescaped
        case ("numbers", "f"), ("numbers", "d2"): return .floatsAsPrinted
        case ("texts", "vl"), ("charsets", "k"): return .textConvertedByServer
        case ("numbers", "y"), ("moredefs", "y0"), ("moredefs", "y1"): return .yearZeroIs2000
        case ("times", "dt1") where difference.row == 8: return .reformDaysMove
        case ("times", "t3"), ("times", "t4"), ("times", "t6"): return .timeSignLost
        case ("times", "d"), ("times", "dt"), ("times", "dt3"), ("timesnn", "dt"): return .yearZeroDates
        case ("times", _) where difference.column.hasPrefix("ts") && difference.row == 5: return .zeroTimestampIsNull
        case ("timesnn", "ts3") where difference.row == 1: return .zeroTimestampIsNull
        case ("times", _) where difference.column.hasPrefix("ts"): return .timestampWithoutZeros
        case ("timesnn", "ts3"), ("modes", "ts"), ("moredefs", "ts6"): return .timestampWithoutZeros
        default: return nil
        }
    }

    @Test(arguments: ["3.6", "1.9"]) func snapshotAndStreamDifferOnlyInTheListedRenderings(version: String) throws {
        let fixture = try AllTypesFixture(version, "default")
        let profile = fixture.configuration.profile
        var seen: Set<SnapshotRendering> = []
        for difference in try differences(fixture) {
            let kind = try #require(try kinds(of: difference.table, fixture)[difference.column])
            let rendering = Self.rendering(difference, profile)
            guard let rendering, kind.snapshotRenderings(profile).contains(rendering) else {
                Issue.record("\(version): \(difference) (\(kind)) differs between snapshot and stream")
                continue
            }
            seen.insert(rendering)
        }
        // This variant has no connection time zone; each of the generation's other renderings must occur.
        let all = SnapshotRendering.allCases.filter {
            fixture.configuration.profile.snapshots.renders($0) && $0 != .timestampInConnectionZone
        }
        #expect(seen == Set(all))
    }

    /// Columns of every kind are compared, except for those that `SHOW CREATE TABLE` of MySQL never has.
    @Test(arguments: ["3.6", "1.9"]) func everyKindIsCompared(version: String) throws {
        var found: Set<String> = []
        let fixture = try AllTypesFixture(version, "default")
        let compared = try tables(fixture)
        for table in compared { found.formUnion(try kinds(of: table, fixture).values.map(label)) }
        let float = fixture.configuration.profile == .v36 ? ["float32"] : []
        let vector = fixture.configuration.profile == .v36 && found.contains("vector") ? ["vector"] : []
        let expected: Set<String> = [
            "integer", "float64", "decimal", "bit", "bits", "text", "binary", "enumeration", "set", "json",
            "date", "time", "dateTime", "timestamp", "year", "geometry", "point",
        ]
        #expect(found.isSuperset(of: expected.union(float).union(vector)), "\(expected.subtracting(found))")
    }

    private func label(_ kind: ValueKind) -> String { Mirror(reflecting: kind).children.first?.label ?? "\(kind)" }

    private func kinds(of table: String, _ fixture: AllTypesFixture) throws -> [String: ValueKind] {
        let definition = try #require(fixture.definitions[table])
        let plan = try TablePlan(definition, configuration: fixture.configuration)
        return Dictionary(uniqueKeysWithValues: plan.columns.map { ($0.name, $0.kind) })
    }

    @Test func connectionTimeZoneChangesTimestampsOnly() throws {
        let fixture = try AllTypesFixture("1.9", "zoned")
        let moved = try differences(fixture).filter { Self.rendering($0, .v19) == nil || $0.column.hasPrefix("ts") }
        #expect(moved.allSatisfy { $0.column.hasPrefix("ts") })
        #expect(moved.contains(Difference(table: "times", row: 1, column: "ts6")))
    }

    /// Columns that hold the time at which the row was inserted.
    private static let timesOfInsertion: Set<String> = ["tsn6", "ts6c", "dt6c"]

    private typealias Rows = [String: [Int64: Struct]]

    /// The rows of the snapshot and of the stream.
    private func emittedRows(_ fixture: AllTypesFixture) throws -> (snapshot: Rows, stream: Rows) {
        let sink = CollectingSink()
        let emitter = SnapshotEmitter(RecordOutput(fixture.configuration, to: sink))
        try fixture.emitSnapshot(to: emitter)
        let snapshot = rows(sink, operation: "r")
        let streamSink = CollectingSink()
        let streamEmitter = RecordEmitter(RecordOutput(fixture.configuration, to: streamSink))
        try fixture.emitStream(to: streamEmitter)
        let stream = rows(streamSink, operation: "c")
        return (snapshot, stream)
    }

    /// Pairs of a row of the snapshot and its copy in the stream, whose id is larger.
    private func pairs(_ fixture: AllTypesFixture) throws -> [(table: String, id: Int64, row: Struct, copy: Struct)] {
        let (snapshot, stream) = try emittedRows(fixture)
        return snapshot.flatMap { table, rows in
            rows.compactMap { id, row in
                let distance: Int64 = table == "numbersnn" ? -100 : table == "moredefs" ? 1 : 10
                return stream[table]?[id + distance].map { (table, id, row, $0) }
            }
        }
    }

    /// The tables of which rows are compared.
    private func tables(_ fixture: AllTypesFixture) throws -> Set<String> { Set(try pairs(fixture).map(\.table)) }

    private func differences(_ fixture: AllTypesFixture) throws -> [Difference] {
        let pairs = try pairs(fixture)
        #expect(pairs.count > 30)
        var differences: [Difference] = []
        for (table, id, row, copy) in pairs {
            for (index, field) in row.schema.fields.enumerated()
            where index > 0 && row.values[index] != copy.values[index] && !Self.timesOfInsertion.contains(field.name) {
                differences.append(Difference(table: table, row: id, column: field.name))
            }
        }
        return differences.sorted()
    }

    /// The inserted or read rows of every table whose first column is a number, by that number.
    private func rows(_ sink: CollectingSink, operation: String) -> [String: [Int64: Struct]] {
        var result: [String: [Int64: Struct]] = [:]
        for record in sink.records {
            guard let envelope = record.value.structValue, envelope["op"] == .string(operation),
                let row = envelope["after"]?.structValue, let id = row.values[0].integerValue,
                let table = envelope["source"]?.structValue?["table"]?.stringValue
            else { continue }
            result[table, default: [:]][id] = row
        }
        return result
    }
}
