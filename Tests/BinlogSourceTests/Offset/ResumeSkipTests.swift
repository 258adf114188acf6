import MySQLWire
import Testing

@testable import BinlogSource

@Suite struct ResumeSkipTests {
    @Test func deliveredEventsAndRowsAreSkipped() {
        var skip = ResumeSkip(.init(file: "b.1", position: 100), eventCount: 4, rowCount: 2)
        #expect(!skip.skipsEvent)
        let isTheSame = skip.beginGroup(at: .init(file: "b.1", position: 100))
        #expect(isTheSame)
        // BEGIN, TABLE_MAP, ROWS, TABLE_MAP are complete, and two rows of the next ROWS event.
        for _ in 0..<4 {
            #expect(skip.skipsEvent)
            skip.complete(isRows: true)
        }
        #expect(!skip.skipsEvent)
        var rows = skip.deliveredRows
        #expect(rows == 2)
        skip.complete(isRows: true)
        #expect(!skip.isPending)
        rows = skip.deliveredRows
        #expect(rows == 0)
    }

    @Test func otherTransactionIsReadCompletely() {
        var skip = ResumeSkip(.init(file: "b.1", position: 100), eventCount: 4, rowCount: 2)
        let isTheSame = skip.beginGroup(at: .init(file: "b.7", position: 100))
        #expect(!isTheSame)
        #expect(!skip.skipsEvent)
        let rows = skip.deliveredRows
        #expect(rows == 0)
        let isNext = skip.beginGroup(at: .init(file: "b.7", position: 500))
        #expect(isNext)
    }

    @Test func skippingEndsWithTheTransaction() {
        var skip = ResumeSkip(.init(file: "b.1", position: 100), eventCount: 9, rowCount: 1)
        _ = skip.beginGroup(at: .init(file: "b.1", position: 100))
        skip.complete(isRows: true)
        skip.endGroup()
        #expect(!skip.skipsEvent)
        let rows = skip.deliveredRows
        #expect(rows == 0)
    }

    @Test func transactionOfAnotherServerAtTheSamePositionIsReadCompletely() throws {
        let server = try #require(ServerUUID("55e628cd-e852-11f1-a40e-02fc00000001"))
        let gtids = (1...2).map { TransactionID.mySQL(GTID(source: server, number: $0)) }
        let stored = ResumeSkip(
            .init(file: "b.1", position: 100, gtid: gtids[0], serverID: 1), eventCount: 4, rowCount: 2)
        func isSkipped(_ gtid: TransactionID?, _ serverID: Int64?) -> Bool {
            var skip = stored
            return skip.beginGroup(at: .init(file: "b.1", position: 100, gtid: gtid, serverID: serverID))
        }
        #expect(isSkipped(gtids[0], 1))
        #expect(isSkipped(nil, 1))
        #expect(!isSkipped(gtids[1], 1))
        #expect(!isSkipped(gtids[0], 2))
    }

    /// The connection is lost while events are skipped: the rest is still skipped.
    @Test func interruptedSkipContinuesAfterReconnecting() {
        var skip = ResumeSkip(.init(file: "b.1", position: 100), eventCount: 6, rowCount: 3)
        let untouched = skip.continued(at: .init(file: "b.1", position: 60, gtids: nil), gtid: nil, serverID: 1)
        #expect(untouched == skip)
        _ = skip.beginGroup(at: .init(file: "b.1", position: 100))
        skip.complete(isRows: true)
        skip.complete(isRows: true)
        var next = skip.continued(
            at: .init(file: "b.1", position: 100, gtids: nil, eventCount: 2, rowCount: 0), gtid: nil,
            serverID: 1)
        _ = next.beginGroup(at: .init(file: "b.1", position: 100))
        for _ in 0..<6 {
            #expect(next.skipsEvent)
            next.complete(isRows: true)
        }
        let rows = next.deliveredRows
        #expect(rows == 3)
    }

    /// The connection is lost after the skipped part: events that were delivered since are skipped, too.
    @Test func eventsDeliveredSinceTheSkipAreSkippedAfterReconnecting() {
        var skip = ResumeSkip(.init(file: "b.1", position: 100), eventCount: 1, rowCount: 0)
        _ = skip.beginGroup(at: .init(file: "b.1", position: 100))
        skip.complete(isRows: true)
        var next = skip.continued(
            at: .init(file: "b.1", position: 100, gtids: nil, eventCount: 4, rowCount: 2), gtid: nil,
            serverID: 1)
        _ = next.beginGroup(at: .init(file: "b.1", position: 100))
        for _ in 0..<4 { next.complete(isRows: true) }
        let rows = next.deliveredRows
        #expect(rows == 2)
    }
}
