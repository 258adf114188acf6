import KafkaProtocol
import WireCore
import WireStreams

/// The state of a consumer under its lock, and the threads that fetch: one for each leader of an assigned partition,
/// and one more while something else is asked.
///
/// It does not retain the consumer, whose release ends it.
final class ConsumerEngine: Sendable {
    let client: KafkaClient
    let configuration: ConsumerConfiguration
    let cancellation: Cancellation
    let offsets: GroupOffsets
    private let calls: FetchCalls
    private let monitor: Monitor<ConsumerState>

    /// How long a thread waits for another job before it ends, if others remain.
    private static let idleMilliseconds = 10_000

    init(_ client: KafkaClient, _ configuration: ConsumerConfiguration, _ settings: FetchSettings) {
        self.client = client
        self.configuration = configuration
        let cancellation = Cancellation(parent: client.cancellation)
        self.cancellation = cancellation
        let offsets = GroupOffsets(
            client: client, cancellation: cancellation, fetchesAsMember: configuration.groupProtocol == .consumer)
        self.offsets = offsets
        let monitor = Monitor(ConsumerState(FetchMachine(settings, seed: .random(in: .min ... .max)), now: .now))
        self.monitor = monitor
        // The end of the client ends waiting calls.
        cancellation.add {
            let waiter = monitor.update { state in
                state.isClosing = true
                state.isClosed = true
                return state.takeWaiter()
            }
            waiter?.resume()
        }
        var calls = FetchCalls(client: client, cancellation: cancellation, isolation: configuration.isolationLevel)
        calls.minBytes = configuration.fetchMinBytes
        calls.maxBytes = configuration.fetchMaxBytes
        calls.rack = configuration.rack
        calls.allowsTopicCreation = configuration.allowsTopicCreation
        if let groupID = configuration.groupID {
            let instanceID = configuration.groupInstanceID
            calls.committed = { (partitions) throws(KafkaError) in
                let (member, ids) = monitor.withLock { ($0.member(of: groupID, instanceID), $0.topicIDs) }
                return try offsets.fetch(partitions, topicIDs: ids, member).mapValues { offset in
                    offset.map { FetchPosition(offset: $0.offset, epoch: $0.leaderEpoch ?? -1) }
                }
            }
        }
        self.calls = calls
    }

    /// The member for commits. Throws without a group.
    func groupMetadata() throws(KafkaError) -> ConsumerGroupMetadata {
        guard let groupID = configuration.groupID else {
            throw .consumer(.invalidState("the consumer has no group id"))
        }
        return read { $0.member(of: groupID, configuration.groupInstanceID) }
    }

    // MARK: State

    func read<R: Sendable>(_ body: (inout ConsumerState) -> R) -> R { monitor.withLock { body(&$0) } }

    /// Changes the state, and starts or wakes what has something to do.
    @discardableResult
    func change<R: Sendable>(_ body: (inout ConsumerState) -> R) -> R {
        let (result, mustStart, waiter) = monitor.update { state in
            state.changeCount &+= 1
            return (body(&state), state.prepareWorker(), state.takeWaiter())
        }
        waiter?.resume()
        if mustStart { startWorker() }
        return result
    }

    /// A change by the polling thread, for which only threads that fetch may wait: others are not woken, which would
    /// happen several times in each poll.
    @discardableResult
    func adjust<R: Sendable>(_ body: (inout ConsumerState) -> R) -> R {
        let (result, mustStart, mustWake) = monitor.withLock { state in
            let result = body(&state)
            let mustStart = state.prepareWorker()
            return (result, mustStart, !mustStart && state.idleWorkers > 0 && state.fetch.hasJob(now: .now))
        }
        if mustStart { startWorker() }
        if mustWake { monitor.update { $0.changeCount &+= 1 } }
        return result
    }

    /// Waits until `body` returns a value; nil if the deadline passes first.
    func wait<R: Sendable>(until deadline: MonotonicInstant?, for body: (inout ConsumerState) -> R?) -> R? {
        monitor.wait(until: deadline, for: body)
    }

    /// Suspends the task until there may be an event for the program.
    func suspend() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isReady = monitor.withLock { state -> Bool in
                if state.hasEvent { return true }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Partitions do not belong to this consumer any more.
    func drop(_ partitions: [TopicPartition]) {
        change { state in
            for partition in partitions {
                state.fetch.remove(partition)
                state.autoCommitted[partition] = nil
            }
        }
    }

    /// Ends all calls and threads. Fetch sessions are closed if the brokers answer within `limitMilliseconds` in all.
    func close(limitMilliseconds: Int) {
        let sessions = change { state -> [FetchRequestPlan] in
            guard !state.isClosed else { return [] }
            state.isClosing = true
            state.isClosed = true
            return limitMilliseconds > 0 ? state.fetch.closingRequests() : []
        }
        if !sessions.isEmpty {
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: limitMilliseconds)
            cancellation.cancelling(at: deadline) {
                // Brokers drop sessions that are not used.
                for session in sessions { try? calls.close(session) }
            }
        }
        cancellation.cancel()
    }

    // MARK: Fetching

    private enum Task: Sendable {
        case job(FetchJob)
        case recheck
        case end
    }

    private func startWorker() {
        let name = "\(client.configuration.clientID)-fetcher"
        startThread(named: name, stackBytes: 512 << 10) { [self] in work() }
    }

    private func work() {
        while true {
            let (time, seen) = read { ($0.fetch.nextTime(now: .now), $0.changeCount) }
            let idleEnd = MonotonicInstant.now.advanced(byMilliseconds: Self.idleMilliseconds)
            let task = wait(until: min(time ?? idleEnd, idleEnd)) { state -> Task? in
                if state.isClosed {
                    state.endWorker()
                    return .end
                }
                guard let job = state.fetch.nextJob(now: .now) else {
                    return state.changeCount == seen ? nil : .recheck
                }
                state.idleWorkers -= 1
                return .job(job)
            }
            switch task {
            case .end: return
            case .job(let job): run(job)
            case .recheck: continue
            case nil:
                let mustEnd = read { state in
                    guard MonotonicInstant.now >= idleEnd, state.idleWorkers > 1 || state.fetch.partitions.isEmpty
                    else { return false }
                    state.endWorker()
                    return true
                }
                if mustEnd { return }
            }
        }
    }

    private func run(_ job: FetchJob) {
        // Another thread takes what else can be asked now.
        adjust { _ in }
        let result = calls.run(job, maxWaitMilliseconds: configuration.fetchMaxWaitMilliseconds)
        let (fetched, resets) = change { state -> ([KafkaFetchEvent], [KafkaPositionEvent]) in
            state.idleWorkers += 1
            let records = state.fetch.finish(job, result, now: .now)
            let resets = state.fetch.takeResets()
            guard client.configuration.observer != nil else { return ([], []) }
            return (records.map { KafkaFetchEvent($0, state.fetch.partitions[$0.partition]) }, resets)
        }
        if let observer = client.configuration.observer {
            for event in fetched { observer.recordsFetched(event) }
            for event in resets { observer.positionReset(event) }
        }
        if case .failed(let error) = result, error.isRetriable, !cancellation.isCancelled {
            client.configuration.observer?.retrying(
                "fetching", after: error, pauseMilliseconds: client.configuration.retryBackoffMilliseconds)
        }
    }
}

extension KafkaFetchEvent {
    init(_ records: FetchedRecords, _ partition: PartitionState?) {
        self.init(
            topic: records.partition.topic, partition: records.partition.partition, recordCount: records.recordCount,
            recordBytes: records.byteCount, nextOffset: records.next.offset, highWatermark: partition?.highWatermark)
    }
}
