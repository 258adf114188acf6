import ConnectData
import DebeziumPlugins
import MySQLWire
import Testing
import WireCore

@testable import BinlogSource

/// The first tests use the offsets that Debezium 3.6.1 and 1.9.5 stored for the same statements on MySQL 9.7.
@Suite struct OffsetTrackerTests {
    private static let server = "55e628cd-e852-11f1-a40e-02fc00000001"

    private func tracker(gtids: String? = "\(server):1-5", position: Int64 = 1231) throws -> OffsetTracker {
        let set = try gtids.map { ExecutedGTIDs(.mySQL(try #require(GTIDSet($0)))) }
        return OffsetTracker(startingAt: .init(file: "binlog.000001", position: position, gtids: set))
    }

    private func gtid(_ number: UInt64, _ source: String = server) throws -> TransactionID {
        .mySQL(GTID(source: try #require(ServerUUID(source)), number: number))
    }

    /// GTID, BEGIN, TABLE_MAP, up to a row event that is about to be emitted.
    private func upToRows(_ tracker: inout OffsetTracker, _ gtid: TransactionID?) {
        _ = tracker.begin(eventBytes: 79, nextPosition: 1310, serverID: 1)
        tracker.announce(gtid)
        tracker.complete()
        _ = tracker.begin(eventBytes: 72, nextPosition: 1382, serverID: 1)
        tracker.beginGroup(.transaction)
        tracker.complete()
        _ = tracker.begin(eventBytes: 48, nextPosition: 1430, serverID: 1)
        tracker.complete()
        _ = tracker.begin(eventBytes: 44, nextPosition: 1474, serverID: 1)
    }

    @Test func rowOffsetIsTheTransactionStartWithEventAndRowCounts() throws {
        var tracker = try tracker()
        upToRows(&tracker, try gtid(6))
        #expect(tracker.eventPosition == 1430)
        tracker.deliverRows(1, of: 1)
        tracker.timestampSeconds = 1_795_558_030
        let stored = tracker.storedPoint.offset
        #expect(String(decoding: JSONValue.object(stored.encoded(for: .v36)).encoded(), as: UTF8.self) == """
            {"ts_sec":1795558030,"file":"binlog.000001","pos":1310,"gtids":"\(Self.server):1-5","row":1,"server_id":1,"event":2}
            """)
        #expect(String(decoding: JSONValue.object(stored.encoded(for: .v19)).encoded(), as: UTF8.self) == """
            {"transaction_id":null,"ts_sec":1795558030,"file":"binlog.000001","pos":1310,"gtids":"\(Self.server):1-5",\
            "row":1,"server_id":1,"event":2}
            """)
    }

    @Test func completedRowEventResetsTheRowCount() throws {
        var tracker = try tracker()
        upToRows(&tracker, try gtid(6))
        tracker.deliverRows(2, of: 3)
        #expect(tracker.storedPoint.offset.rowCount == 2)
        tracker.deliverRows(3, of: 3)
        #expect(tracker.storedPoint.offset.rowCount == 3)
        #expect(tracker.storedPoint.offset.eventCount == 2)
        tracker.complete()
        #expect(tracker.storedPoint.offset.rowCount == 0)
        #expect(tracker.storedPoint.offset.eventCount == 3)
    }

    @Test func commitAdvancesToTheTransactionEndAndAddsItsGTID() throws {
        var tracker = try tracker()
        upToRows(&tracker, try gtid(6))
        tracker.deliverRows(1, of: 1)
        tracker.complete()
        _ = tracker.begin(eventBytes: 31, nextPosition: 1505, serverID: 1)
        tracker.commit()
        tracker.complete()
        let stored = tracker.storedPoint.offset
        #expect(stored.position == 1505)
        #expect(stored.gtids == "\(Self.server):1-6")
        #expect(stored.eventCount == 0)
        #expect(stored.rowCount == 0)
    }

    @Test func statementOffsetIsItsEndWithoutItsOwnGTID() throws {
        var tracker = try tracker(gtids: "\(Self.server):1-6", position: 1505)
        _ = tracker.begin(eventBytes: 77, nextPosition: 1582, serverID: 1)
        tracker.announce(try gtid(7))
        tracker.complete()
        _ = tracker.begin(eventBytes: 121, nextPosition: 1703, serverID: 1)
        tracker.finishStatement()
        #expect(tracker.storedPoint.offset.position == 1703)
        #expect(tracker.storedPoint.offset.gtids == "\(Self.server):1-6")
        #expect(tracker.storedPoint.offset.eventCount == 0)
        // This process does not read it again.
        #expect(tracker.resumePoint.gtids?.text == "\(Self.server):1-7")
        tracker.complete()
        _ = tracker.begin(eventBytes: 79, nextPosition: 1782, serverID: 1)
        tracker.announce(try gtid(8))
        #expect(tracker.storedPoint.offset.gtids == "\(Self.server):1-7")
    }

    @Test func newServerIsAppendedAndSingleTransactionsAreWrittenAsIntervals() throws {
        var tracker = try tracker(gtids: "\(Self.server):1-8")
        let other = "11111111-1111-1111-1111-111111111111"
        upToRows(&tracker, try gtid(7, other))
        _ = tracker.begin(eventBytes: 31, nextPosition: 1505, serverID: 1)
        tracker.commit()
        upToRows(&tracker, try gtid(9))
        _ = tracker.begin(eventBytes: 31, nextPosition: 1505, serverID: 1)
        tracker.commit()
        #expect(tracker.storedPoint.offset.gtids == "\(Self.server):1-9,\(other):7-7")
    }

    @Test func rotationNamesTheNextFile() throws {
        var tracker = try tracker()
        _ = tracker.rotate(to: "binlog.000002", position: 4)
        _ = tracker.begin(eventBytes: 122, nextPosition: 0, serverID: 1)
        #expect(tracker.storedPoint.offset.file == "binlog.000002")
        #expect(tracker.storedPoint.offset.position == 4)
        _ = tracker.begin(eventBytes: 79, nextPosition: 205, serverID: 1)
        #expect(tracker.eventPosition == 126)
        #expect(tracker.storedPoint.offset.position == 205)
    }

    @Test func positionsContinueBeyondFourGibibytes() throws {
        var tracker = try tracker(gtids: nil, position: 4_294_967_000)
        _ = tracker.begin(
            eventBytes: 1000, nextPosition: UInt32(truncatingIfNeeded: 4_294_968_000 as Int64), serverID: 1)
        #expect(tracker.eventPosition == 4_294_967_000)
        #expect(tracker.eventEnd == 4_294_968_000)
        _ = tracker.begin(
            eventBytes: 100, nextPosition: UInt32(truncatingIfNeeded: 4_294_968_100 as Int64), serverID: 1)
        #expect(tracker.eventPosition == 4_294_968_000)
    }

    @Test func storedOffsetsDoNotPointIntoXATransactions() throws {
        var tracker = try tracker()
        _ = tracker.begin(eventBytes: 79, nextPosition: 1310, serverID: 1)
        tracker.announce(try gtid(6))
        _ = tracker.begin(eventBytes: 72, nextPosition: 1382, serverID: 1)
        tracker.beginGroup(.xa)
        tracker.complete()
        _ = tracker.begin(eventBytes: 44, nextPosition: 1426, serverID: 1)
        tracker.deliverRows(1, of: 2)
        #expect(tracker.storedPoint.offset.eventCount == 0)
        #expect(tracker.storedPoint.offset.rowCount == 0)
        #expect(tracker.storedPoint.offset.position == 1310)
        #expect(tracker.resumePoint.eventCount == 1)
        #expect(tracker.resumePoint.rowCount == 1)
    }

    @Test func positionsThatOverflowAreRefused() throws {
        var tracker = try tracker(position: .max - 10)
        let isInRange = tracker.begin(eventBytes: 100, nextPosition: 90, serverID: 1)
        #expect(!isInRange)
        let isRotated = tracker.rotate(to: "binlog.000002", position: .max)
        #expect(!isRotated)
    }

    @Test func offsetAfterAStatementWithoutRecordsHasItsGTID() throws {
        var tracker = try tracker(gtids: "\(Self.server):1-6", position: 1505)
        _ = tracker.begin(eventBytes: 77, nextPosition: 1582, serverID: 1)
        tracker.announce(try gtid(7))
        _ = tracker.begin(eventBytes: 121, nextPosition: 1703, serverID: 1)
        #expect(tracker.storedPoint(isAfterStatement: true).offset.gtids == "\(Self.server):1-6")
        tracker.finishStatement()
        #expect(tracker.storedPoint(isAfterStatement: true).offset.gtids == "\(Self.server):1-7")
        #expect(tracker.storedPoint.offset.gtids == "\(Self.server):1-6")
    }
}
