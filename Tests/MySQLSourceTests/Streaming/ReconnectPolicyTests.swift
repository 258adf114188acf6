import Testing
import WireCore

@testable import MySQLSource

@Suite struct ReconnectPolicyTests {
    private func instant(_ milliseconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 0).advanced(byMilliseconds: milliseconds)
    }

    @Test func delaysGrowToAQuarterOfASecondAndBeginAnewAfterSuccess() {
        var policy = ReconnectPolicy()
        var delays: [Int?] = []
        for attempt in 0..<6 { delays.append(policy.failed(at: instant(attempt * 100))) }
        #expect(delays == [20, 40, 80, 160, 250, 250])
        #expect(policy.attemptCount == 6)
        policy.succeeded()
        #expect(policy.attemptCount == 0)
        let again = policy.failed(at: instant(10_000))
        #expect(again == 20)
    }

    @Test func aServerThatStaysAwayIsGivenUp() {
        var policy = ReconnectPolicy(awayMillisecondsMax: 60_000)
        let first = policy.failed(at: instant(5000))
        let last = policy.failed(at: instant(64_999))
        let beyond = policy.failed(at: instant(65_000))
        #expect(first == 20)
        #expect(last == 40)
        #expect(beyond == nil)
    }
}
