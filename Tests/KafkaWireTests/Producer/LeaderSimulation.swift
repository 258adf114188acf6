import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaWire
@testable import WireCore

/// An idempotent producer with two brokers between which the leaders of three partitions move, in a random interleaving
/// of their steps: brokers name the new leader or do not (KIP-951), metadata is old, brokers throttle (KIP-219), refuse
/// batches for now, for being too large or because of a record (KIP-467), and connections are lost before or after a
/// request is processed.
///
/// Checked: each record is stored once and in order, or has failed and is not stored; only batches with a bad record
/// fail, and that record is the one that is named; no broker gets a request while it throttles; and no batch is sent to
/// the broker that has refused it before the pause of `retry.backoff.ms` has passed.
struct LeaderSimulation: ~Copyable {
    private struct Request {
        var assignments: [ProducerCore.Assignment]
    }

    /// What a partition's replicas know of the producer.
    private struct ProducerState {
        var epoch: Int16
        var nextSequence: Int32
        /// The first sequence numbers of the last five batches.
        var last: [Int32] = []
    }

    private struct Log {
        var leader: Int32 = 1
        var leaderEpoch: Int32 = 1
        var tags: [UInt64] = []
        var state: ProducerState?
    }

    private struct Refusal {
        var broker: Int32
        var retryAt: MonotonicInstant
    }

    private static let brokers: [Int32] = [1, 2]
    /// Every 40th record is bad; a broker refuses batches of more records than this.
    private static let badRecordInterval: UInt64 = 40
    private static let recordCountMax: Int32 = 6
    private static let retryBackoffMilliseconds = 100
    /// The backoff varies by a fifth.
    private static let pauseMillisecondsMin = retryBackoffMilliseconds * 4 / 5

    private var core: ProducerCore
    private var generator: SeededGenerator
    private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private var logs = [Log](repeating: Log(), count: 3)
    /// Descriptions that a broker may still answer with.
    private var oldDescription: TopicDescription?
    private var requests: [Int32: [Request]] = [1: [], 2: []]
    private var throttledUntil: [Int32: MonotonicInstant] = [:]
    private var refusals: [ProducerCore.BatchID: Refusal] = [:]
    /// The leaders that the producer uses.
    private var usedLeaders: [Int32] = [1, 1, 1]
    private var nextProducerID: Int64 = 8
    private var tag: UInt64 = 0
    private var appended: [[UInt64]] = [[], [], []]
    private var delivered: [Set<UInt64>] = [[], [], []]
    private var failed: Set<UInt64> = []
    private var isCalm = false
    private(set) var hints = 0
    private(set) var throttles = 0
    private(set) var splits = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 3
        configuration.deliveryTimeoutMilliseconds = nil
        configuration.inFlightPerBrokerMax = 4
        core = ProducerCore(
            configuration,
            backoff: ExponentialBackoff(firstMilliseconds: Self.retryBackoffMilliseconds, maxMilliseconds: 400),
            seed: seed)
        core.adopt(ProducerIdentity(producerID: 7, epoch: 0))
        _ = core.topicIndex("t")
        _ = core.update([description])
    }

    private var description: TopicDescription {
        TopicDescription(
            name: "t",
            partitions: logs.enumerated().map { index, log in
                .init(
                    index: Int32(index), leader: log.leader, leaderEpoch: log.leaderEpoch, replicas: Self.brokers,
                    inSyncReplicas: Self.brokers)
            })
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    mutating func run(steps: Int) {
        for _ in 0..<steps { step() }
        isCalm = true
        let end = now.advanced(byMilliseconds: 60_000)
        while core.unfinishedBatches > 0, now < end, core.failure == nil {
            step()
            now = now.advanced(byMilliseconds: 1)
        }
        expect(core.unfinishedBatches == 0 && core.failure == nil)
        for (index, log) in logs.enumerated() {
            let failed = failed
            let expected = appended[index].filter { !failed.contains($0) }
            let delivered = delivered[index]
            #expect(log.tags == expected, "partition \(index)")
            #expect(delivered == Set(log.tags), "partition \(index)")
        }
    }

    private mutating func step() {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<30 where !isCalm: append()
        case 30..<60:
            let broker = Int32.random(in: 1...2, using: &generator)
            send(to: broker)
        case 60..<80: answer(Int32.random(in: 1...2, using: &generator))
        case 80..<82 where !isCalm: lose(Int32.random(in: 1...2, using: &generator))
        case 82..<85 where !isCalm: moveLeader()
        case 85..<92: refreshMetadata()
        default: now = now.advanced(byMilliseconds: Int.random(in: 1...8, using: &generator))
        }
        if core.needsIdentity {
            core.adopt(ProducerIdentity(producerID: nextProducerID, epoch: 0))
            nextProducerID += 1
        }
    }

    private mutating func append() {
        let partition = Int.random(in: 0..<3, using: &generator)
        tag += 1
        let step = core.append(
            ProducerCore.NewRecord(
                topicIndex: 0, partition: Int32(partition), key: nil, value: nil, headers: .none,
                timestampMilliseconds: 0, tag: tag, receipt: nil), now: now)
        guard case .appended = step else { return #expect(Bool(false), "a record is not accepted") }
        appended[partition].append(tag)
    }

    private mutating func moveLeader() {
        let partition = Int.random(in: 0..<3, using: &generator)
        if chance(50) { oldDescription = description }
        logs[partition].leader = 3 - logs[partition].leader
        logs[partition].leaderEpoch += 1
    }

    private mutating func refreshMetadata() {
        guard core.needsMetadata || chance(5) else { return }
        core.needsMetadata = false
        let isOld = !isCalm && chance(30)
        apply(core.update([isOld ? oldDescription ?? description : description]).effects)
        // The producer asks again while a leader refuses.
        if isOld { core.needsMetadata = true }
    }

    // MARK: Requests

    private mutating func send(to broker: Int32) {
        switch core.nextStep(ofBroker: broker, now: now) {
        case .connect: core.connected(broker)
        case .send(let assignments):
            let now = now
            if let until = throttledUntil[broker] { #expect(now >= until, "a throttling broker gets a request") }
            for assignment in assignments {
                guard let refusal = refusals.removeValue(forKey: assignment.place) else { continue }
                #expect(refusal.broker != broker || now >= refusal.retryAt, "a batch is retried without a pause")
            }
            requests[broker]?.append(Request(assignments: assignments))
        case .end, .finishRequest, .disconnect, .sleep: break
        }
    }

    private mutating func answer(_ broker: Int32) {
        guard requests[broker]?.isEmpty == false, let request = requests[broker]?.removeFirst() else { return }
        var answers: [ProducerCore.Answer] = []
        for assignment in request.assignments { answers.append(process(assignment, at: broker)) }
        var throttle: Int32 = 0
        if !isCalm, chance(10) {
            throttle = Int32.random(in: 1...60, using: &generator)
            throttles += 1
            let until = now.advanced(byMilliseconds: Int(throttle))
            throttledUntil[broker] = max(throttledUntil[broker] ?? until, until)
        }
        apply(core.settle(answers, ofBroker: broker, throttleMilliseconds: throttle, now: now))
    }

    /// The connection is lost; the first requests in flight have been processed, without a response.
    private mutating func lose(_ broker: Int32) {
        guard let lost = requests[broker], !lost.isEmpty else { return }
        requests[broker] = []
        throttledUntil[broker] = nil
        let processed = Int.random(in: 0...lost.count, using: &generator)
        for request in lost.prefix(processed) {
            for assignment in request.assignments { _ = process(assignment, at: broker) }
        }
        _ = core.disconnected(broker)
        for request in lost {
            for assignment in request.assignments { refusals[assignment.place] = nil }
            let answers = request.assignments.map { ProducerCore.Answer(place: $0.place, outcome: .lost) }
            apply(core.settle(answers, ofBroker: broker, now: now))
        }
    }

    private mutating func process(_ assignment: ProducerCore.Assignment, at broker: Int32) -> ProducerCore.Answer {
        let log = logs[Int(assignment.place.partition)]
        func refusal(_ code: KafkaErrorCode) -> ProducerCore.Answer {
            ProducerCore.Answer(place: assignment.place, outcome: .refused(code))
        }
        let retry = Refusal(broker: broker, retryAt: now.advanced(byMilliseconds: Self.pauseMillisecondsMin))
        if log.leader != broker {
            var answer = refusal(.notLeaderOrFollower)
            if chance(60) {
                hints += 1
                answer.leader = (log.leader, log.leaderEpoch)
            } else {
                refusals[assignment.place] = retry
            }
            return answer
        }
        if !isCalm, chance(6) {
            refusals[assignment.place] = retry
            return refusal(.notEnoughReplicas)
        }
        let batch = assignment.batch
        if batch.recordCount > Self.recordCountMax {
            splits += 1
            return refusal(.messageTooLarge)
        }
        let tags = batch.tags.flatMap { Array(repeating: $0.tag, count: $0.count) }
        let bad = tags.indices.filter { tags[$0] % Self.badRecordInterval == 0 }
        if !bad.isEmpty {
            var answer = refusal(.invalidRecord)
            for index in bad { answer.refusedRecords.updateValue("bad", forKey: Int32(index)) }
            return answer
        }
        return store(assignment, tags)
    }

    /// As the replicas of an idempotent producer's partition do.
    private mutating func store(_ assignment: ProducerCore.Assignment, _ tags: [UInt64]) -> ProducerCore.Answer {
        let index = Int(assignment.place.partition)
        let (stamp, place) = (assignment.stamp, assignment.place)
        func refusal(_ code: KafkaErrorCode) -> ProducerCore.Answer {
            ProducerCore.Answer(place: place, outcome: .refused(code))
        }
        if var state = logs[index].state {
            if stamp.producerEpoch < state.epoch { return refusal(.invalidProducerEpoch) }
            if stamp.producerEpoch > state.epoch {
                guard stamp.baseSequence == 0 else { return refusal(.outOfOrderSequenceNumber) }
                state = ProducerState(epoch: stamp.producerEpoch, nextSequence: 0)
            }
            if state.last.contains(stamp.baseSequence) { return ProducerCore.Answer(place: place, outcome: .stored) }
            guard stamp.baseSequence == state.nextSequence else { return refusal(.outOfOrderSequenceNumber) }
            logs[index].state = state
        }
        var state = logs[index].state ?? ProducerState(epoch: stamp.producerEpoch, nextSequence: stamp.baseSequence)
        state.last = state.last.suffix(4) + [stamp.baseSequence]
        state.nextSequence = PartitionQueue<Int>.sequence(stamp.baseSequence, after: Int32(tags.count))
        logs[index].state = state
        let offset = Int64(logs[index].tags.count)
        logs[index].tags += tags
        return ProducerCore.Answer(place: place, outcome: .stored, baseOffset: offset)
    }

    private mutating func apply(_ effects: ProducerCore.Effects) {
        for finished in effects.finished {
            let tags = finished.batch.tags.flatMap { Array(repeating: $0.tag, count: $0.count) }
            switch finished.outcome {
            case .success: delivered[Int(finished.partition)].formUnion(tags)
            case .failure(let error):
                #expect(error.errorCode == .invalidRecord, "\(error)")
                let bad = tags.indices.filter { tags[$0] % Self.badRecordInterval == 0 }
                #expect(finished.refusedRecords.keys.sorted() == bad.map { Int32($0) } && !bad.isEmpty)
                failed.formUnion(tags)
            }
        }
        _ = core.notified(effects.finished.count)
        // Another leader has not refused the batches.
        for (index, partition) in core.topics[0].partitions.enumerated() {
            let leader = partition.broker?.id ?? 0
            if leader == usedLeaders[index] { continue }
            usedLeaders[index] = leader
            refusals = refusals.filter { $0.key.partition != partition.index }
        }
    }
}

@Suite struct LeaderSimulationTests {
    @Test func recordsAreStoredOnceAndInOrderWhileLeadersMove() {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("LeaderSimulationTests: seed \(seed)")
        var (hints, throttles, splits) = (0, 0, 0)
        for run in 0..<300 {
            var simulation = LeaderSimulation(seed: seed &+ UInt64(run))
            simulation.run(steps: 1500)
            hints += simulation.hints
            throttles += simulation.throttles
            splits += simulation.splits
        }
        #expect(hints > 100 && throttles > 100 && splits > 100)
    }
}
