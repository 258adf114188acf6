import KafkaProtocol
import Testing

@testable import KafkaWire
@testable import WireCore

/// The state that a producer's threads share: which thread is woken, and what a writer does next.
@Suite struct ProducerCoreTests {
    /// `later` is late enough for every batch to be due, and too early for one to expire.
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private static let later = now.advanced(byMilliseconds: 60_000)

    /// A producer with an id and one topic with one partition on a connected broker.
    private static func core() -> ProducerCore {
        var core = ProducerCore(ProducerConfiguration())
        core.adopt(ProducerIdentity(producerID: 7, epoch: 0))
        let topic = ProducerCore.TopicState(name: "t", index: 0)
        core.topics.append(topic)
        core.topicsByName["t"] = topic
        _ = core.update([description(leader: 1)])
        core.connected(1)
        return core
    }

    private static func description(leader: Int32) -> TopicDescription {
        TopicDescription(
            name: "t", partitions: [.init(index: 0, leader: leader, replicas: [1], inSyncReplicas: [1])])
    }

    private static func append(_ core: inout ProducerCore) {
        let record = ProducerCore.NewRecord(
            topicIndex: 0, partition: 0, key: nil, value: nil, headers: [], timestampMilliseconds: 0, tag: 0,
            receipt: nil)
        guard case .appended = core.append(record, now: now) else {
            Issue.record("the record was not accepted")
            return
        }
    }

    private static func sentBatch(_ core: inout ProducerCore) -> ProducerCore.BatchID? {
        guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: later) else { return nil }
        return assignments.first?.place
    }

    private static func isAsleep(_ core: inout ProducerCore) -> Bool {
        if case .sleep = core.nextStep(ofBroker: 1, now: later) { true } else { false }
    }

    @Test func retriableRefusalWakesTheWriter() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        expect(Self.isAsleep(&core))
        let answer = ProducerCore.Answer(place: place, outcome: .refused(.notLeaderOrFollower))
        let effects = core.settle([answer], ofBroker: 1, now: Self.now)
        #expect(!effects.wakeups.isEmpty)
        expect(Self.sentBatch(&core) == place)
    }

    /// A thread that waits for delivery uses what the listener has received.
    @Test func deliveryEndsAfterTheListenerIsNotified() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        core.deliveryWaiters = [WakeupSignal()]
        let effects = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 1, now: Self.now)
        #expect(effects.finished.count == 1)
        expect(core.deliveryWaiters.count == 1 && !core.isAtRest)
        expect(core.notified(1).count == 1)
        expect(core.deliveryWaiters.isEmpty && core.isAtRest)
    }

    /// For example too few in-sync replicas: no record is stored, which must be reported.
    @Test func refusingPartitionIsReportedOnce() throws {
        var core = Self.core()
        Self.append(&core)
        var news: [Int] = []
        for attempt in 1...20 {
            let place = try require(Self.sentBatch(&core))
            let answer = ProducerCore.Answer(place: place, outcome: .refused(.notEnoughReplicas))
            let effects = core.settle([answer], ofBroker: 1, now: Self.now)
            if let refusal = effects.refusal {
                #expect(refusal.errorCode == .notEnoughReplicas)
                news.append(attempt)
            }
        }
        #expect(news == [10])
        expect(core.refusing.count == 1)
        let place = try require(Self.sentBatch(&core))
        _ = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 1, now: Self.now)
        expect(core.refusing.isEmpty)
    }

    @Test func leaderlessPartitionTriggersMaintenance() {
        var core = ProducerCore(ProducerConfiguration())
        let topic = ProducerCore.TopicState(name: "t", index: 0)
        core.topics.append(topic)
        core.topicsByName["t"] = topic
        expect(core.update([Self.description(leader: -1)]).effects.needsMaintenance)
    }

    @Test func unusedMemoryIsFreedAfterAPause() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        core.pool.give(.allocate(capacity: 1 << 20), bytes: 1 << 20)
        func later(_ milliseconds: Int) -> MonotonicInstant { Self.now.advanced(byMilliseconds: milliseconds) }
        // Batches are in flight: the memory may be needed at any moment.
        expect(core.releaseMemory(now: Self.now) == later(1000))
        expect(core.releaseMemory(now: later(5000)) == later(6000))
        expect(core.pool.spareCount == 1)
        _ = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 1, now: later(5000))
        _ = core.notified(1)
        expect(core.releaseMemory(now: later(5000)) == later(6000))
        expect(core.releaseMemory(now: later(5999)) == later(6000))
        expect(core.pool.spareCount == 1)
        expect(core.releaseMemory(now: later(6000)) == nil)
        expect(core.pool.spareCount == 0)
    }
}
