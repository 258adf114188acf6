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
    private static func core(_ change: (inout ProducerConfiguration) -> Void = { _ in }) -> ProducerCore {
        var configuration = ProducerConfiguration()
        change(&configuration)
        var core = ProducerCore(configuration)
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
        guard isAccepted(&core) else {
            Issue.record("the record was not accepted")
            return
        }
    }

    /// Appends a record of `valueBytes`. Returns false if the caller would wait.
    private static func isAccepted(_ core: inout ProducerCore, valueBytes: Int = 0) -> Bool {
        [UInt8](repeating: 0, count: valueBytes).withUnsafeBytes { value in
            let record = ProducerCore.NewRecord(
                topicIndex: 0, partition: 0, key: nil, value: valueBytes > 0 ? BorrowedBytes(value) : nil, headers: [],
                timestampMilliseconds: 0, tag: 0, receipt: nil)
            if case .appended = core.append(record, now: now) { return true }
            return false
        }
    }

    /// The number of bytes that are appended before the caller waits.
    private static func fill(_ core: inout ProducerCore) -> Int {
        while isAccepted(&core, valueBytes: 100_000) {}
        return core.bufferedBytes
    }

    private static func sentBatch(_ core: inout ProducerCore, ofBroker broker: Int32 = 1) -> ProducerCore.BatchID? {
        guard case .send(let assignments) = core.nextStep(ofBroker: broker, now: later) else { return nil }
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
            let effects = core.settle(
                [answer], ofBroker: 1, now: Self.now.advanced(byMilliseconds: (attempt - 1) * 500))
            if let refusal = effects.refusal {
                #expect(refusal.errorCode == .notEnoughReplicas)
                news.append(attempt)
            }
        }
        // The fourth comes after 1.5 s, and the next attempt later than 2 s after the first.
        #expect(news == [4])
        expect(core.refusing.count == 1)
        let place = try require(Self.sentBatch(&core))
        _ = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 1, now: Self.now)
        expect(core.refusing.isEmpty)
    }

    /// Twice the five requests in flight, for each broker that leads a partition.
    @Test func bufferHoldsOnlyWhatBrokersCanUse() throws {
        var core = Self.core()
        let requestsBytes = 10 * 1_048_576
        let one = Self.fill(&core)
        #expect((requestsBytes - 110_000...requestsBytes).contains(one))
        _ = core.update([Self.description(leader: 2)])
        core.connected(2)
        let two = Self.fill(&core)
        #expect((2 * requestsBytes - 110_000...2 * requestsBytes).contains(two))
        // A settled batch makes room.
        let place = try require(Self.sentBatch(&core, ofBroker: 2))
        _ = core.settle([ProducerCore.Answer(place: place, outcome: .stored)], ofBroker: 2, now: Self.now)
        expect(Self.isAccepted(&core, valueBytes: 100_000))
    }

    @Test func bufferIsNeverLargerThanConfigured() {
        var configuration = ProducerConfiguration()
        configuration.bufferBytesMax = 1 << 20
        expect(ProducerCore(configuration).bufferedBytesMax == 1 << 20)
        configuration.bufferBytesMax = .max
        configuration.requestBytesMax = .max
        expect(ProducerCore(configuration).bufferedBytesMax == .max)
    }

    @Test func smallRequestsDoNotMakeASmallBuffer() {
        var configuration = ProducerConfiguration()
        configuration.requestBytesMax = 16 << 10
        configuration.batchBytesMax = 16 << 10
        expect(ProducerCore(configuration).bufferedBytesMax == ProducerCore.usefulBytesMin)
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
        // With that of the batch.
        expect(core.pool.spareCount == 2)
        expect(core.releaseMemory(now: later(6000)) == nil)
        expect(core.pool.spareCount == 0)
    }

    // MARK: Leaders, throttling, refused records

    private static func refusal(
        _ place: ProducerCore.BatchID, leader: (id: Int32, epoch: Int32)?
    ) -> ProducerCore.Answer {
        ProducerCore.Answer(place: place, outcome: .refused(.notLeaderOrFollower), leader: leader)
    }

    /// KIP-951: without waiting for metadata, and without a pause.
    @Test func batchFollowsALeaderThatTheBrokerNames() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        let effects = core.settle([Self.refusal(place, leader: (2, 5))], ofBroker: 1, now: Self.later)
        #expect(effects.newBrokers == [2])
        core.connected(2)
        expect(Self.sentBatch(&core) == nil)
        expect(Self.sentBatch(&core, ofBroker: 2) == place)
    }

    @Test func olderLeaderIsNotFollowed() throws {
        var core = Self.core()
        var description = Self.description(leader: 1)
        description.partitions[0].leaderEpoch = 5
        _ = core.update([description])
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        let effects = core.settle([Self.refusal(place, leader: (2, 5))], ofBroker: 1, now: Self.now)
        #expect(effects.newBrokers == [])
        expect(Self.sentBatch(&core) == place)
        // Nor is one in the metadata of a broker that has not heard of the newest.
        description.partitions[0].leaderEpoch = 4
        description.partitions[0].leader = 2
        #expect(core.update([description]).newBrokers == [])
        description.partitions[0].leaderEpoch = 6
        #expect(core.update([description]).newBrokers == [2])
    }

    /// The broker was elected again: there is no reason for a pause.
    @Test func leaderThatRemainsInANewEpochGetsTheBatchAtOnce() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        _ = core.settle([Self.refusal(place, leader: (1, 5))], ofBroker: 1, now: Self.later)
        expect(Self.sentBatch(&core) == place)
    }

    @Test func batchesAreSmallerAfterOneWasTooLarge() throws {
        var core = Self.core { $0.batchBytesMax = 16_384 }
        for _ in 0..<3 { expect(Self.isAccepted(&core, valueBytes: 4000)) }
        let place = try require(Self.sentBatch(&core))
        _ = core.settle(
            [ProducerCore.Answer(place: place, outcome: .refused(.messageTooLarge))], ofBroker: 1, now: Self.now)
        expect((1024...6100).contains(core.topics[0].partitions[0].batchBytesMax))
    }

    /// Its timeout passes while it is in flight; the error names the last one of the broker.
    @Test func batchThatIsRefusedAfterItsDeliveryTimeoutFailsAtOnce() throws {
        var core = Self.core { $0.deliveryTimeoutMilliseconds = 120_000 }
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        let effects = core.settle(
            [ProducerCore.Answer(place: place, outcome: .refused(.notEnoughReplicas))], ofBroker: 1,
            now: Self.now.advanced(byMilliseconds: 120_001))
        guard case .failure(.timedOut(_, 120_000, let lastError))? = effects.finished.first?.outcome else {
            return expect(Bool(false))
        }
        #expect(lastError?.contains("NOT_ENOUGH_REPLICAS") == true)
    }

    /// KIP-219: the response comes at once, and the client waits.
    @Test func throttledBrokerGetsNoRequest() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        let stored = ProducerCore.Answer(place: place, outcome: .stored)
        _ = core.settle([stored], ofBroker: 1, throttleMilliseconds: 500, now: Self.later)
        Self.append(&core)
        guard case .sleep(let milliseconds) = core.nextStep(ofBroker: 1, now: Self.later) else {
            return #expect(Bool(false), "a request is sent")
        }
        #expect(milliseconds == 501)
        #expect(core.flush(now: Self.later).sends.isEmpty)
        let after = Self.later.advanced(byMilliseconds: 500)
        guard case .send = core.nextStep(ofBroker: 1, now: after) else {
            return #expect(Bool(false), "no request is sent")
        }
    }

    /// Of the responses that arrive during a pause.
    @Test func shorterPauseDoesNotEndALongerOne() throws {
        var core = Self.core()
        for milliseconds in [500, 100] as [Int32] {
            Self.append(&core)
            _ = core.settle([], ofBroker: 1, throttleMilliseconds: milliseconds, now: Self.later)
        }
        guard case .sleep(let milliseconds) = core.nextStep(ofBroker: 1, now: Self.later) else {
            return #expect(Bool(false), "a request is sent")
        }
        #expect(milliseconds == 501)
    }

    /// The next attempt goes to a broker that has not refused the batch.
    @Test func newLeaderEndsThePause() throws {
        var core = Self.core()
        Self.append(&core)
        let place = try require(Self.sentBatch(&core))
        _ = core.settle([Self.refusal(place, leader: nil)], ofBroker: 1, now: Self.later)
        expect(Self.sentBatch(&core) == nil)
        #expect(core.update([Self.description(leader: 2)]).newBrokers == [2])
        core.connected(2)
        expect(Self.sentBatch(&core, ofBroker: 2) == place)
    }

    /// `retry.backoff.ms`, doubled with each attempt up to `retry.backoff.max.ms`, with a jitter of a fifth.
    @Test func pauseGrowsWithEachRefusal() throws {
        var core = Self.core()
        Self.append(&core)
        var now = Self.later
        for pause in [100, 200, 400, 800, 1000, 1000] {
            guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: now) else {
                return #expect(Bool(false), "nothing is sent")
            }
            let answer = ProducerCore.Answer(place: assignments[0].place, outcome: .refused(.notEnoughReplicas))
            _ = core.settle([answer], ofBroker: 1, now: now)
            guard case .sleep(let milliseconds) = core.nextStep(ofBroker: 1, now: now) else {
                return #expect(Bool(false), "no pause")
            }
            // The writer wakes a millisecond later than that.
            #expect((pause * 4 / 5...pause * 6 / 5 + 1).contains(milliseconds ?? 0))
            now = now.advanced(byMilliseconds: milliseconds ?? 0)
        }
    }

    /// `retries`: of refusals and lost connections.
    @Test(arguments: [0, 2]) func batchFailsAfterItsRetries(_ retriesMax: Int) throws {
        var core = Self.core { $0.retriesMax = retriesMax }
        Self.append(&core)
        for attempt in 0...retriesMax {
            let now = Self.later.advanced(byMilliseconds: attempt * 2000)
            guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: now) else {
                return #expect(Bool(false), "nothing is sent")
            }
            let answer = ProducerCore.Answer(
                place: assignments[0].place, outcome: attempt % 2 == 1 ? .lost : .refused(.notEnoughReplicas))
            let effects = core.settle([answer], ofBroker: 1, now: now)
            #expect(effects.finished.count == (attempt == retriesMax ? 1 : 0))
        }
    }
}
