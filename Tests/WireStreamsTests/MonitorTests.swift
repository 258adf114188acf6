import Synchronization
import Testing
import WireCore
import WireTestSupport

@testable import WireStreams

@Suite struct MonitorTests {
    /// Much longer than any of these tests needs; a test that reaches it fails.
    private static var limit: MonotonicInstant { .now.advanced(byMilliseconds: 30_000) }

    @Test func conditionThatHoldsAlreadyNeedsNoUpdate() {
        let monitor = Monitor(7)
        #expect(monitor.wait { $0 == 7 ? $0 : nil } == 7)
        #expect(Monitor(true).waitUntilTrue(deadline: MonotonicInstant(nanoseconds: 0)))
    }

    @Test func deadlineInThePastInspectsTheStateOnce() {
        let (monitor, runs) = (Monitor(0), Monitor(0))
        let result = monitor.wait(until: MonotonicInstant(nanoseconds: 0)) { _ -> Int? in
            runs.withLock { $0 += 1 }
            return nil
        }
        #expect(result == nil)
        #expect(runs.withLock { $0 } == 1)
    }

    @Test func waitEndsAtItsDeadlineAndNotBefore() {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 30)
        #expect(!Monitor(false).waitUntilTrue(deadline: deadline))
        #expect(MonotonicInstant.now >= deadline)
    }

    @Test func withLockChangesWithoutNotifyingAndUpdateNotifies() {
        let monitor = Monitor(0)
        let (isWaiting, ended) = (Monitor(0), ThreadCompletion())
        startThread(named: "waiter", completion: ended) {
            _ = monitor.wait { state -> Int? in
                isWaiting.update { $0 += 1 }
                return state == 0 ? nil : state
            }
        }
        #expect(isWaiting.wait(until: Self.limit) { $0 == 1 ? true : nil } == true)
        // The thread holds no lock now, and its semaphore is registered before anything else can take the lock.
        monitor.withLock { $0 = 1 }
        #expect(!ended.wait(milliseconds: 20))
        monitor.update { _ in }
        #expect(ended.wait(milliseconds: 30_000))
        #expect(isWaiting.withLock { $0 } == 2)
    }

    @Test func oneUpdateWakesAllWaitersAndEachTakesItsShare() {
        let count = 16
        let (monitor, waiting) = (Monitor([Int]()), Monitor(0))
        let ends = (0..<count).map { _ in ThreadCompletion() }
        let taken = Monitor(Set<Int>())
        for end in ends {
            startThread(named: "waiter", stackBytes: 128 << 10, completion: end) {
                var isFirst = true
                let value = monitor.wait { values -> Int? in
                    if isFirst { waiting.update { $0 += 1 } }
                    isFirst = false
                    return values.popLast()
                }
                taken.withLock { _ = $0.insert(value) }
            }
        }
        #expect(waiting.wait(until: Self.limit) { $0 == count ? true : nil } == true)
        monitor.update { $0 = Array(0..<count) }
        for end in ends { #expect(end.wait(milliseconds: 30_000)) }
        #expect(taken.withLock { $0 } == Set(0..<count))
    }

    @Test func errorOfAnUpdateIsThrownAndTheChangeIsNotified() {
        struct Refused: Error {}
        let (monitor, ended) = (Monitor(0), ThreadCompletion())
        startThread(named: "waiter", completion: ended) { _ = monitor.wait { $0 == 1 ? true : nil } }
        #expect(throws: Refused.self) {
            try monitor.update { state throws(Refused) in
                state = 1
                throw Refused()
            }
        }
        #expect(ended.wait(milliseconds: 30_000))
    }

    @Test func threadCompletionCanBeAwaitedByAnyNumberOfThreadsAndRepeatedly() {
        let (completion, ends) = (ThreadCompletion(), (0..<4).map { _ in ThreadCompletion() })
        #expect(!completion.wait(milliseconds: 0))
        for end in ends {
            startThread(named: "waiter", completion: end) { while !completion.wait(milliseconds: 1000) {} }
        }
        startThread(named: "ends", completion: completion) {}
        for end in ends { #expect(end.wait(milliseconds: 30_000)) }
        #expect(completion.wait(milliseconds: 0))
        #expect(completion.wait(milliseconds: 0))
    }

    /// Producers and consumers pass tokens through a bounded queue; consumers wait with deadlines that expire at random
    /// moments, so that notifications and time-outs race. A lost notification blocks the test, a notification that is
    /// left over or counted twice loses or repeats a token.
    @Test func racingNotificationsAndTimeOutsLoseNothing() {
        struct Queue: Sendable {
            var tokens: [Int] = []
            var isClosed = false
        }
        enum Taken: Sendable { case token(Int), end }
        let seed = UInt64.random(in: 0 ... .max)
        print("MonitorTests.racingNotificationsAndTimeOutsLoseNothing: seed \(seed)")
        let (tokensPerProducer, threads, capacity) = (4000, 3, 2)
        let queue = Monitor(Queue())
        let received = Monitor([Int](repeating: 0, count: tokensPerProducer * threads))
        let producers = (0..<threads).map { _ in ThreadCompletion() }
        let consumers = (0..<threads).map { _ in ThreadCompletion() }
        for (index, end) in producers.enumerated() {
            startThread(named: "producer", stackBytes: 128 << 10, completion: end) {
                for number in 0..<tokensPerProducer {
                    let hasRoom = queue.wait(until: Self.limit) { queue -> Bool? in
                        guard queue.tokens.count < capacity else { return nil }
                        return true
                    }
                    if hasRoom == nil { return }
                    queue.update { $0.tokens.append(index * tokensPerProducer + number) }
                }
            }
        }
        for (index, end) in consumers.enumerated() {
            startThread(named: "consumer", stackBytes: 128 << 10, completion: end) {
                var random = SeededGenerator(seed: seed &+ UInt64(index))
                while true {
                    // Deadlines within microseconds of now cause the races.
                    let span = UInt64.random(in: 0...200_000, using: &random)
                    let deadline = MonotonicInstant(nanoseconds: MonotonicInstant.now.nanoseconds + span)
                    let taken = queue.wait(until: deadline) { queue -> Taken? in
                        if let token = queue.tokens.popLast() { return .token(token) }
                        return queue.isClosed ? .end : nil
                    }
                    switch taken {
                    case .token(let token):
                        received.withLock { $0[token] += 1 }
                        // Wakes producers.
                        queue.update { _ in }
                    case .end: return
                    case nil: continue
                    }
                }
            }
        }
        for end in producers { #expect(end.wait(milliseconds: 60_000), "seed \(seed)") }
        queue.update { $0.isClosed = true }
        for end in consumers { #expect(end.wait(milliseconds: 60_000), "seed \(seed)") }
        #expect(received.withLock { $0.allSatisfy { $0 == 1 } }, "seed \(seed)")
        let counts = queue.guarded.withLock { ($0.waiters.count, $0.idle.count) }
        #expect(counts.0 == 0, "seed \(seed): a thread left its semaphore on the list")
        #expect(counts.1 <= threads * 2, "seed \(seed)")
    }
}
