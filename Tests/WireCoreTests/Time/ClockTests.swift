import Testing
import WireCore

@Suite struct ClockTests {
    @Test func durationsAreSigned() {
        let start = MonotonicInstant(nanoseconds: 5_000_000)
        let later = start.advanced(byMilliseconds: 7)
        #expect(later.nanoseconds == 12_000_000)
        #expect(later.milliseconds(since: start) == 7)
        #expect(start.milliseconds(since: later) == -7)
        #expect(start.advanced(byMilliseconds: -1) == start)
    }

    @Test(arguments: [Int.max, Int.max / 1000, 9_223_372_036_855])
    func deadlineBeyondTheClocksRangeIsInTheFuture(milliseconds: Int) {
        let now = MonotonicInstant.now
        let deadline = now.advanced(byMilliseconds: milliseconds)
        #expect(deadline > now)
        #expect(deadline.milliseconds(since: now) > 1_000_000_000_000)
        #expect(now.milliseconds(since: deadline) < 0)
        #expect(deadline.advanced(byMilliseconds: 1) == deadline)
    }

    @Test func monotonicClockAdvances() {
        let first = MonotonicInstant.now
        #expect(MonotonicInstant.now >= first)
    }

    @Test func wallClockCountsFromTheEpoch() {
        let moment = WallTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
        #expect(moment.epochMilliseconds == 1_700_000_000_123)
        #expect(moment.epochMicroseconds == 1_700_000_000_123_456)
        // The year 2026 has begun.
        #expect(WallTime.now.seconds > 1_767_225_600)
    }
}
