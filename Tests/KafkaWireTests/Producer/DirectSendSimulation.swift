import KafkaProtocol
import Testing
import WireTestSupport

@testable import KafkaWire
@testable import WireCore

/// Threads that append and flush, a writer, a reader and a broker, in a random interleaving of their steps.
///
/// A step is what a thread does between two critical sections of the core, or in one. Checked: one thread at a time
/// writes; the broker gets the batches of each connection in order and stores each once; and whenever all threads wait,
/// nothing can be sent.
struct DirectSendSimulation: ~Copyable {
    enum Writer {
        case running
        case asleep(until: MonotonicInstant?)
        case connecting
        case sending([ProducerCore.Assignment])
        case finishing
    }

    enum Caller {
        case idle
        case sending(ProducerCore.DirectSend)
        case returning(ProducerCore.DirectSend, isComplete: Bool)
    }

    struct Request {
        let assignments: [ProducerCore.Assignment]
        var isComplete: Bool
    }

    /// A connection with its reader.
    struct Connection {
        var requests: [Request] = []
        /// Writes fail, and the reader notices it.
        var isCut = false
        /// No more responses are received.
        var isEnded = false
        var hasReader = true
    }

    private var core: ProducerCore
    private var generator: SeededGenerator
    private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    private var writer = Writer.running
    private var isSignalled = false
    private var callers = [Caller](repeating: .idle, count: 2)
    /// Callers that have appended records since their last flush.
    private var mustFlush = [Bool](repeating: false, count: 2)
    private var connections: [Connection] = []
    // The broker's state.
    private var stored: [UInt64] = []
    private var nextSequence: [Int16: Int32] = [:]
    private(set) var directSends = 0
    private(set) var appended: UInt64 = 0
    /// Without faults.
    private var isCalm = false
    /// No thread appends, so that all threads come to wait.
    private var isQuiet = false

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 5
        configuration.deliveryTimeoutMilliseconds = nil
        configuration.inFlightPerBrokerMax = 3
        core = ProducerCore(configuration)
        core.adopt(ProducerIdentity(producerID: 7, epoch: 0))
        _ = core.topicIndex("t")
        let partition = TopicDescription.Partition(index: 0, leader: 1, replicas: [1], inSyncReplicas: [1])
        _ = core.update([TopicDescription(name: "t", partitions: [partition])])
    }

    /// Runs random steps with faults, then steps without faults until every record is stored.
    mutating func run(steps: Int) {
        for _ in 0..<steps {
            if !step() {
                advanceTime()
                isQuiet = false
            } else if chance(5) {
                isQuiet = true
            }
            checkExclusion()
        }
        isCalm = true
        let end = now.advanced(byMilliseconds: 10_000)
        while core.unfinishedBatches > 0 || mustFlush.contains(true) || !areCallersIdle {
            if !step() { advanceTime() }
            checkExclusion()
            guard now < end else {
                Issue.record("\(core.unfinishedBatches) batches are left")
                return
            }
        }
        #expect(stored == Array(0..<appended), "each record is stored once, in order")
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    private var areCallersIdle: Bool {
        callers.allSatisfy { if case .idle = $0 { true } else { false } }
    }

    /// One step of a random thread. Returns false if all threads wait for time to pass.
    private mutating func step() -> Bool {
        var steps: [Int] = []
        // Threads that append run less often, so that the connection becomes idle.
        if canWriterRun { steps += [0, 0, 0, 0] }
        for (index, connection) in connections.enumerated() where connection.hasReader {
            if connection.isCut || connection.requests.first?.isComplete == true {
                steps += [10 + index, 10 + index, 10 + index, 10 + index]
            }
        }
        for (index, caller) in callers.enumerated() {
            if case .idle = caller, isCalm || isQuiet, !mustFlush[index] { continue }
            steps.append(100 + index)
        }
        guard let chosen = steps.randomElement(using: &generator) else { return false }
        switch chosen {
        case 0: stepWriter()
        case 100...: stepCaller(chosen - 100)
        default: stepReader(chosen - 10)
        }
        if !isCalm, chance(1), chance(50), !connections.isEmpty { connections[connections.count - 1].isCut = true }
        if chance(10) { now = MonotonicInstant(nanoseconds: now.nanoseconds + 700_000) }
        return true
    }

    private var canWriterRun: Bool {
        guard case .asleep(let until) = writer else { return true }
        return isSignalled || until.map { $0 <= now } ?? false
    }

    /// All threads wait: whatever can be sent must have a thread that sends it.
    private mutating func advanceTime() {
        if !mustFlush.contains(true), core.brokers[1]?.token == .free, let partition = core.brokers[1]?.pending.first {
            let canSend = (core.brokers[1]?.inFlightRequests ?? 0) < core.configuration.inFlightPerBrokerMax
            // The writer sleeps for whole milliseconds and one more.
            let earlier = MonotonicInstant(nanoseconds: now.nanoseconds - 2_000_000)
            if canSend, case .ready = core.readiness(of: partition, earlier) {
                Issue.record("a batch can be sent and no thread does")
            }
        }
        guard case .asleep(let until?) = writer else {
            // Nothing is timed.
            now = now.advanced(byMilliseconds: 1000)
            return
        }
        now = max(now, until)
    }

    private func checkExclusion() {
        var writing = callers.count { if case .idle = $0 { false } else { true } }
        switch writer {
        case .running, .asleep: break
        case .connecting, .sending, .finishing: writing += 1
        }
        #expect(writing <= 1, "two threads write to the connection")
    }

    private mutating func signal(_ wakeups: [WakeupSignal]) {
        if wakeups.contains(where: { $0 === core.brokers[1]?.wakeup }) { isSignalled = true }
    }

    // MARK: The writer

    private mutating func stepWriter() {
        switch writer {
        case .running: run(core.nextStep(ofBroker: 1, now: now))
        case .asleep:
            isSignalled = false
            writer = .running
        case .connecting:
            connections.append(Connection())
            core.connected(1)
            writer = .running
        case .sending(let assignments):
            write(Request(assignments: assignments, isComplete: true))
            settleIfEnded()
            writer = .running
        case .finishing:
            let last = connections.count - 1
            let index = connections[last].requests.count - 1
            if index >= 0 { connections[last].requests[index].isComplete = true }
            settleIfEnded()
            writer = .running
        }
    }

    private mutating func run(_ step: ProducerCore.WriterStep) {
        switch step {
        case .end, .disconnect: Issue.record("nothing ends the connection or the producer")
        case .connect: writer = .connecting
        case .finishRequest: writer = .finishing
        case .send(let assignments): writer = .sending(assignments)
        case .sleep(let milliseconds):
            // A signal that is there already ends the sleep at once.
            writer = .asleep(until: milliseconds.map { now.advanced(byMilliseconds: $0) })
        }
    }

    private mutating func write(_ request: Request) { connections[connections.count - 1].requests.append(request) }

    private mutating func settleIfEnded() {
        let last = connections.count - 1
        if connections[last].isEnded { lose(last) }
    }

    private mutating func lose(_ index: Int) {
        while !connections[index].requests.isEmpty {
            let request = connections[index].requests.removeFirst()
            settle(request.assignments.map { ProducerCore.Answer(place: $0.place, outcome: .lost) })
        }
    }

    private mutating func settle(_ answers: [ProducerCore.Answer]) {
        let effects = core.settle(answers, ofBroker: 1, now: now)
        #expect(effects.finished.allSatisfy { if case .success = $0.outcome { true } else { false } })
        signal(effects.wakeups)
        _ = core.notified(effects.finished.count)
    }

    // MARK: Threads that append

    private mutating func stepCaller(_ index: Int) {
        switch callers[index] {
        case .idle:
            if !isCalm, !isQuiet, !mustFlush[index] || chance(50) { append(index) } else { flush(index) }
        case .sending(let send):
            let isComplete = chance(80)
            write(Request(assignments: send.assignments, isComplete: isComplete))
            directSends += 1
            let isEnded = connections[connections.count - 1].isEnded
            callers[index] = .returning(send, isComplete: isComplete && !isEnded)
        case .returning(let send, let isComplete):
            signal(core.endDirectSend(ofBroker: send.broker, isComplete: isComplete).map { [$0] } ?? [])
            callers[index] = .idle
        }
    }

    private mutating func append(_ index: Int) {
        let record = ProducerCore.NewRecord(
            topicIndex: 0, partition: 0, key: nil, value: nil, headers: .none, timestampMilliseconds: 0, tag: appended,
            receipt: nil, departure: chance(90) ? .flushedByCaller : .afterLinger)
        appended += 1
        guard case .appended(let wakeup) = core.append(record, now: now) else {
            Issue.record("the record was not accepted")
            return
        }
        signal(wakeup.map { [$0] } ?? [])
        mustFlush[index] = true
    }

    private mutating func flush(_ index: Int) {
        mustFlush[index] = false
        let flush = core.flush(now: now)
        signal(flush.wakeups)
        if let send = flush.sends.first { callers[index] = .sending(send) }
    }

    // MARK: The reader and the broker

    private mutating func stepReader(_ index: Int) {
        if connections[index].isCut, chance(60) {
            // The broker may have stored what it received before the connection broke.
            while let request = connections[index].requests.first, request.isComplete, chance(50) {
                _ = store(request)
                break
            }
            signal(core.disconnected(1))
            connections[index].isEnded = true
            connections[index].hasReader = false
            lose(index)
            return
        }
        guard connections[index].requests.first?.isComplete == true else { return }
        let request = connections[index].requests.removeFirst()
        settle(store(request))
    }

    /// Stores the batches of a request as an idempotent producer's broker does; returns the responses.
    private mutating func store(_ request: Request) -> [ProducerCore.Answer] {
        request.assignments.map { assignment in
            let stamp = assignment.stamp
            let count = assignment.batch.recordCount
            let expected = nextSequence[stamp.producerEpoch] ?? 0
            if !isCalm, chance(5) {
                return ProducerCore.Answer(place: assignment.place, outcome: .refused(.notEnoughReplicas))
            }
            if stamp.baseSequence < expected { return ProducerCore.Answer(place: assignment.place, outcome: .stored) }
            guard stamp.baseSequence == expected else {
                return ProducerCore.Answer(place: assignment.place, outcome: .refused(.outOfOrderSequenceNumber))
            }
            nextSequence[stamp.producerEpoch] = expected + count
            for run in assignment.batch.tags { stored += (0..<UInt64(run.count)).map { _ in run.tag } }
            return ProducerCore.Answer(place: assignment.place, outcome: .stored, baseOffset: 0)
        }
    }
}

@Suite struct DirectSendSimulationTests {
    @Test func eachBatchIsSentInOrderByOneThreadAndNoneIsForgotten() {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("DirectSendSimulationTests: seed \(seed)")
        var directSends = 0
        for run in 0..<300 {
            var simulation = DirectSendSimulation(seed: seed &+ UInt64(run))
            simulation.run(steps: 400)
            directSends += simulation.directSends
        }
        #expect(directSends > 1000)
    }
}
