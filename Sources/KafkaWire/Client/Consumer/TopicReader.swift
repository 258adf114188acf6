import KafkaProtocol
import Synchronization
import WireCore

/// Reads all partitions of one topic, without a group: what stores that live in topics need.
///
/// One thread reads; any thread may `cancel()`. Positions begin at the topic's beginning.
public final class TopicReader: Sendable {
    private struct State {
        var description: TopicDescription
        var positions: [Int32: Int64]
        /// Who is asked first, so that a busy leader or partition does not starve the others.
        var turn = 0
        /// What stood in the way of a fetch that brought records all the same; the next one begins with it.
        var failure: KafkaError?
    }

    public let topic: String
    private let client: KafkaClient
    private let isolation: IsolationLevel
    private let cancellation: Cancellation
    private let state: Mutex<State>

    /// Kafka's consumer limits: of a whole fetch, and of one partition in it.
    private static let fetchBytesMax: Int32 = 50 << 20
    private static let partitionBytesMax: Int32 = 1 << 20
    /// Where several brokers must be asked in turn, none is waited for longer than this.
    private static let waitPerLeaderMilliseconds = 50

    /// Waits for a topic that is not there, since brokers hear of a new one a little later than the one that made it.
    ///
    /// Throws `.timedOut` once `apiTimeoutMilliseconds` are over.
    public init(
        _ client: KafkaClient, topic: String, isolation: IsolationLevel = .readUncommitted
    ) throws(KafkaError) {
        self.client = client
        self.topic = topic
        self.isolation = isolation
        let cancellation = Cancellation(parent: client.cancellation)
        self.cancellation = cancellation
        let (description, positions) = try client.retrying("reading topic \(topic)", cancellation) {
            () throws(KafkaError) in
            let description = try client.topic(topic, cancellation)
            let offsets = try client.offsets(of: description, at: .beginning, isolation: isolation, cancellation)
            return (description, offsets)
        }
        state = Mutex(State(description: description, positions: positions))
    }

    deinit { cancellation.cancel() }

    /// Ends a waiting call with `.closed`; so do all later ones.
    public func cancel() { cancellation.cancel() }

    public var partitions: [Int32] { state.withLock { $0.description.partitions.map(\.index) } }

    /// Partition to offset of the record that is read next.
    public var positions: [Int32: Int64] { state.withLock { $0.positions } }

    public func seek(partition: Int32, to offset: Int64) { state.withLock { $0.positions[partition] = offset } }

    public func seekToBeginning() throws(KafkaError) { try seekAll(to: .beginning) }

    public func seekToEnd() throws(KafkaError) { try seekAll(to: .end) }

    private func seekAll(to place: OffsetSpec) throws(KafkaError) {
        let offsets = try offsets(at: place)
        state.withLock { $0.positions = offsets }
    }

    /// Partition to offset after the last record that may be read.
    public func endOffsets() throws(KafkaError) -> [Int32: Int64] { try offsets(at: .end) }

    private func offsets(
        at place: OffsetSpec, timeoutMilliseconds: Int? = nil
    ) throws(KafkaError) -> [Int32: Int64] {
        try client.retrying(
            "asking for the offsets of \(topic)", timeoutMilliseconds: timeoutMilliseconds, cancellation
        ) { () throws(KafkaError) in
            let description = try client.topic(topic, cancellation)
            state.withLock { $0.description = description }
            return try client.offsets(of: description, at: place, isolation: isolation, cancellation)
        }
    }

    // MARK: Reading

    /// The next records; empty where none came in time.
    ///
    /// Throws what stood in the way if nothing could be asked until the time was over; the call may be made again.
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

    /// Gives `body` every record up to the ends that the partitions have at the beginning of the call.
    ///
    /// Throws what `body` throws, at once: then the records behind that one which were fetched with it are passed over
    /// by the next call. Throws `.timedOut` where nothing comes for `timeoutMilliseconds` (nil: the client's
    /// `apiTimeoutMilliseconds`); the next call goes on where this one stopped.
    public func readToEnd(timeoutMilliseconds: Int? = nil, _ body: (ConsumedRecord) throws -> Void) throws {
        let limit = timeoutMilliseconds ?? client.configuration.apiTimeoutMilliseconds
        let ends = try offsets(at: .end, timeoutMilliseconds: limit)
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

    /// Renews the leaders; a failure shows in the next fetch.
    private func refresh() throws(KafkaError) {
        do throws(KafkaError) {
            let description = try client.topic(topic, cancellation)
            state.withLock { state in
                state.description = description
                // Partitions that were added since are read from their beginning.
                for partition in description.partitions where state.positions[partition.index] == nil {
                    state.positions[partition.index] = 0
                }
            }
        } catch {
            guard error.isRetriable else { throw error }
        }
    }

    /// Asks each leader once.
    ///
    /// Where one partition or leader fails, what the others gave is returned, since their positions have moved on.
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
        // Also where a later batch is broken: those before it have been taken.
        defer { seek(partition: index, to: reader.offset) }
        do throws(RecordBatchError) {
            try reader.read(partition.records ?? []) { records.append($0) }
        } catch {
            throw KafkaError(error)
        }
    }

    /// The position was deleted or never written: goes on at the beginning, or at the end where it lies beyond it.
    private func resetPosition(of index: Int32) throws(KafkaError) {
        let description = try client.topic(topic, cancellation)
        let beginnings = try client.offsets(of: description, at: .beginning, isolation: isolation, cancellation)
        let ends = try client.offsets(of: description, at: .end, isolation: isolation, cancellation)
        let position = positions[index, default: 0]
        if let beginning = beginnings[index], let end = ends[index] {
            seek(partition: index, to: min(max(position, beginning), end))
        }
    }
}
