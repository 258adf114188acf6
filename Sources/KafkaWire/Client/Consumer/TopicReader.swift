import KafkaProtocol
import Synchronization
import WireCore

/// Reads all or some partitions of one topic, without a group. For callers that own a thread.
///
/// One thread reads; any thread may `cancel()`.
public final class TopicReader: Sendable {
    private struct State {
        var description: TopicDescription
        var positions: [Int32: Int64]
        /// The index of the leader and partition to begin with, so that a busy one does not starve the others.
        var turn = 0
        /// The error of a fetch that also returned records; thrown by the next fetch.
        var failure: KafkaError?
    }

    /// The topic's name.
    public let topic: String
    private let client: KafkaClient
    private let isolation: IsolationLevel
    private let cancellation: Cancellation
    /// The partitions to read; nil reads all, including those that are added later.
    private let selection: Set<Int32>?
    private let state: Mutex<State>

    /// The limits of Kafka's consumer: for a whole fetch, and for one partition in it.
    private static let fetchBytesMax: Int32 = 50 << 20
    private static let partitionBytesMax: Int32 = 1 << 20
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
        let (description, positions) = try client.retrying("reading topic \(topic)", cancellation) {
            () throws(KafkaError) in
            let description = try Self.describe(topic, selection, client, cancellation)
            let offsets = try client.offsets(of: description, at: start, isolation: isolation, cancellation)
            return (description, offsets)
        }
        state = Mutex(State(description: description, positions: positions))
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
    public var partitions: [Int32] { state.withLock { $0.description.partitions.map(\.index) } }

    /// Partition to the offset of the next record.
    public var positions: [Int32: Int64] { state.withLock { $0.positions } }

    /// Sets the position of one partition.
    public func seek(partition: Int32, to offset: Int64) { state.withLock { $0.positions[partition] = offset } }

    /// Sets every partition's position.
    public func seekAll(to spec: OffsetSpec) throws(KafkaError) {
        let offsets = try offsets(at: spec)
        state.withLock { $0.positions = offsets }
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
            state.withLock { $0.description = description }
            return try client.offsets(of: description, at: spec, isolation: isolation, cancellation)
        }
    }

    // MARK: Reading

    /// The next records; empty if there are none within `maxWaitMilliseconds`.
    ///
    /// - Throws: an error that retries within that time did not resolve; the call may be repeated.
    public func poll(maxWaitMilliseconds: Int) throws(KafkaError) -> [ConsumedRecord] {
        let started = MonotonicInstant.now
        var backoff = Backoff(client.configuration)
        while true {
            try cancellation.check()
            let left = max(0, maxWaitMilliseconds - MonotonicInstant.now.milliseconds(since: started))
            do throws(KafkaError) {
                let records = try fetch(maxWaitMilliseconds: left)
                if !records.isEmpty || left == 0 { return records }
            } catch {
                let pause = backoff.next()
                guard error.isRetriable, pause < left else { throw error }
                try cancellation.pause(milliseconds: pause)
                try refresh()
            }
        }
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

    /// Refreshes the leaders; a failure is reported by the next fetch.
    private func refresh() throws(KafkaError) {
        do throws(KafkaError) {
            let description = try describe()
            state.withLock { state in
                state.description = description
                // Partitions that were added in the meantime are read from their beginning.
                for partition in description.partitions where state.positions[partition.index] == nil {
                    state.positions[partition.index] = 0
                }
            }
        } catch {
            guard error.isRetriable else { throw error }
        }
    }

    /// Fetches from each leader once.
    ///
    /// If one partition or leader fails, the records of the others are returned, since their positions have advanced.
    private func fetch(maxWaitMilliseconds: Int) throws(KafkaError) -> [ConsumedRecord] {
        let (leaders, turn, failure) = state.withLock { state in
            defer { state.failure = nil }
            state.turn = (state.turn + 1) & .max
            return (state.description.partitionsByLeader.sorted { $0.key < $1.key }, state.turn, state.failure)
        }
        if let failure { throw failure }
        var records: [ConsumedRecord] = []
        do throws(KafkaError) {
            for step in leaders.indices {
                let (leader, partitions) = leaders[(turn + step) % leaders.count]
                let limit = leaders.count == 1 ? maxWaitMilliseconds : Self.waitPerLeaderMilliseconds
                let wait = records.isEmpty ? min(maxWaitMilliseconds, limit) : 0
                let first = turn % partitions.count
                try fetch(
                    Array(partitions[first...] + partitions[..<first]), from: leader, maxWaitMilliseconds: wait,
                    into: &records)
            }
        } catch {
            if records.isEmpty { throw error }
            state.withLock { $0.failure = error }
        }
        return records
    }

    private func fetch(
        _ partitions: [Int32], from leader: Int32, maxWaitMilliseconds: Int, into records: inout [ConsumedRecord]
    ) throws(KafkaError) {
        let request = request(partitions, maxWaitMilliseconds: maxWaitMilliseconds)
        let response = try client.withBroker(leader, cancellation) { connection throws(KafkaError) in
            // Later versions name topics by their id.
            try connection.request(request, atMost: 12, extraTimeoutMilliseconds: maxWaitMilliseconds)
        }
        guard response.errorCode == .none else { throw .code(response.errorCode, about: "fetching from \(topic)") }
        var failure: KafkaError?
        for partition in response.responses.flatMap(\.partitions) {
            do throws(KafkaError) {
                try take(partition, into: &records)
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func request(_ partitions: [Int32], maxWaitMilliseconds: Int) -> FetchRequest {
        let positions = positions
        var request = FetchRequest()
        request.maxWaitMilliseconds = Int32(clamping: maxWaitMilliseconds)
        request.minBytes = 1
        request.maxBytes = Self.fetchBytesMax
        request.isolationLevel = isolation.rawValue
        var entry = FetchRequest.FetchTopic()
        entry.topic = topic
        entry.partitions = partitions.map { index in
            var partition = FetchRequest.FetchPartition()
            partition.partition = index
            partition.fetchOffset = positions[index, default: 0]
            partition.partitionMaxBytes = Self.partitionBytesMax
            return partition
        }
        request.topics = [entry]
        return request
    }

    private func take(
        _ partition: FetchResponse.PartitionData, into records: inout [ConsumedRecord]
    ) throws(KafkaError) {
        let index = partition.partitionIndex
        if partition.errorCode == .offsetOutOfRange { return try resetPosition(of: index) }
        guard partition.errorCode == .none else {
            throw .code(partition.errorCode, about: "fetching from \(topic)-\(index)")
        }
        var reader = RecordSetReader(
            partition: index, offset: positions[index, default: 0],
            aborted: isolation == .readCommitted ? partition.abortedTransactions ?? [] : nil)
        // Also if a later batch is malformed: the batches before it have been consumed.
        defer { seek(partition: index, to: reader.offset) }
        do throws(RecordBatchError) {
            try reader.read(partition.records ?? []) { records.append($0) }
        } catch {
            throw KafkaError(error)
        }
    }

    /// The position was deleted or never written: moves to the nearest offset of the partition.
    private func resetPosition(of index: Int32) throws(KafkaError) {
        let description = try describe()
        let beginnings = try client.offsets(of: description, at: .earliest, isolation: isolation, cancellation)
        let ends = try client.offsets(of: description, at: .latest, isolation: isolation, cancellation)
        let position = positions[index, default: 0]
        if let beginning = beginnings[index], let end = ends[index] {
            seek(partition: index, to: min(max(position, beginning), end))
        }
    }
}
