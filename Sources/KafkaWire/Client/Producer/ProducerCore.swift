import KafkaProtocol
import WireCore

/// The state that a producer's threads share under one lock: open batches, the partitions' queues, and the threads to
/// wake.
///
/// A state machine without network, clock, randomness or lock; calls are short. The classes are parts of this value and
/// never escape it.
struct ProducerCore: ~Copyable {
    enum Phase { case running, closing, ended }

    /// A broker that leads partitions of this producer.
    final class Broker {
        let id: Int32
        let wakeup = WakeupSignal()
        /// The right to write to its connection; a new writer begins with it.
        var token = WriteToken.writer
        /// Whether a part of the last request is unsent. Only while the token is free or the writer's.
        var hasUnfinishedRequest = false
        /// The time at which the sleeping writer wakes by itself; nil if it does not.
        var wakesAt: MonotonicInstant?
        /// Whether records have been appended whose caller flushes them, since the writer began to sleep.
        var hasCallerFlushes = false
        var isConnected = false
        /// Set while the connection is closed and its reader has not ended yet.
        var isClosing = false
        /// The time until which the broker wants no requests (KIP-219).
        var throttledUntil: MonotonicInstant?
        /// The time at which the connection must be replaced, since its authentication expires (KIP-368).
        var reauthenticateAt: MonotonicInstant?
        var inFlightRequests = 0
        /// Partitions with batches to send, in the order in which they became ready.
        var pending: [Partition] = []

        init(id: Int32) { self.id = id }
    }

    final class Partition {
        let topic: TopicState
        let index: Int32
        // Accesses are not checked when they happen: a value behind the core's lock, used by functions that do not
        // overlap. Likewise below.
        @exclusivity(unchecked) var open: OpenBatch?
        var queue: PartitionQueue<SealedBatch>
        /// nil while there is no leader.
        @exclusivity(unchecked) var broker: Broker?
        /// The leader once no batch is in flight to the old one.
        var nextLeader: Int32?
        /// The epoch of the newest leader that is known; -1 with brokers that do not announce it.
        var leaderEpoch: Int32 = -1
        @exclusivity(unchecked) var isPending = false
        /// Whether all records of the open batch are flushed by their callers (`Departure`).
        @exclusivity(unchecked) var isFlushedByCaller = false
        /// The expected size of the next batch.
        var expectedBytes = 16 << 10
        /// The maximum size of a batch as it is sent.
        var batchBytesMax: Int
        /// The maximum size of the records of the open batch.
        @exclusivity(unchecked) var payloadBytesMax: Int
        /// The number of the last transaction that this partition was used in, and of the last one that its batches may
        /// be sent in. 0 without transactions.
        @exclusivity(unchecked) var usedInTransaction: UInt64 = 0
        @exclusivity(unchecked) var addedToTransaction: UInt64 = 0

        init(topic: TopicState, index: Int32, _ configuration: ProducerConfiguration) {
            self.topic = topic
            self.index = index
            queue = PartitionQueue(
                isIdempotent: configuration.isIdempotent, isTransactional: configuration.transactionalID != nil,
                retriesMax: configuration.retriesMax)
            batchBytesMax = configuration.batchBytesMax
            payloadBytesMax = configuration.batchBytesMax
        }

        var hasWork: Bool { open != nil || queue.hasWaiting }
    }

    final class TopicState {
        let name: String
        let index: Int
        /// Zero until it is known, and with brokers that have none.
        var id = KafkaUUID.zero
        @exclusivity(unchecked) var partitions: [Partition] = []
        /// The partition for records without a key until about a batch is written to it (KIP-480), or with
        /// `.roundRobin` the last one.
        var stickyPartition = 0
        /// The bytes that were written to it in small batches.
        var stickyBytes = 0
        var compressionRatio = CompressionRatio()

        init(name: String, index: Int) {
            self.name = name
            self.index = index
        }
    }

    let configuration: ProducerConfiguration
    /// The pauses before a batch that a broker has refused is sent again.
    let backoff: ExponentialBackoff
    var phase = Phase.running { didSet { updateAcceptance() } }
    /// The reason why nothing can be appended any more.
    var failure: KafkaError? { didSet { updateAcceptance() } }
    /// Set for a transactional producer.
    var transaction: TransactionMachine? { didSet { updateAcceptance() } }
    /// Whether records can be appended. Of its own, since an error is expensive to read for each record.
    private var acceptsRecords = true
    /// Wakes the thread that sends the transaction's requests.
    let transactionWakeup = WakeupSignal()
    /// The level of the cluster's feature `transaction.version`, as the coordinator announced it last.
    var transactionVersion: Int16 = 0
    /// Threads that wait for a state of the transaction.
    var transactionWaiters: [WakeupSignal] = []
    var topics: [TopicState] = []
    var topicsByName: [String: TopicState] = [:]
    var brokers: [Int32: Broker] = [:]
    private(set) var identity: ProducerIdentity?
    /// Whether an id must be requested from any broker; a transactional producer has one from its coordinator.
    private(set) var needsIdentity: Bool
    var needsMetadata = false
    /// Partitions whose first batch has been refused repeatedly with a retriable error.
    private(set) var refusing: Set<RefusingPartition> = []
    var bufferedBytes = 0
    /// Appending waits while more bytes are unacknowledged; see `limitBufferedBytes`.
    private(set) var bufferedBytesMax: Int
    /// Batches that are open or not yet settled.
    var unfinishedBatches = 0
    /// Batches that are settled but not yet reported to the listener.
    private(set) var pendingNotifications = 0
    var isFlushing = false
    /// Threads that wait for room in the buffer, and for the last batch.
    var roomWaiters: [WakeupSignal] = []
    var deliveryWaiters: [WakeupSignal] = []
    private var nextBatchNumber: UInt64 = 0
    /// The topic of the last record that was appended by the topic's name.
    private var lastTopicIndex = 0
    /// The number of spare blocks for a connection's batches in flight and an open one.
    let pool = BlockPool(spareMax: 6)
    /// The time since which no batch has been unsettled, as far as is known.
    private var restingSince: MonotonicInstant?

    /// Selects the partitions of records without a key, and varies pauses.
    var generator: SplitMix64
    /// Whether the partitioner is the usual one, without a call for each record.
    private let usesKeyHash: Bool

    /// - Parameter seed: for the selection of partitions for records without a key, and for pauses.
    init(
        _ configuration: ProducerConfiguration,
        backoff: ExponentialBackoff = ExponentialBackoff(firstMilliseconds: 100, maxMilliseconds: 1000),
        seed: UInt64 = 0
    ) {
        self.configuration = configuration
        self.backoff = backoff
        generator = SplitMix64(seed: seed)
        usesKeyHash = configuration.partitioner == .murmur2Sticky && !configuration.ignoresKeys
        needsIdentity = configuration.isIdempotent && configuration.transactionalID == nil
        bufferedBytesMax = configuration.bufferBytesMax
        transaction = configuration.transactionalID.map { _ in TransactionMachine() }
        limitBufferedBytes()
        updateAcceptance()
    }

    private mutating func updateAcceptance() {
        acceptsRecords = phase == .running && failure == nil && transaction?.acceptsRecords ?? true
    }

    /// The smallest limit to which `buffer.memory` is reduced: the records of about a tenth of a second.
    static let usefulBytesMin = 8 << 20

    /// Sets the limit of unacknowledged bytes: `buffer.memory`, or less if not all of it serves throughput.
    ///
    /// A broker processes the requests in flight; as many bytes again keep it busy while it responds. More would only
    /// wait, and a source that is faster than the broker would always fill `buffer.memory`.
    mutating func limitBufferedBytes() {
        let requestBytes = max(configuration.requestBytesMax, configuration.batchBytesMax)
        let requests = 2 * min(configuration.inFlightPerBrokerMax, 1 << 10) * max(1, brokers.count)
        let (bytes, isOverflow) = requestBytes.multipliedReportingOverflow(by: requests)
        let usefulBytes = isOverflow ? Int.max : max(bytes, Self.usefulBytesMin)
        bufferedBytesMax = min(configuration.bufferBytesMax, usefulBytes)
    }

    /// Whether every batch is settled and reported.
    var isAtRest: Bool { unfinishedBatches == 0 && pendingNotifications == 0 }

    mutating func settled() {
        unfinishedBatches -= 1
        pendingNotifications += 1
    }

    /// `batches` batches have been reported; returns the threads to wake if they were the last.
    mutating func notified(_ batches: Int) -> [WakeupSignal] {
        pendingNotifications -= batches
        return takeDeliveryWaiters()
    }

    mutating func takeDeliveryWaiters() -> [WakeupSignal] {
        guard isAtRest || failure != nil else { return [] }
        defer { deliveryWaiters = [] }
        // A transaction ends when its batches are settled.
        return transaction == nil ? deliveryWaiters : deliveryWaiters + [transactionWakeup]
    }

    /// The time after which spare memory is freed.
    static let spareMemoryMilliseconds = 1000

    /// Frees memory that has not been used for a while. Returns when to check again.
    mutating func releaseMemory(now: MonotonicInstant) -> MonotonicInstant? {
        guard isAtRest else {
            restingSince = nil
            return now.advanced(byMilliseconds: Self.spareMemoryMilliseconds)
        }
        guard pool.spareCount > 0 else { return nil }
        let releaseAt = (restingSince ?? now).advanced(byMilliseconds: Self.spareMemoryMilliseconds)
        restingSince = restingSince ?? now
        if now < releaseAt { return releaseAt }
        pool.empty()
        return nil
    }

    // MARK: Connections

    /// A broker's connection is established.
    mutating func connected(_ id: Int32, reauthenticateAt: MonotonicInstant? = nil) {
        brokers[id]?.isConnected = true
        brokers[id]?.throttledUntil = nil
        brokers[id]?.reauthenticateAt = reauthenticateAt
    }

    /// A broker's connection has ended; returns the writer to wake.
    mutating func disconnected(_ id: Int32) -> [WakeupSignal] {
        guard let broker = brokers[id] else { return [] }
        broker.isConnected = false
        broker.isClosing = false
        broker.reauthenticateAt = nil
        return wake(broker).map { [$0] } ?? []
    }

    // MARK: Refusals

    struct RefusingPartition: Hashable {
        let topicIndex: Int
        let partition: Int32
    }

    /// Records whether a partition keeps refusing batches; returns true if that has changed.
    mutating func note(_ partition: Partition, isRefusing: Bool) -> Bool {
        if !isRefusing, refusing.isEmpty { return false }
        let key = RefusingPartition(topicIndex: partition.topic.index, partition: partition.index)
        return isRefusing ? refusing.insert(key).inserted : refusing.remove(key) != nil
    }

    // MARK: Appending

    enum AppendStep: Sendable {
        case appended(wakeup: WakeupSignal?)
        case mustWait
        /// Indirect, so that the other cases are returned in a register.
        indirect case refused(KafkaError)
    }

    /// A record to be appended. The bytes belong to the caller, which waits.
    struct NewRecord: Sendable {
        var topicIndex: Int
        let partition: Int32?
        let key: BorrowedBytes?
        let value: BorrowedBytes?
        let headers: EncodedHeaders
        let timestampMilliseconds: Int64
        let tag: UInt64
        let receipt: RecordReceipt?
        var departure = Departure.afterLinger
    }

    /// When a record is sent.
    enum Departure: Sendable {
        /// After the linger time at the latest.
        case afterLinger
        /// When the caller flushes: the writer is not woken only to wait for the linger time.
        case flushedByCaller
        /// In the critical section in which it is appended, by `flush`.
        case flushedAtOnce
    }

    /// Appends a record to its partition's open batch. Returns nil if a batch must be opened, which requires the time.
    mutating func appendToOpenBatch(_ record: NewRecord) -> AppendStep? { append(record, openingAt: nil) }

    /// Appends a record to its partition's open batch, or to a new one that is opened at `now`.
    mutating func append(_ record: NewRecord, now: MonotonicInstant) -> AppendStep {
        // nil is returned only without a time.
        append(record, openingAt: now) ?? .mustWait
    }

    private mutating func append(_ record: NewRecord, openingAt now: MonotonicInstant?) -> AppendStep? {
        let (key, value) = (record.key?.buffer, record.value?.buffer)
        guard acceptsRecords else { return .refused(refusal) }
        let topic = topics[record.topicIndex]
        guard let partition = partition(of: topic, record.partition, key) else {
            return .refused(
                .code(.unknownTopicOrPartition, about: "partition \(record.partition ?? 0) of topic \(topic.name)"))
        }
        let size = (key?.count ?? 0) + (value?.count ?? 0) + record.headers.bytes.count
            + RecordBatchBuilder.overheadBytesMax
        guard size + RecordBatchHeader.byteCount <= configuration.requestBytesMax else {
            return .refused(.recordTooLarge(bytes: size, limit: configuration.requestBytesMax, topic: topic.name))
        }
        if bufferedBytes > 0, bufferedBytes + size > bufferedBytesMax { return .mustWait }
        let isFull = partition.open.hasPayload(above: partition.payloadBytesMax - size)
        if isFull || partition.open == nil {
            guard let now else { return nil }
            if isFull { seal(partition, isFull: true, now) }
            open(partition, for: size, now)
        }
        bufferedBytes += partition.open?.append(record, key: key, value: value) ?? 0
        if now != nil, let wakeup = use(partition) {
            if let broker = partition.broker { _ = enqueue(partition, of: broker) }
            return .appended(wakeup: wakeup)
        }
        return .appended(wakeup: list(partition, hasFullBatch: isFull, record.departure, openedAt: now))
    }

    /// Why no record is accepted.
    private var refusal: KafkaError {
        if let failure { return failure }
        guard phase == .running, let transaction else { return .closed }
        return transaction.refusal("sending a record")
    }

    /// A batch has been opened. Returns the wakeup of the thread that adds its partition to the transaction, if it has
    /// to be added.
    private mutating func use(_ partition: Partition) -> WakeupSignal? {
        guard let number = transaction?.number, partition.usedInTransaction != number else { return nil }
        partition.usedInTransaction = number
        if transaction?.use(TopicPartition(partition.topic.name, partition.index)) == true {
            partition.addedToTransaction = number
            return nil
        }
        return transactionWakeup
    }

    private mutating func partition(
        of topic: TopicState, _ wanted: Int32?, _ key: UnsafeRawBufferPointer?
    ) -> Partition? {
        let count = topic.partitions.count
        guard count > 0 else { return nil }
        if let wanted {
            guard wanted >= 0, Int(wanted) < count else { return nil }
            return topic.partitions[Int(wanted)]
        }
        if count == 1 { return topic.partitions[0] }
        guard usesKeyHash else { return topic.partitions[selectedPartition(of: topic, key)] }
        guard let key else { return topic.partitions[topic.stickyPartition % count] }
        return topic.partitions[Murmur2.partition(ofKey: key, count: count)]
    }

    private mutating func open(_ partition: Partition, for size: Int, _ now: MonotonicInstant) {
        partition.payloadBytesMax = payloadBytesMax(of: partition)
        partition.open = OpenBatch(capacityBytes: max(size, partition.expectedBytes), openedAt: now, pool: pool)
        unfinishedBatches += 1
    }

    /// - Parameter now: nil if the time is not known.
    mutating func seal(_ partition: Partition, isFull: Bool = false, _ now: MonotonicInstant? = nil) {
        guard let open = partition.open.take() else { return }
        let batch = SealedBatch(open)
        // A small batch between large ones is more likely the last before a checkpoint than the start of low traffic.
        let expected = max(batch.payloadBytes + batch.payloadBytes / 8, partition.expectedBytes / 2)
        partition.expectedBytes = min(max(expected, 1 << 10), partition.payloadBytesMax)
        partition.queue.append(batch, number: newBatchNumber(), recordCount: batch.recordCount)
        batchSealed(batch.payloadBytes, of: partition, isFull: isFull, now: now)
    }

    // MARK: Identity

    /// Begins the next epoch: a producer without transactions raises it itself (KIP-360). Returns false if a new id
    /// must be requested.
    mutating func raiseEpoch() -> Bool {
        identity = identity?.nextEpoch
        if identity == nil { needsIdentity = true }
        return identity != nil
    }

    /// Drops the identity, so that a new one is requested.
    mutating func requestIdentity() {
        identity = nil
        needsIdentity = true
    }

    /// The cluster has assigned an identity.
    mutating func adopt(_ new: ProducerIdentity) {
        identity = new
        needsIdentity = false
    }

    /// The index of a topic; nil if it is unknown.
    mutating func index(ofKnownTopic name: String) -> Int? {
        // Without hashing the name for each record.
        if lastTopicIndex < topics.count, topics[lastTopicIndex].name == name { return lastTopicIndex }
        guard let index = topicsByName[name]?.index else { return nil }
        lastTopicIndex = index
        return index
    }

    /// The index of a topic, which is added if it is unknown.
    mutating func topicIndex(_ name: String) -> Int {
        if let topic = topicsByName[name] { return topic.index }
        let topic = TopicState(name: name, index: topics.count)
        topics.append(topic)
        topicsByName[name] = topic
        return topic.index
    }

    mutating func newBatchNumber() -> UInt64 {
        nextBatchNumber += 1
        return nextBatchNumber
    }

    /// Queues a partition that has a new record; returns the wakeup of its writer if that must be woken.
    private func list(
        _ partition: Partition, hasFullBatch: Bool, _ departure: Departure, openedAt: MonotonicInstant?
    ) -> WakeupSignal? {
        guard let broker = partition.broker else { return nil }
        let isNew = enqueue(partition, of: broker)
        if hasFullBatch { return wakeIfItCanSend(broker) }
        switch departure {
        case .flushedAtOnce: return nil
        case .afterLinger:
            guard isNew || partition.isFlushedByCaller else { return nil }
            partition.isFlushedByCaller = false
        case .flushedByCaller:
            guard isNew else { return nil }
            partition.isFlushedByCaller = true
            broker.hasCallerFlushes = true
            let due = openedAt?.advanced(byMilliseconds: configuration.lingerMilliseconds)
            if let due, broker.token == .free, broker.wakes(for: partition, by: due) { return nil }
        }
        return wakeIfItCanSend(broker)
    }

    /// Queues a partition that has batches to send; returns the wakeup if its writer sleeps and could send them.
    func list(_ partition: Partition, hasNews: Bool) -> WakeupSignal? {
        guard let broker = partition.broker else { return nil }
        let isNew = enqueue(partition, of: broker)
        return isNew || hasNews ? wakeIfItCanSend(broker) : nil
    }

    /// Returns whether the partition was not queued yet.
    private func enqueue(_ partition: Partition, of broker: Broker) -> Bool {
        if partition.isPending { return false }
        partition.isPending = true
        broker.pending.append(partition)
        return true
    }

    private func wakeIfItCanSend(_ broker: Broker) -> WakeupSignal? {
        broker.inFlightRequests < configuration.inFlightPerBrokerMax ? wake(broker) : nil
    }
}
