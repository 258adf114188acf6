import MySQLTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import MySQLWire

@Suite struct BinlogEventDecoderTests {
    /// The events of `Fixtures/workloads/small/binlog.bin`: a transaction that inserts 200 rows of ten columns.
    private static func events() throws -> [[UInt8]] {
        let log = try Fixtures.bytes("workloads/small/binlog.bin")
        var (events, offset): ([[UInt8]], Int) = ([], 0)
        while offset < log.count {
            let count = (0..<4).reduce(0) { $0 | Int(log[offset + 9 + $1]) << ($1 * 8) }
            events.append(Array(log[offset..<offset + count]))
            offset += count
        }
        return events
    }

    private static func decoded(_ bytes: [UInt8], by decoder: inout BinlogEventDecoder) throws -> [MySQLBinlogEvent] {
        try bytes.withUnsafeBytes { bytes in
            var events: [MySQLBinlogEvent] = []
            try decoder.feed(bytes)
            while let event = try decoder.next() { events.append(event) }
            return events
        }
    }

    @Test func rowsHaveTypedValues() throws {
        var decoder = BinlogEventDecoder(hasChecksums: true)
        var rows: [[MySQLValue]] = []
        for event in try Self.events().flatMap({ try Self.decoded($0, by: &decoder) }) {
            guard case .rows(let found) = event.content else { continue }
            #expect(found.kind == .insert)
            #expect(found.table.database == "wire" && found.table.name == "small")
            rows += try found.changes.map { change in
                #expect(change.before == nil)
                return try #require(change.after)
            }
        }
        #expect(rows.count == 200)
        let dateTime = MySQLDateTime(
            date: MySQLDate(year: 2026, month: 1, day: 2), hour: 3, minute: 4, second: 5, microsecond: 678_901)
        // The expressions of the INSERT in capture.json.
        for (row, id) in zip(rows, 100_000...) {
            let expected: [MySQLValue] = [
                .int(Int64(id)), .int(Int64(id % 1000)), .int(Int64(id * 1_000_003)), .text("customer-\(id)"),
                .text(String(repeating: String(UnicodeScalar(UInt8(97 + id % 26))), count: 40 + id % 60)),
                .decimal(Self.rounded(id, dividedBy: 7, scale: 2)), .dateTime(dateTime),
                .timestamp(microseconds: 1_767_323_045_678_000),
                .double(try #require(Double(Self.rounded(id, dividedBy: 3, scale: 4)))), .int(Int64(id % 100)),
            ]
            #expect(row == expected)
        }
    }

    private static func rounded(_ number: Int, dividedBy divisor: Int, scale: Int) -> String {
        let power = scale == 2 ? 100 : 10_000
        let value = (number * power * 2 + divisor) / (2 * divisor)
        let fraction = String(value % power)
        return "\(value / power)." + String(repeating: "0", count: scale - fraction.count) + fraction
    }

    @Test func damagedEventsThrow() throws {
        let events = try Self.events()
        let index = try #require(events.firstIndex { EventType(rawValue: $0[4]) == .writeRows })
        var decoder = BinlogEventDecoder(hasChecksums: true)
        for event in events[..<index] { _ = try Self.decoded(event, by: &decoder) }
        for count in [EventHeader.bytes + 8, EventHeader.bytes + 14, events[index].count - 60] {
            var damaged = Array(events[index].prefix(count))
            let length = UInt32(count + 4)
            for place in 0..<4 { damaged[9 + place] = UInt8(truncatingIfNeeded: length >> (place * 8)) }
            let checksum = damaged.withUnsafeBytes { CRC32.checksum($0) }
            damaged += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
            var copy = decoder
            #expect(throws: MySQLError.self) { try Self.decoded(damaged, by: &copy) }
        }
    }
}
