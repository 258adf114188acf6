import KafkaProtocol
import WireCore

/// The assigned partitions of a consumer, and what must be asked of which broker next: a state machine without network,
/// clock and lock.
///
/// Each broker is asked for records in one request at a time, and for positions in another. A partition is fetched
/// while it has less than `maxPartitionFetchBytes`, and all partitions less than `fetchMaxBytes`, that the program has
/// not consumed.
struct FetchMachine: Sendable {
    struct Broker: Sendable {
        var session = FetchSession()
        var isFetching = false
        /// Whether it is asked for positions.
        var isAsked = false
        var retry = RetryTime()
    }

    let settings: FetchSettings
    var partitions: [TopicPartition: PartitionState] = [:]
    var brokers: [Int32: Broker] = [:]
    var metadata = RetryTime()
    var isMetadataBusy = false
    var discoveryStart: MonotonicInstant?
    var metadataExpiry: MonotonicInstant?
    var coordinator = RetryTime()
    var isCoordinatorBusy = false
    var generator: SplitMix64
    var turn = 0
    /// Fetched and not consumed, in the order of their arrival.
    var fetched: [FetchedRecords] = []
    /// Fetched and not consumed, including what `takeRecords` has returned.
    var bufferedBytes = 0
    var errors = FetchErrors()
    private var resets: [KafkaPositionEvent] = []

    init(_ settings: FetchSettings, seed: UInt64) {
        self.settings = settings
        generator = SplitMix64(seed: seed)
    }

    // MARK: The program's requests

    /// Replaces the partitions; those that remain keep their positions.
    mutating func assign(_ wanted: Set<TopicPartition>) {
        for partition in partitions.keys where !wanted.contains(partition) { remove(partition) }
        for partition in wanted where partitions[partition] == nil { add(partition) }
    }

    /// - Parameter topicID: the id of the topic, if it is known.
    mutating func add(_ partition: TopicPartition, topicID: KafkaUUID = .zero) {
        partitions[partition] = PartitionState(initialPhase, topicID: topicID)
        metadataExpiry = nil
    }

    private var initialPhase: PartitionState.Phase {
        // Without a policy `committed` is the phase in which the missing position becomes an error.
        if !settings.usesCommittedOffsets, let policy = settings.resetPolicy { .reset(policy) } else { .committed }
    }

    mutating func remove(_ partition: TopicPartition) {
        guard let state = partitions.removeValue(forKey: partition) else { return }
        errors.forget(partition)
        bufferedBytes -= state.bufferedBytes
        fetched.removeAll { $0.partition == partition }
    }

    /// Returns false if the partition is not assigned.
    mutating func seek(_ partition: TopicPartition, to position: FetchPosition) -> Bool {
        errors.forget(partition)
        return change(partition) { $0.seek(to: position) }
    }

    mutating func seek(_ partition: TopicPartition, to target: PartitionState.Target) -> Bool {
        errors.forget(partition)
        return change(partition) { $0.seek(to: target) }
    }

    mutating func pause(_ partition: TopicPartition, _ isPaused: Bool) -> Bool {
        change(partition) { $0.isPaused = isPaused }
    }

    @discardableResult
    mutating func change(_ partition: TopicPartition, _ body: (inout PartitionState) -> Void) -> Bool {
        guard var state = partitions[partition] else { return false }
        let (seekCount, bytes) = (state.seekCount, state.bufferedBytes)
        body(&state)
        if state.seekCount != seekCount { fetched.removeAll { $0.partition == partition } }
        bufferedBytes += state.bufferedBytes - bytes
        partitions[partition] = state
        return true
    }

    /// The same for a change that can fail, and that is an event if the program's position changes.
    mutating func resolve(
        _ partition: TopicPartition, _ cause: KafkaPositionEvent.Cause? = nil,
        _ body: (inout PartitionState) -> ConsumerError?
    ) {
        let former = partitions[partition].flatMap { $0.consumed ?? $0.position }
        var failure: ConsumerError?
        change(partition) { failure = body(&$0) }
        if let failure { errors.report(.consumer(failure)) }
        guard let cause, let former, failure == nil, let state = partitions[partition] else { return }
        if state.position?.offset != former.offset, state.consumed?.offset != former.offset {
            resets.append(KafkaPositionEvent(partition, cause, former.offset, next: state.position?.offset))
        }
    }

    /// The changes of positions that the program has not asked for, for the observer.
    mutating func takeResets() -> [KafkaPositionEvent] {
        defer { resets = [] }
        return resets
    }

    /// The next error that the program must handle.
    mutating func takeFailure() -> KafkaError? { errors.take() }

    mutating func forgetLastError() { errors.last = nil }

    /// The brokers that lead the partitions.
    var leaders: Set<Int32> { Set(partitions.values.map(\.leader).filter { $0 >= 0 }) }

    /// Takes over the leaders of topics that the caller has described.
    mutating func lead(_ topics: [String: TopicDescription], now: MonotonicInstant) {
        metadataExpiry = now.advanced(byMilliseconds: settings.metadataMaxAgeMilliseconds)
        for topic in topics.values { lead(topic) }
    }

    // MARK: Records

    /// The next records of a partition that is not paused, in the order of arrival.
    mutating func takeRecords() -> FetchedRecords? {
        guard let index = fetched.firstIndex(where: { partitions[$0.partition]?.isPaused == false }) else { return nil }
        return fetched.remove(at: index)
    }

    var hasRecords: Bool { fetched.contains { partitions[$0.partition]?.isPaused == false } }

    /// Puts back what was taken and not consumed.
    mutating func putBack(_ records: FetchedRecords) {
        if partitions[records.partition]?.seekCount == records.seekCount { fetched.insert(records, at: 0) }
    }

    /// Records up to `records.position` were given to the program.
    mutating func consume(_ records: FetchedRecords) {
        change(records.partition) { if $0.seekCount == records.seekCount { $0.consume(upTo: records.position) } }
    }

    /// Records that the program has consumed do not count any more.
    mutating func release(_ records: FetchedRecords) {
        change(records.partition) {
            if $0.seekCount == records.seekCount { $0.bufferedBytes -= records.byteCount }
        }
    }
}
