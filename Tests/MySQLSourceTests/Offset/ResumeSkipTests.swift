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
}
