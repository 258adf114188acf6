import Testing
import WireCore

@testable import BinlogSource

@Suite struct IdleOffsetTests {
    @Test func idleOffsetIsDueOneMinuteAfterTheLastOne() {
        let start = MonotonicInstant.now
        var quiet = IdleOffset(at: start)
        #expect(!quiet.isDue(at: start.advanced(byMilliseconds: 59_999)))
        #expect(quiet.isDue(at: start.advanced(byMilliseconds: 60_000)))
        quiet.didCheckpoint(SourceOffset(file: "b.000001", position: 157), at: start.advanced(byMilliseconds: 60_000))
        #expect(!quiet.isDue(at: start.advanced(byMilliseconds: 100_000)))
    }

    @Test func positionIsStoredAgainOnlyIfTheFileDiffers() {
        var quiet = IdleOffset(at: .now)
        let offset = SourceOffset(file: "b.000001", position: 157)
        #expect(quiet.isNew(offset))
        quiet.didCheckpoint(offset, at: .now)
        #expect(!quiet.isNew(offset))
        #expect(quiet.isNew(SourceOffset(file: "b.000001", position: 300)))
        #expect(quiet.isNew(SourceOffset(file: "b.000002", position: 157)))
    }
}
