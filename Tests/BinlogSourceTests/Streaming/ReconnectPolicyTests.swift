import Testing
import WireCore
import WireTestSupport

@testable import BinlogSource

@Suite struct ReconnectPolicyTests {
    private func instant(_ milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: milliseconds)
    }

    /// Always returns the largest number, so that no delay is shortened.
    private struct Largest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    private func delays(_ policy: inout ReconnectPolicy, at times: [Int]) -> [Int?] {
        var generator = Largest()
        return times.map { policy.failed(at: instant($0), using: &generator)?.delayMilliseconds }
    }

    @Test func delaysDoubleAndThenGrowWithTheOutage() {
        var policy = ReconnectPolicy()
        #expect(delays(&policy, at: [0, 20, 60, 140, 300, 550, 800]) == [20, 40, 80, 160, 250, 250, 250])
        #expect(delays(&policy, at: [5000, 20_000, 49_000, 60_000, 3_600_000]) == [500, 2000, 4900, 5000, 5000])
        #expect(policy.isAway)
        policy.succeeded()
        #expect(!policy.isAway)
        #expect(delays(&policy, at: [3_600_001]) == [20])
    }

    @Test func serverBackWithin20SecondsIsFoundWithin2() {
        for away in stride(from: 0, through: 20_000, by: 50) {
            var policy = ReconnectPolicy()
            var generator = SeededGenerator(seed: UInt64(away))
            var time = 0
            while time < away {
                time += policy.failed(at: instant(time), using: &generator)?.delayMilliseconds ?? .max / 2
            }
            #expect(time - away <= 2000)
        }
    }

    @Test func delaysAreJittered() {
        var generator = SeededGenerator(seed: 7)
        let delays = (0..<200).map { _ in
            var policy = ReconnectPolicy()
            _ = policy.failed(at: instant(0), using: &generator)
            for _ in 0..<5 { _ = policy.failed(at: instant(100_000), using: &generator) }
            return policy.failed(at: instant(100_000), using: &generator)?.delayMilliseconds ?? 0
        }
        #expect(delays.allSatisfy { (3750...5000).contains($0) })
        #expect(Set(delays).count > 100)
    }

    @Test func reconnectingEndsAfterOneDay() {
        var policy = ReconnectPolicy()
        let day = 24 * 3600 * 1000
        #expect(delays(&policy, at: [5000, day + 4999]) == [20, 40])
        #expect(policy.failed(at: instant(day + 5000)) == nil)
    }

    @Test func outageIsReportedImmediatelyAndThenOncePerMinute() {
        var policy = ReconnectPolicy()
        let reports = stride(from: 0, through: 180_000, by: 1000).compactMap { time -> Int? in
            guard let retry = policy.failed(at: instant(time)), retry.isReportDue else { return nil }
            #expect(retry.awayMilliseconds == time)
            return time
        }
        #expect(reports == [0, 60_000, 120_000, 180_000])
    }

    @Test func attemptTimeoutGrowsWithTheOutage() {
        var policy = ReconnectPolicy()
        #expect(policy.attemptMilliseconds(at: instant(0), configured: 30_000) == 5000)
        #expect(policy.attemptMilliseconds(at: instant(0), configured: 1000) == 1000)
        _ = policy.failed(at: instant(0))
        #expect(policy.attemptMilliseconds(at: instant(12_000), configured: 30_000) == 12_000)
        #expect(policy.attemptMilliseconds(at: instant(90_000), configured: 30_000) == 30_000)
    }
}
