import KafkaProtocol
import Synchronization
import WireCore

/// Reads all or some partitions of one topic, without a group. For callers that own a thread.
///
/// One thread reads; any thread may `cancel()`.
public final class TopicReader: Sendable {
    /// The topic's name.
    public let topic: String
    private let client: KafkaClient
    private let isolation: IsolationLevel
    private let cancellation: Cancellation
    private let calls: FetchCalls
    /// The partitions to read; nil reads all, including those that are added later.
    private let selection: Set<Int32>?
    private let machine: Mutex<FetchMachine>

    /// The wait for one leader's records if several leaders are fetched from in turn.
    private static let waitPerLeaderMilliseconds = 50

    /// Looks the topic up and waits if it does not exist: brokers see a new topic a little later than the client that
    /// created it.
    ///
    /// - Parameters:
    ///   - partitions: the partitions to read; nil for all.
    ///   - start: the position to begin at in each partition.
    ///   - isolation: `.readCommitted` skips records of aborted and open transactions.
    /// - Throws: `.timedOut` after `apiTimeoutMilliseconds`, with the last error.
    public convenience init(
        _ client: KafkaClient, topic: String, partitions: [Int32]? = nil, from start: OffsetSpec = .earliest,
        isolation: IsolationLevel = .readUncommitted
    ) throws(KafkaError) {
        try self.init(
            client, topic: topic, partitions: partitions, from: start, isolation: isolation,
            cancellation: Cancellation(parent: client.cancellation))
    }

    init(
        _ client: KafkaClient, topic: String, partitions: [Int32]?, from start: OffsetSpec, isolation: IsolationLevel,
        cancellation: Cancellation
    ) throws(KafkaError) {
        self.client = client
        self.topic = topic
        self.isolation = isolation
        self.cancellation = cancellation
        let selection = partitions.map { Set($0) }
        self.selection = selection
        calls = FetchCalls(client: client, cancellation: cancellation, isolation: isolation)
        let (description, positions) = try client.retrying("reading topic \(topic)", cancellation) {
            () throws(KafkaError) in
            let description = try Self.describe(topic, selection, client, cancellation)
            let offsets = try client.offsets(of: description, at: start, isolation: isolation, cancellation)
            return (description, offsets)
        }
        var settings = FetchSettings(client.configuration)
        settings.resetPolicy = .nearest(0)
        settings.isolation = isolation
        var machine = FetchMachine(settings, seed: .random(in: .min ... .max))
        machine.assign(Set(description.partitions.map { TopicPartition(topic, $0.index) }))
        for (partition, offset) in positions {
            _ = machine.seek(TopicPartition(topic, partition), to: FetchPosition(offset: offset))
        }
        machine.lead([topic: description], now: .now)
        self.machine = Mutex(machine)
    }

    /// The topic with the selected partitions only.
    private static func describe(
        _ topic: String, _ selection: Set<Int32>?, _ client: KafkaClient, _ cancellation: Cancellation
    ) throws(KafkaError) -> TopicDescription {
        var description = try client.topic(topic, cancellation)
        guard let selection else { return description }
        description.partitions.removeAll { !selection.contains($0.index) }
        if let missing = selection.subtracting(description.partitions.map(\.index)).min() {
            throw .code(.unknownTopicOrPartition, about: "partition \(missing) of topic \(topic)")
        }
        return description
    }

    private func describe() throws(KafkaError) -> TopicDescription {
        try Self.describe(topic, selection, client, cancellation)
    }

    deinit { cancellation.cancel() }

    /// Makes a waiting call, and all later ones, throw `.closed`; closes the connection.
    public func cancel() { cancellation.cancel() }

    /// The partitions that are read, in ascending order.
    public var partitions: [Int32] { machine.withLock { $0.partitions.keys.map(\.partition) }.sorted() }

    /// Partition to the offset of the next record.
    public var positions: [Int32: Int64] {
        machine.withLock { machine in
            var positions: [Int32: Int64] = [:]
            for (partition, state) in machine.partitions { positions[partition.partition] = state.consumed?.offset }
            return positions
        }
    }

    /// Sets the position of one partition.
    public func seek(partition: Int32, to offset: Int64) {
        machine.withLock { _ = $0.seek(TopicPartition(topic, partition), to: FetchPosition(offset: offset)) }
    }

    /// Sets every partition's position.
    public func seekAll(to spec: OffsetSpec) throws(KafkaError) {
        for (partition, offset) in try offsets(at: spec) { seek(partition: partition, to: offset) }
    }

    /// Partition to the offset after the last record that may be read.
    public func endOffsets() throws(KafkaError) -> [Int32: Int64] { try offsets(at: .latest) }

    private func offsets(
        at spec: OffsetSpec, timeoutMilliseconds: Int? = nil
    ) throws(KafkaError) -> [Int32: Int64] {
        try client.retrying(
            "listing the offsets of \(topic)", timeoutMilliseconds: timeoutMilliseconds, cancellation
        ) { () throws(KafkaError) in
            let description = try describe()
            learn(description)
            return try client.offsets(of: description, at: spec, isolation: isolation, cancellation)
        }
    }

    /// Takes over leaders. Partitions that were added in the meantime are read from their beginning.
    private func learn(_ description: TopicDescription) {
        machine.withLock { machine in
            for partition in description.partitions {
                let name = TopicPartition(topic, partition.index)
                guard machine.partitions[name] == nil else { continue }
                machine.add(name)
                _ = machine.seek(name, to: FetchPosition(offset: 0))
            }
            machine.lead([topic: description], now: .now)
        }
    }

    // MARK: Reading

    /// The next records; empty if there are none within `maxWaitMilliseconds`.
    ///
    /// - Throws: an error that retries within that time did not resolve; the call may be repeated.
    public func poll(maxWaitMilliseconds: Int) throws(KafkaError) -> [ConsumedRecord] {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: maxWaitMilliseconds)
        var asked: Set<Int32> = []
        var lastError: KafkaError?
        while true {
            try cancellation.check()
            let records = try takeRecords()
            if !records.isEmpty { return records }
            let now = MonotonicInstant.now
            let left = max(0, deadline.milliseconds(since: now))
            let (job, time, leaders) = machine.withLock { machine in
                // Without time left each broker is asked once.
                let job = machine.nextJob(now: now, exceptFetchesFrom: left == 0 ? asked : [])
                return (job, machine.nextTime(now: now), machine.leaders.count)
            }
            guard let job else {
                // Every broker that can be asked was asked.
                let pause = time.map { max(1, $0.milliseconds(since: now)) } ?? left
                guard pause < left else { return try end(after: lastError) }
                try cancellation.pause(milliseconds: pause)
                continue
            }
            var wait = 0
            if case .fetch(let plan) = job {
                asked.insert(plan.broker)
                wait = leaders == 1 ? left : min(left, Self.waitPerLeaderMilliseconds)
            }
            lastError = run(job, maxWaitMilliseconds: wait)
            if left == 0, lastError != nil { return try end(after: lastError) }
        }
    }

    private func end(after error: KafkaError?) throws(KafkaError) -> [ConsumedRecord] {
        if let error { throw error }
        return []
    }

    /// Returns the error of a job that will be repeated.
    private func run(_ job: FetchJob, maxWaitMilliseconds: Int) -> KafkaError? {
        let result = calls.run(job, maxWaitMilliseconds: maxWaitMilliseconds)
        if case .metadata(let topics) = result, case .success(let description) = topics[topic], selection == nil {
            learn(description)
        }
        let (error, resets) = machine.withLock { machine in
            machine.forgetLastError()
            _ = machine.finish(job, result, now: .now)
            return (machine.errors.last, machine.takeResets())
        }
        for event in resets { client.configuration.observer?.positionReset(event) }
        return error
    }

    /// The records that were fetched. If those of one partition cannot be read, the records of the others are returned
    /// first.
    private func takeRecords() throws(KafkaError) -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        while let fetched = machine.withLock({ $0.takeRecords() }) {
            var rest = fetched
            do throws(RecordBatchError) {
                try rest.read(max: Int(Int32.max), into: &records)
            } catch {
                machine.withLock { machine in
                    machine.consume(rest)
                    machine.putBack(rest)
                }
                if records.isEmpty { throw KafkaError(error) }
                return records
            }
            machine.withLock { machine in
                machine.consume(rest)
                machine.release(rest)
            }
        }
        if records.isEmpty, let failure = machine.withLock({ $0.takeFailure() }) { throw failure }
        return records
    }

    /// Passes to `body` every record up to the end offsets that the partitions have at the beginning of the call.
    ///
    /// - Throws: the error of `body`, at once; records that were fetched with the failing one are skipped by the next
    ///   call. `.timedOut` if no record is received for `timeoutMilliseconds` (nil: the client's
    ///   `apiTimeoutMilliseconds`); the next call resumes at that position.
    public func readToEnd(timeoutMilliseconds: Int? = nil, _ body: (ConsumedRecord) throws -> Void) throws {
        let limit = timeoutMilliseconds ?? client.configuration.apiTimeoutMilliseconds
        let ends = try offsets(at: .latest, timeoutMilliseconds: limit)
        var lastProgress = MonotonicInstant.now
        var lastError: KafkaError?
        while !hasReached(ends) {
            let before = positions
            var records: [ConsumedRecord] = []
            do throws(KafkaError) {
                records = try poll(maxWaitMilliseconds: 500)
            } catch {
                guard error.isRetriable else { throw error }
                lastError = error
                try cancellation.pause(milliseconds: client.configuration.retryBackoffMilliseconds)
            }
            for record in records { try body(record) }
            let now = MonotonicInstant.now
            if positions != before { lastProgress = now }
            if now.milliseconds(since: lastProgress) > limit {
                throw KafkaError.timedOut(
                    what: "reading \(topic) to its end", milliseconds: limit, lastError: lastError.map { "\($0)" })
            }
        }
    }

    private func hasReached(_ ends: [Int32: Int64]) -> Bool {
        let positions = positions
        return ends.allSatisfy { positions[$0.key, default: 0] >= $0.value }
    }
}
