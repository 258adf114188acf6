import Testing

@testable import MySQLSource

@Suite struct ResumeSkipTests {
    @Test func eventsAndRowsThatWereDeliveredAreLeftOut() {
        var skip = ResumeSkip(file: "b.1", position: 100, eventCount: 4, rowCount: 2)
        #expect(!skip.skipsEvent)
        let isTheSame = skip.beginGroup(file: "b.1", position: 100)
        #expect(isTheSame)
        // BEGIN, TABLE_MAP, ROWS, TABLE_MAP are done; of the ROWS event that follows two rows.
        for _ in 0..<4 {
            #expect(skip.skipsEvent)
            skip.complete()
        }
        #expect(!skip.skipsEvent)
        var rows = skip.takeRows()
        #expect(rows == 2)
        skip.complete()
        #expect(!skip.isPending)
        rows = skip.takeRows()
        #expect(rows == 0)
    }

    @Test func anotherTransactionIsReadWhole() {
        var skip = ResumeSkip(file: "b.1", position: 100, eventCount: 4, rowCount: 2)
        let isTheSame = skip.beginGroup(file: "b.7", position: 100)
        #expect(!isTheSame)
        #expect(!skip.skipsEvent)
        let rows = skip.takeRows()
        #expect(rows == 0)
        let isNext = skip.beginGroup(file: "b.7", position: 500)
        #expect(isNext)
    }

    @Test func nothingIsLeftOutBehindTheTransaction() {
        var skip = ResumeSkip(file: "b.1", position: 100, eventCount: 9, rowCount: 1)
        _ = skip.beginGroup(file: "b.1", position: 100)
        skip.complete()
        skip.endGroup()
        #expect(!skip.skipsEvent)
        let rows = skip.takeRows()
        #expect(rows == 0)
    }

    @Test func theStatementThatStoredTheOffsetIsNotCarriedOutTwice() {
        var skip = ResumeSkip(file: "b.1", position: 1703, eventCount: 0, rowCount: 0)
        var other = skip
        var later = skip
        let answers = [
            skip.skipsStatement(file: "b.1", end: 1703), skip.skipsStatement(file: "b.1", end: 1703),
            other.skipsStatement(file: "b.1", end: 1900),
        ]
        #expect(answers == [true, false, false])
        _ = later.beginGroup(file: "b.1", position: 1000)
        let behind = later.skipsStatement(file: "b.1", end: 1703)
        #expect(!behind)
    }

    /// The connection breaks while events are being left out: what was left stays left out.
    @Test func anInterruptedSkipGoesOnAfterTheNextConnection() {
        var skip = ResumeSkip(file: "b.1", position: 100, eventCount: 6, rowCount: 3)
        let untouched = skip.continued(at: .init(file: "b.1", position: 60, gtids: nil))
        #expect(untouched == skip)
        _ = skip.beginGroup(file: "b.1", position: 100)
        skip.complete()
        skip.complete()
        var next = skip.continued(at: .init(file: "b.1", position: 100, gtids: nil, eventCount: 2, rowCount: 0))
        _ = next.beginGroup(file: "b.1", position: 100)
        for _ in 0..<6 {
            #expect(next.skipsEvent)
            next.complete()
        }
        let rows = next.takeRows()
        #expect(rows == 3)
    }

    /// The connection breaks behind the part that was left out: what was delivered since is left out too.
    @Test func whatWasDeliveredSinceIsLeftOutAfterTheNextConnection() {
        var skip = ResumeSkip(file: "b.1", position: 100, eventCount: 1, rowCount: 0)
        _ = skip.beginGroup(file: "b.1", position: 100)
        skip.complete()
        var next = skip.continued(at: .init(file: "b.1", position: 100, gtids: nil, eventCount: 4, rowCount: 2))
        _ = next.beginGroup(file: "b.1", position: 100)
        for _ in 0..<4 { next.complete() }
        let rows = next.takeRows()
        #expect(rows == 2)
    }
}
