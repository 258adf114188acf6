import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

@Suite struct BrokerConnectionStatesTests {
    private let broker = SocketAddress(host: "h", port: 1)
    private let other = SocketAddress(host: "h", port: 2)
    private let start = MonotonicInstant.now

    private static var configuration: KafkaClientConfiguration { KafkaClientConfiguration(bootstrapServers: []) }

    private func after(_ milliseconds: Int) -> MonotonicInstant { start.advanced(byMilliseconds: milliseconds) }

    @Test func pausesAndTimeoutsDoubleWithEachFailure() {
        var states = BrokerConnectionStates(Self.configuration)
        #expect(states.connectWaitMilliseconds(broker, now: start) == 0)
        #expect(states.setupTimeoutMilliseconds(broker, jitter: 1) == 10_000)
        var (pauses, timeouts): ([Int], [Int]) = ([], [])
        for _ in 0..<7 {
            states.connectFailed(to: broker, now: start, jitter: 0)
            pauses.append(states.connectWaitMilliseconds(broker, now: start))
            timeouts.append(states.setupTimeoutMilliseconds(broker, jitter: 0))
        }
        #expect(pauses == [50, 100, 200, 400, 800, 1000, 1000])
        #expect(timeouts == [20_000, 30_000, 30_000, 30_000, 30_000, 30_000, 30_000])
        #expect(states.connectWaitMilliseconds(broker, now: after(1000)) == 0)
        #expect(states.connectWaitMilliseconds(other, now: start) == 0)
        states.connected(to: broker)
        #expect(states.connectWaitMilliseconds(broker, now: start) == 0)
        #expect(states.setupTimeoutMilliseconds(broker, jitter: 0) == 10_000)
    }

    @Test func jitterIsAFifth() {
        let backoff = ExponentialBackoff(firstMilliseconds: 100, maxMilliseconds: 1000)
        #expect(backoff.milliseconds(attempt: 1, jitter: -1) == 160)
        #expect(backoff.milliseconds(attempt: 1, jitter: 1) == 240)
        #expect(backoff.milliseconds(attempt: 60, jitter: 1) == 1000)
        #expect(ExponentialBackoff(firstMilliseconds: 0, maxMilliseconds: 0).milliseconds(attempt: 9, jitter: 1) == 0)
        let limited = ExponentialBackoff(firstMilliseconds: 500, maxMilliseconds: 100)
        #expect(limited.milliseconds(attempt: 0, jitter: 1) == 100)
        let large = ExponentialBackoff(firstMilliseconds: Int(Int32.max), maxMilliseconds: Int(Int32.max))
        #expect(large.milliseconds(attempt: 3, jitter: 1) == Int(Int32.max))
    }

    @Test func throttlingEndsAtTheLatestTime() {
        var states = BrokerConnectionStates(Self.configuration)
        states.throttled(by: broker, until: after(300))
        states.throttled(by: broker, until: after(100))
        #expect(states.throttleWaitMilliseconds(broker, now: after(50)) == 250)
        #expect(states.throttleWaitMilliseconds(broker, now: after(301)) == 0)
        #expect(states.throttleWaitMilliseconds(other, now: start) == 0)
    }

    /// Random events: waits are never longer than the maximum, and a success ends them.
    @Test func waitsAreBoundedInRandomRuns() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var configuration = Self.configuration
            configuration.reconnectBackoffMilliseconds = .random(in: 0...2000, using: &generator)
            configuration.reconnectBackoffMaxMilliseconds = .random(in: 0...2000, using: &generator)
            let limit = configuration.reconnectBackoffMaxMilliseconds
            var states = BrokerConnectionStates(configuration)
            var now = start
            for _ in 0..<50 {
                let target = Bool.random(using: &generator) ? broker : other
                now = now.advanced(byMilliseconds: .random(in: 0...500, using: &generator))
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    states.connected(to: target)
                    #expect(states.connectWaitMilliseconds(target, now: now) == 0, "seed \(seed)")
                } else {
                    let jitter = Double.random(in: -1...1, using: &generator)
                    states.connectFailed(to: target, now: now, jitter: jitter)
                }
                let wait = states.connectWaitMilliseconds(target, now: now)
                let timeout = states.setupTimeoutMilliseconds(target, jitter: .random(in: -1...1, using: &generator))
                #expect((0...limit).contains(wait) && (8000...30_000).contains(timeout), "seed \(seed)")
            }
        }
    }
}

@Suite struct VersionLimitsTests {
    @Test func refusedVersionIsLoweredUntilOneIsAnswered() {
        var limits = VersionLimits()
        #expect(limits.limit(of: .fetch) == .max)
        let retries1 = limits.requestRefused(.fetch, version: 17, lowest: 4)
        #expect(retries1)
        #expect(limits.limit(of: .fetch) == 16)
        let retries2 = limits.requestRefused(.fetch, version: 16, lowest: 4)
        #expect(retries2)
        limits.requestAnswered(.fetch, version: 15)
        limits.connectionFailed()
        #expect(limits.limit(of: .fetch) == 15)
        // What was answered once is served: the error concerns something else.
        let retries3 = limits.requestRefused(.fetch, version: 15, lowest: 4)
        #expect(!retries3)
        #expect(limits.limit(of: .metadata) == .max)
    }

    @Test func refusalOfEveryVersionIsNotAboutVersions() {
        var limits = VersionLimits()
        let retries4 = limits.requestRefused(.heartbeat, version: 1, lowest: 0)
        #expect(retries4)
        let retries5 = limits.requestRefused(.heartbeat, version: 0, lowest: 0)
        #expect(!retries5)
        #expect(limits.limit(of: .heartbeat) == .max)
    }

    @Test func repeatedEndsOfTheConnectionLowerTheVersion() {
        var limits = VersionLimits()
        limits.connectionEnded(.fetch, version: 17, lowest: 4)
        #expect(limits.limit(of: .fetch) == .max)
        limits.connectionEnded(.fetch, version: 17, lowest: 4)
        #expect(limits.limit(of: .fetch) == 16)
        limits.requestAnswered(.fetch, version: 16)
        for _ in 0..<5 { limits.connectionEnded(.fetch, version: 16, lowest: 4) }
        #expect(limits.limit(of: .fetch) == 16)
    }

    @Test func endsOfABrokerThatIsDownDoNotCount() {
        var limits = VersionLimits()
        for _ in 0..<5 {
            limits.connectionEnded(.fetch, version: 17, lowest: 4)
            limits.connectionFailed()
        }
        #expect(limits.limit(of: .fetch) == .max)
    }
}
