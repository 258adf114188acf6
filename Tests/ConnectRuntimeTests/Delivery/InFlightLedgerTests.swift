import Testing
import WireTestSupport

@testable import ConnectRuntime

@Suite struct InFlightLedgerTests {
    @Test func checkpointIsReleasedOnceAllRecordsBeforeItAreFinished() {
        var ledger = InFlightLedger<String>()
        #expect(ledger.openTag == 0)
        ledger.seal(emitted: 2, checkpoint: "a")
        ledger.seal(emitted: 1, checkpoint: "b")
        #expect(ledger.openTag == 2)
        ledger.finish(tag: 1, count: 1)
        #expect(ledger.takeFinishedPrefix() == [])
        ledger.finish(tag: 0, count: 1)
        #expect(ledger.takeFinishedPrefix() == [])
        ledger.finish(tag: 0, count: 1)
        #expect(ledger.takeFinishedPrefix() == ["a", "b"])
        #expect(ledger.takeFinishedPrefix() == [])
    }

    @Test func acknowledgementsOfTheOpenTagAreCounted() {
        var ledger = InFlightLedger<String>()
        ledger.finish(tag: 0, count: 2)
        #expect(ledger.isSettled(openEmitted: 2) && !ledger.isSettled(openEmitted: 3))
        #expect(ledger.outstandingCount(openEmitted: 3) == 1)
        #expect(ledger.takeFinishedPrefix() == [])
        ledger.seal(emitted: 3, checkpoint: "a")
        #expect(ledger.takeFinishedPrefix() == [])
        #expect(ledger.outstandingCount(openEmitted: 0) == 1)
        ledger.finish(tag: 0, count: 1)
        #expect(ledger.takeFinishedPrefix() == ["a"])
        #expect(ledger.isSettled(openEmitted: 0))
    }

    @Test func checkpointWithoutRecordsWaitsForEarlierRecords() {
        var ledger = InFlightLedger<String>()
        ledger.seal(emitted: 1, checkpoint: "a")
        ledger.seal(emitted: 0, checkpoint: "b")
        #expect(ledger.takeFinishedPrefix() == [])
        ledger.finish(tag: 0, count: 1)
        #expect(ledger.takeFinishedPrefix() == ["a", "b"])
        ledger.seal(emitted: 0, checkpoint: "c")
        #expect(ledger.takeFinishedPrefix() == ["c"])
    }

    @Test func checkpointsWithoutRecordsReplaceEachOther() {
        var ledger = InFlightLedger<Int>()
        ledger.seal(emitted: 1, checkpoint: 0)
        for index in 1...100 { ledger.seal(emitted: 0, checkpoint: index) { _ in true } }
        #expect(ledger.openTag == 1)
        ledger.finish(tag: 0, count: 1)
        #expect(ledger.takeFinishedPrefix() == [100])
        // No checkpoint waits, so the next one replaces none.
        ledger.seal(emitted: 0, checkpoint: 101) { _ in true }
        #expect(ledger.takeFinishedPrefix() == [101])
    }

    @Test func unfinishedRecordHoldsBackAllLaterCheckpoints() {
        var ledger = InFlightLedger<Int>()
        for index in 0..<5 { ledger.seal(emitted: 1, checkpoint: index) }
        for tag in [1, 2, 3, 4] { ledger.finish(tag: UInt64(tag), count: 1) }
        #expect(ledger.takeFinishedPrefix() == [])
        #expect(ledger.outstandingCount(openEmitted: 0) == 1)
    }

    /// Random orders of acknowledgement against the plain definition: the longest finished prefix.
    @Test func anyOrderOfAcknowledgementsReleasesTheFinishedPrefix() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<50 {
            var ledger = InFlightLedger<Int>(openTag: 5)
            let sizes = (0..<200).map { _ in Int.random(in: 0...3, using: &generator) }
            for (index, size) in sizes.enumerated() { ledger.seal(emitted: size, checkpoint: index) }
            var events = sizes.enumerated().flatMap { index, size in Array(repeating: index, count: size) }
            events.shuffle(using: &generator)
            var left = sizes
            var taken = ledger.takeFinishedPrefix()
            for event in events {
                ledger.finish(tag: UInt64(5 + event), count: 1)
                left[event] -= 1
                taken += ledger.takeFinishedPrefix()
                let prefix = left.firstIndex { $0 > 0 } ?? left.count
                #expect(taken == Array(0..<prefix))
            }
            #expect(ledger.isSettled(openEmitted: 0) && ledger.openTag == 205)
        }
    }
}
