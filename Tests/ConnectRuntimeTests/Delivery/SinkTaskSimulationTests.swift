import ConnectData
import Testing
import WireCore
import WireTestSupport

@testable import ConnectRuntime

/// Random histories of a sink task: rebalances, refused batches, failed flushes and commits, seeks, pauses and crashes.
///
/// At any time, the records before a committed offset are in the external system; at the end, all are.
@Suite struct SinkTaskSimulationTests {
    @Test(arguments: 0..<400) func nothingIsCommittedThatIsNotWritten(seed: Int) {
        var simulation = SinkTaskSimulation(seed: UInt64(seed))
        let failure = simulation.run()
        #expect(failure == nil, "seed \(seed)")
    }
}

/// A consumer, its broker and a task that buffers records until `preCommit`.
private struct SinkTaskSimulation {
    private static let partitions = (0..<3).map { TopicPartition("t", Int32($0)) }
    private static let recordCount: Int64 = 40

    private var random: SeededGenerator
    private var now = MonotonicInstant(nanoseconds: 0)
    private var machine: SinkTaskMachine
    /// What the group has committed.
    private var group: [TopicPartition: Int64] = [:]
    private var consumer: [TopicPartition: Int64] = [:]
    private var paused: Set<TopicPartition> = []
    private var batch: [(partition: TopicPartition, offset: Int64)] = []
    private var opened: Set<TopicPartition> = []
    private var buffered: Set<Record> = []
    private var written: Set<Record> = []
    private var commits: [(sequence: Int, offsets: [TopicPartition: Int64])] = []
    /// Whether anything fails.
    private var isCalm = false
    private var failure: String?

    private struct Record: Hashable {
        let partition: TopicPartition
        let offset: Int64
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        machine = Self.machine(now)
    }

    private static func machine(_ now: MonotonicInstant) -> SinkTaskMachine {
        SinkTaskMachine(commitIntervalMilliseconds: 100, commitTimeoutMilliseconds: 50, start: now)
    }

    /// In a fixed order, so that a seed always gives the same history.
    private var assigned: [TopicPartition] { Self.partitions.filter { consumer[$0] != nil } }

    private mutating func happens(_ percent: Int) -> Bool {
        !isCalm && Int.random(in: 0..<100, using: &random) < percent
    }

    mutating func run() -> String? {
        for _ in 0..<300 where failure == nil { turn() }
        isCalm = true
        rebalance()
        handle(.paused(false))
        for partition in Self.partitions { handle(.partitionsResumed([partition])) }
        for _ in 0..<60 where failure == nil {
            turn()
            now = now.advanced(byMilliseconds: 60)
        }
        if failure == nil, written.count != Int(Self.recordCount) * Self.partitions.count {
            failure = "only \(written.count) records were written"
        }
        return failure
    }

    private mutating func turn() {
        now = now.advanced(byMilliseconds: Int.random(in: 0..<20, using: &random))
        if happens(3) { crash() }
        if happens(5) { handle(.paused(Bool.random(using: &random))) }
        handle(.ready)
        handle(.polling)
    }

    private mutating func crash() {
        machine = Self.machine(now)
        (consumer, paused, batch, opened, buffered, commits) = ([:], [], [], [], [], [])
    }

    private mutating func handle(_ event: SinkTaskMachine.Event) {
        for action in machine.handle(event, at: now) {
            guard failure == nil else { return }
            perform(action)
        }
    }

    private mutating func perform(_ action: SinkTaskMachine.Action) {
        switch action {
        case .poll(let timeoutMilliseconds): poll(timeoutMilliseconds)
        case .put: put()
        case .discard(let partitions): batch.removeAll { partitions.contains($0.partition) }
        case .open(let partitions):
            opened.formUnion(partitions)
            if happens(10), let partition = Self.partitions.first(where: partitions.contains) {
                // Records before the committed offset are consumed again.
                handle(.seekRequested([partition: max(0, (group[partition] ?? 0) - 3)]))
            }
            handle(.opened)
        case .close(let partitions):
            opened.subtract(partitions)
            // What was not flushed is gone.
            buffered = buffered.filter { !partitions.contains($0.partition) }
        case .preCommit(let offsets): preCommit(offsets)
        case .commit(let offsets, let sequence, let waits): commit(offsets, sequence, waits: waits)
        case .seek(let offsets):
            for (partition, offset) in offsets where consumer[partition] != nil { consumer[partition] = offset }
        case .pause(let partitions):
            if !partitions.isSubset(of: consumer.keys) { failure = "an unassigned partition is paused" }
            paused.formUnion(partitions)
        case .resume(let partitions):
            if !partitions.isSubset(of: consumer.keys) { failure = "an unassigned partition is resumed" }
            paused.subtract(partitions)
        case .report, .warn, .skipCommit, .ignoreCommitEnd: break
        }
    }

    private mutating func poll(_ timeoutMilliseconds: Int) {
        endCommits()
        if consumer.isEmpty || happens(8) { rebalance() }
        var ends: [TopicPartition: Int64] = [:]
        for partition in assigned where !paused.contains(partition) {
            guard let offset = consumer[partition], offset < Self.recordCount else { continue }
            let end = min(Self.recordCount, offset + Int64.random(in: 1...5, using: &random))
            for position in offset..<end { batch.append((partition, position)) }
            consumer[partition] = end
            ends[partition] = end
        }
        // Without records a poll takes its time: a batch that was refused may be due in seconds only.
        if isCalm, ends.isEmpty { now = now.advanced(byMilliseconds: timeoutMilliseconds) }
        handle(.consumed(ends))
    }

    private mutating func rebalance() {
        let wanted = Set(Self.partitions.filter { _ in isCalm || Bool.random(using: &random) })
        let current = Set(consumer.keys)
        let isEager = Bool.random(using: &random)
        let removed = isEager ? current : current.subtracting(wanted)
        if !removed.isEmpty {
            handle(happens(20) ? .lost(removed) : .revoked(removed))
            for partition in removed {
                consumer[partition] = nil
                paused.remove(partition)
            }
        }
        let added = wanted.subtracting(consumer.keys)
        for partition in added { consumer[partition] = group[partition] ?? 0 }
        handle(.assigned(consumer.filter { added.contains($0.key) }))
    }

    private mutating func put() {
        if happens(10) {
            let first = assigned.prefix(1).map { ($0, group[$0] ?? 0) }
            handle(.seekRequested(Dictionary(uniqueKeysWithValues: first)))
        }
        if happens(30) {
            if happens(50) { handle(.retryTimeoutSet(milliseconds: 10)) }
            return handle(.refused)
        }
        for record in batch {
            if !opened.contains(record.partition) { failure = "a record of a partition that is not open" }
            buffered.insert(Record(partition: record.partition, offset: record.offset))
        }
        batch = []
        if happens(10) { handle(.commitRequested) }
        if happens(10), let partition = assigned.randomElement(using: &random) {
            handle(Bool.random(using: &random) ? .partitionsPaused([partition]) : .partitionsResumed([partition]))
        }
        handle(.accepted)
    }

    private mutating func preCommit(_ offsets: [TopicPartition: Int64]) {
        if happens(15) {
            buffered = buffered.filter { offsets[$0.partition] == nil }
            return handle(.preCommitFailed("the system is away"))
        }
        let flushed = buffered.filter { offsets[$0.partition] != nil }
        written.formUnion(flushed)
        buffered.subtract(flushed)
        handle(.preCommitted(happens(10) ? [:] : offsets))
    }

    private mutating func commit(_ offsets: [TopicPartition: Int64], _ sequence: Int, waits: Bool) {
        guard waits else { return commits.append((sequence, offsets)) }
        endCommits()
        let fails = happens(20)
        if !fails { store(offsets) }
        handle(.committed(sequence: sequence, failure: fails ? "fenced" : nil))
    }

    private mutating func endCommits() {
        // Some are answered later.
        while !commits.isEmpty, !happens(30) {
            let (sequence, offsets) = commits.removeFirst()
            let fails = happens(20)
            if !fails { store(offsets) }
            handle(.committed(sequence: sequence, failure: fails ? "away" : nil))
        }
    }

    private mutating func store(_ offsets: [TopicPartition: Int64]) {
        for (partition, offset) in offsets {
            group[partition] = offset
            for position in 0..<offset where !written.contains(Record(partition: partition, offset: position)) {
                failure = "\(partition) is committed at \(offset), but \(position) is not written"
            }
        }
    }
}
