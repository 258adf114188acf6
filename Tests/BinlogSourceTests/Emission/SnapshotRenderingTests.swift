import BinlogSource
import ConnectData
import DebeziumPlugins
import Testing
import WireCore

/// The same rows, once read by the snapshot and once from the binlog: nothing differs but the closed list.
@Suite struct SnapshotRenderingTests {
    /// One value that differs: where, and how the snapshot and the stream give it.
    struct Difference: Hashable, Comparable, CustomStringConvertible {
        var table: String
        var row: Int64
        var column: String

        static func < (a: Self, b: Self) -> Bool { (a.table, a.row, a.column) < (b.table, b.row, b.column) }
        var description: String { "\(table) \(row) \(column)" }
    }

    /// Which rendering accounts for a value of the story. Nil: none may.
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

    @Test(arguments: ["3.6", "1.9"]) func nothingElseDiffers(version: String) throws {
        let story = try AllTypesStory(version, "default")
        var seen: Set<SnapshotRendering> = []
        for difference in try differences(story) {
            let rendering = Self.rendering(difference, story.configuration.profile)
            guard let rendering, story.configuration.profile.renders(rendering) else {
                Issue.record("\(version): \(difference) differs between snapshot and stream")
                continue
            }
            seen.insert(rendering)
        }
        // The zone is not part of this variant; all others that the generation has must have been seen.
        let all = SnapshotRendering.allCases.filter {
            story.configuration.profile.renders($0) && $0 != .timestampInConnectionZone
        }
        #expect(seen == Set(all))
    }

    @Test func timestampsMoveWithTheConnectionZoneOnly() throws {
        let story = try AllTypesStory("1.9", "zoned")
        let moved = try differences(story).filter { Self.rendering($0, .v19) == nil || $0.column.hasPrefix("ts") }
        #expect(moved.allSatisfy { $0.column.hasPrefix("ts") })
        #expect(moved.contains(Difference(table: "times", row: 1, column: "ts6")))
    }

    /// Columns that hold the time at which the row was inserted.
    private static let timesOfInsertion: Set<String> = ["tsn6", "ts6c", "dt6c"]

    /// Rows of the stream are copies of the snapshot's with ids that are larger by ten.
    private func differences(_ story: AllTypesStory) throws -> [Difference] {
        let sink = CollectingSink()
        let emitter = RecordEmitter(
            configuration: story.configuration, taskID: 0, runID: "run", sink: sink, clock: { 0 })
        try story.tellSnapshot(to: emitter)
        let snapshot = rows(sink, operation: "r")
        let streamSink = CollectingSink()
        let streamEmitter = RecordEmitter(
            configuration: story.configuration, taskID: 0, runID: "run", sink: streamSink, clock: { 0 })
        try story.tellStream(to: streamEmitter)
        let stream = rows(streamSink, operation: "c")
        var differences: [Difference] = []
        var compared = 0
        for (table, tableRows) in snapshot {
            for (id, row) in tableRows {
                guard let copy = stream[table]?[table == "numbersnn" ? id - 100 : table == "moredefs" ? id + 1 : id + 10]
                else { continue }
                compared += 1
                for (index, field) in row.schema.fields.enumerated()
                where index > 0 && row.values[index] != copy.values[index] {
                    if Self.timesOfInsertion.contains(field.name) { continue }
                    differences.append(Difference(table: table, row: id, column: field.name))
                }
            }
        }
        #expect(compared > 30)
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
