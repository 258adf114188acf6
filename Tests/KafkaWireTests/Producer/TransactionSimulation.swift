import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaWire
@testable import WireCore

/// A transactional producer with a coordinator and a broker, in a random interleaving of their steps, with lost
/// requests and responses, refusals and timeouts.
///
/// Checked: the records of each committed transaction are visible once, those of others never; no batch is stored in
/// another transaction than its own; and each transaction ends.
struct TransactionSimulation: ~Copyable {
    /// A producer's id and epoch at the coordinator, and the transaction that it has.
    private struct Coordinator {
        var identity = ProducerIdentity(producerID: 7, epoch: -1)
        var partitions: Set<Int32> = []
        var isOngoing = false
        /// The end of the last transaction, for a request that is repeated.
        var lastEnd: (identity: ProducerIdentity, commits: Bool)?
    }

    private struct StoredBatch {
        var tags: [UInt64]
        var epoch: Int16
        /// nil while the transaction is open.
        var isCommitted: Bool?
    }

    private var core: ProducerCore
    private let version: TransactionMachine.Version
    private var generator: SeededGenerator
    private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private var coordinator = Coordinator()
    private var logs: [Int32: [StoredBatch]] = [0: [], 1: []]
    private var sequences: [Int32: (epoch: Int16, next: Int32)] = [:]
    private var inFlight: [[ProducerCore.Assignment]] = []
    private var pendingRequest: ProducerCore.TransactionRequest?
    private var isConnected = true
    private var tag: UInt64 = 0
    /// The records of the open transaction and of those that were committed.
    private var current: [UInt64] = []
    private var committed: Set<UInt64> = []
    private(set) var commits = 0
    private(set) var aborts = 0
    private var isCalm = false

    init(seed: UInt64, version: TransactionMachine.Version) {
        self.version = version
        generator = SeededGenerator(seed: seed)
        var configuration = ProducerConfiguration()
        configuration.transactionalID = "x"
        configuration.lingerMilliseconds = 0
        configuration.deliveryTimeoutMilliseconds = 30_000
        core = ProducerCore(configuration)
        core.transactionVersion = version == .two ? 2 : 0
        _ = core.topicIndex("t")
        let partitions = (0..<2).map {
            TopicDescription.Partition(index: Int32($0), leader: 1, replicas: [1], inSyncReplicas: [1])
        }
        _ = core.update([TopicDescription(name: "t", partitions: partitions)])
        core.connected(1)
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    mutating func run(transactions: Int) throws {
        try core.initializeTransactions()
        try runUntil { if case .ready = $0.transaction?.state { true } else { false } }
        for _ in 0..<transactions {
            try core.beginTransaction()
            current = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                if case .appended = append() { current.append(tag) }
                if chance(60) { step() }
            }
            if chance(70) { try commit() } else { try abort() }
            if core.failure != nil { return }
        }
        checkVisibleRecords()
    }

    private mutating func append() -> ProducerCore.AppendStep {
        tag += 1
        return core.append(
            ProducerCore.NewRecord(
                topicIndex: 0, partition: Int32.random(in: 0...1, using: &generator), key: nil, value: nil,
                headers: .none, timestampMilliseconds: 0, tag: tag, receipt: nil), now: now)
    }

    private mutating func commit() throws {
        do throws(KafkaError) {
            try core.commitTransaction()
        } catch { return try abort() }
        _ = core.flush(now: now)
        // A flush takes the token of an idle connection; here one thread does everything.
        try runUntil { core in
            switch core.transaction?.state {
            case .committing: core.failure != nil
            default: true
            }
        }
        guard core.transaction?.state == .ready else { return try abort() }
        committed.formUnion(current)
        commits += 1
    }

    private mutating func abort() throws {
        if core.failure != nil { return }
        let effects = try core.abortTransaction()
        _ = core.notified(effects.finished.count)
        try runUntil { core in core.failure != nil || core.transaction?.state == .ready }
        aborts += 1
    }

    private mutating func runUntil(_ isReached: (borrowing ProducerCore) -> Bool) throws {
        var steps = 0
        while !isReached(core) {
            step()
            steps += 1
            isCalm = steps > 300
            guard steps < 3000 else {
                Issue.record("the transaction does not end: \(String(describing: core.transaction?.state))")
                throw KafkaError.closed
            }
        }
        isCalm = false
    }

    private mutating func step() {
        now = now.advanced(byMilliseconds: chance(1) && !isCalm ? 20_000 : 10)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0, 1: stepWriter()
        case 2: stepBroker()
        case 3: stepCoordinator()
        default:
            let effects = core.expireAll(now: now)
            _ = core.notified(effects.finished.count)
        }
    }

    // MARK: The broker

    private mutating func stepWriter() {
        switch core.nextStep(ofBroker: 1, now: now) {
        case .send(let assignments): inFlight.append(assignments)
        case .connect: core.connected(1)
        case .end, .disconnect, .finishRequest, .sleep: break
        }
        _ = core.wakeAll()
    }

    private mutating func stepBroker() {
        guard !inFlight.isEmpty else { return }
        if !isCalm, chance(3) {
            // The connection breaks; some requests have arrived.
            let arrived = Int.random(in: 0...inFlight.count, using: &generator)
            for request in inFlight.prefix(arrived) { for assignment in request { _ = store(assignment) } }
            let lost = inFlight
            inFlight = []
            _ = core.disconnected(1)
            for request in lost { settle(request.map { .init(place: $0.place, outcome: .lost) }) }
            return
        }
        let request = inFlight.removeFirst()
        settle(
            request.map { assignment in
                ProducerCore.Answer(place: assignment.place, outcome: store(assignment), baseOffset: 0)
            })
    }

    private mutating func settle(_ answers: [ProducerCore.Answer]) {
        let effects = core.settle(answers, ofBroker: 1, now: now)
        _ = core.notified(effects.finished.count)
    }

    /// As a broker that verifies the transaction of a batch (KIP-890), which version 2 adds to it.
    private mutating func store(_ assignment: ProducerCore.Assignment) -> PartitionQueue<SealedBatch>.BatchResult {
        let (partition, stamp) = (assignment.place.partition, assignment.stamp)
        guard stamp.producerEpoch == coordinator.identity.epoch else { return .refused(.invalidProducerEpoch) }
        if !isCalm, chance(4) { return .refused(.notEnoughReplicas) }
        if !isCalm, chance(1) { return .refused(.topicAuthorizationFailed) }
        let expected = sequences[partition].flatMap { $0.epoch == stamp.producerEpoch ? $0.next : nil } ?? 0
        if stamp.baseSequence < expected { return .stored }
        guard stamp.baseSequence == expected else { return .refused(.outOfOrderSequenceNumber) }
        switch version {
        case .one: guard coordinator.partitions.contains(partition) else { return .refused(.invalidTxnState) }
        case .two:
            coordinator.isOngoing = true
            coordinator.partitions.insert(partition)
        }
        sequences[partition] = (stamp.producerEpoch, expected + assignment.batch.recordCount)
        let tags = assignment.batch.tags.flatMap { run in (0..<run.count).map { _ in run.tag } }
        #expect(tags.allSatisfy { current.contains($0) }, "a batch is stored in another transaction")
        logs[partition]?.append(StoredBatch(tags: tags, epoch: stamp.producerEpoch))
        return .stored
    }

    // MARK: The coordinator

    private mutating func stepCoordinator() {
        guard let next = pendingRequest ?? core.nextTransactionRequest().request else { return }
        pendingRequest = nil
        var answer = TransactionMachine.Answer.lost
        if isCalm || !chance(5) { answer = self.answer(to: next) }
        // The response is lost.
        if !isCalm, chance(5) { answer = .lost }
        var effects = ProducerCore.Effects()
        _ = core.settle(answer, &effects)
        _ = core.notified(effects.finished.count)
    }

    private mutating func answer(to next: ProducerCore.TransactionRequest) -> TransactionMachine.Answer {
        if !isCalm, chance(10) { return .refused([.concurrentTransactions], message: nil) }
        if !isCalm, chance(5) { return .refused([.notCoordinator], message: nil) }
        switch next.request {
        case .initProducerID(let raisesEpoch):
            if raisesEpoch, let identity = next.identity {
                // A repeated request has the epoch before.
                let epoch = coordinator.identity.epoch
                guard identity.epoch == epoch || identity.epoch == epoch - 1 else {
                    return .refused([.producerFenced], message: nil)
                }
            }
            end(commits: false)
            coordinator.identity.epoch += 1
            return .done(identity: coordinator.identity)
        case .addPartitions(let partitions):
            guard next.identity == coordinator.identity else { return .refused([.producerFenced], message: nil) }
            coordinator.isOngoing = true
            coordinator.partitions.formUnion(partitions.map(\.partition))
            return .done(identity: nil)
        case .addOffsets, .commitOffsets: return .done(identity: nil)
        case .end(let commits):
            if let last = coordinator.lastEnd, last.identity == next.identity, last.commits == commits,
                !coordinator.isOngoing
            {
                return .done(identity: version == .two ? coordinator.identity : nil)
            }
            guard next.identity == coordinator.identity else { return .refused([.producerFenced], message: nil) }
            // In version 2 a producer may abort what has not arrived.
            guard coordinator.isOngoing || version == .two && !commits else {
                return .refused([.invalidTxnState], message: nil)
            }
            coordinator.lastEnd = (coordinator.identity, commits)
            end(commits: commits)
            guard version == .two else { return .done(identity: nil) }
            coordinator.identity.epoch += 1
            return .done(identity: coordinator.identity)
        }
    }

    private mutating func end(commits: Bool) {
        for partition in logs.keys {
            for index in logs[partition, default: []].indices where logs[partition]?[index].isCommitted == nil {
                logs[partition]?[index].isCommitted = commits
            }
        }
        coordinator.isOngoing = false
        coordinator.partitions = []
    }

    private func checkVisibleRecords() {
        var visible: [UInt64] = []
        for log in logs.values {
            let tags = log.filter { $0.isCommitted == true }.flatMap(\.tags)
            #expect(tags == tags.sorted(), "records are out of order")
            visible += tags
        }
        #expect(visible.count == Set(visible).count, "a record is stored twice")
        #expect(Set(visible) == committed, "other records are visible than those of committed transactions")
    }
}

@Suite struct TransactionSimulationTests {
    @Test(arguments: [TransactionMachine.Version.one, .two])
    func committedRecordsAreVisibleOnceAndOthersNever(_ version: TransactionMachine.Version) throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("TransactionSimulationTests: seed \(seed)")
        var (commits, aborts) = (0, 0)
        for run in 0..<150 {
            var simulation = TransactionSimulation(seed: seed &+ UInt64(run), version: version)
            try simulation.run(transactions: 20)
            commits += simulation.commits
            aborts += simulation.aborts
        }
        #expect(commits > 500 && aborts > 300)
    }
}
