import KafkaProtocol
import WireCore

/// What a producer's threads share, behind one lock: open batches, queues, and who is to be woken.
///
/// Nothing here waits or talks to the network; calls are short. The classes are parts of this value and never leave it.
struct ProducerCore {
    enum Phase { case running, closing, ended }

    /// A broker that leads partitions of ours.
    final class Broker {
        let id: Int32
        let wakeup = WakeupSignal()
        /// Whether its writer waits for the wakeup.
        var isAsleep = false
        var isConnected = false
        var inFlightRequests = 0
        /// Partitions with something to send, in the order in which they got it.
        var pending: [Partition] = []

        init(id: Int32) { self.id = id }
    }

    final class Partition {
        let topic: Topic
        let index: Int32
        var open: OpenBatch?
        var queue: PartitionQueue<SealedBatch>
        /// Nil while there is no leader.
        var broker: Broker?
        /// The leader from when nothing is under way to the old one any more.
        var nextLeader: Int32?
        var isPending = false
        /// How large the next batch is expected to become.
        var expectedBytes = 16 << 10
        var batchBytesMax: Int

        init(topic: Topic, index: Int32, _ configuration: ProducerConfiguration) {
            self.topic = topic
            self.index = index
            queue = PartitionQueue(isIdempotent: configuration.isIdempotent)
            batchBytesMax = configuration.batchBytesMax
        }

        var hasWork: Bool { open != nil || queue.hasWaiting }
    }

    final class Topic {
        let name: String
        let index: Int
        /// Zero until it is known, and with brokers that have none.
        var id = KafkaUUID.zero
        var partitions: [Partition] = []
        /// Where records without a key go until its batch is closed (KIP-480).
        var stickyPartition = 0

        init(name: String, index: Int) {
            self.name = name
            self.index = index
        }
    }

    let configuration: ProducerConfiguration
    var phase = Phase.running
    /// Why nothing can be appended any more.
    var failure: KafkaError?
    var topics: [Topic] = []
    var topicsByName: [String: Topic] = [:]
    var brokers: [Int32: Broker] = [:]
    var identity: ProducerIdentity?
    var needsIdentity: Bool
    var needsMetadata = false
    /// Partitions whose first batch is refused again and again, though perhaps not for ever.
    private(set) var refusing: Set<RefusingPartition> = []
    var bufferedBytes = 0
    /// Batches that are open or not yet settled.
    var unfinishedBatches = 0
    /// Batches that are settled, and of which the listener has not been told yet.
    private(set) var pendingNotifications = 0
    var isFlushing = false
    /// Threads that wait for room in the buffer, and for the last batch.
    var roomWaiters: [WakeupSignal] = []
    var deliveryWaiters: [WakeupSignal] = []
    private var nextBatchNumber: UInt64 = 0
    /// For a connection's batches in flight and an open one.
    let pool = BlockPool(spareMax: 6)
    /// Since when nothing is under way, as far as that is known.
    private var restingSince: MonotonicInstant?

    init(_ configuration: ProducerConfiguration) {
        self.configuration = configuration
        needsIdentity = configuration.isIdempotent
    }

    /// Whether nothing is under way, and the listener knows it.
    var isAtRest: Bool { unfinishedBatches == 0 && pendingNotifications == 0 }

    mutating func settled() {
        unfinishedBatches -= 1
        pendingNotifications += 1
    }

    /// The listener has been told of so many batches; who is to be woken where they were the last.
    mutating func notified(_ batches: Int) -> [WakeupSignal] {
        pendingNotifications -= batches
        return takeDeliveryWaiters()
    }

    mutating func takeDeliveryWaiters() -> [WakeupSignal] {
        guard isAtRest || failure != nil else { return [] }
        defer { deliveryWaiters = [] }
        return deliveryWaiters
    }

    /// How long memory waits for further batches.
    static let spareMemoryMilliseconds = 1000

    /// Lets go of memory for which there has been no use for a while. Returns when to look again.
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

    struct RefusingPartition: Hashable {
        let topicIndex: Int
        let partition: Int32
    }

    /// Takes note of whether a partition keeps refusing; true where that is news.
    mutating func note(_ partition: Partition, isRefusing: Bool) -> Bool {
        if !isRefusing, refusing.isEmpty { return false }
        let key = RefusingPartition(topicIndex: partition.topic.index, partition: partition.index)
        return isRefusing ? refusing.insert(key).inserted : refusing.remove(key) != nil
    }

    // MARK: Appending

    enum AppendStep: Sendable {
        case appended(wakeup: WakeupSignal?)
        case mustWait
        case refused(KafkaError)
    }

    /// A record as it is handed over. The bytes belong to the caller, who waits.
    struct NewRecord: Sendable {
        let topicIndex: Int
        let partition: Int32?
        let key: BorrowedBytes?
        let value: BorrowedBytes?
        let headers: EncodedHeaders
        let timestampMilliseconds: Int64
        let tag: UInt64
        let receipt: RecordReceipt?
    }

    /// Appends a record to its partition's open batch, or says why not.
    mutating func append(_ record: NewRecord) -> AppendStep {
        let (key, value) = (record.key?.buffer, record.value?.buffer)
        if let failure { return .refused(failure) }
        guard phase == .running else { return .refused(.closed) }
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
        if bufferedBytes > 0, bufferedBytes + size > configuration.bufferBytesMax { return .mustWait }
        let isSealed = makeRoom(in: partition, for: size)
        bufferedBytes += partition.open?.append(record, key: key, value: value) ?? 0
        return .appended(wakeup: list(partition, hasNews: isSealed))
    }

    private func partition(of topic: Topic, _ wanted: Int32?, _ key: UnsafeRawBufferPointer?) -> Partition? {
        let count = topic.partitions.count
        guard count > 0 else { return nil }
        if let wanted {
            guard wanted >= 0, Int(wanted) < count else { return nil }
            return topic.partitions[Int(wanted)]
        }
        if count == 1 { return topic.partitions[0] }
        guard let key else { return topic.partitions[topic.stickyPartition % count] }
        return topic.partitions[Murmur2.partition(ofKey: key, count: count)]
    }

    /// Closes the open batch where the record would make it too large, and opens one where there is none.
    private mutating func makeRoom(in partition: Partition, for size: Int) -> Bool {
        var isSealed = false
        if let bytes = partition.open?.payloadBytes, bytes + size > partition.batchBytesMax {
            seal(partition)
            isSealed = true
        }
        if partition.open == nil {
            partition.open = OpenBatch(
                capacityBytes: max(size, partition.expectedBytes), openedAt: .now, pool: pool)
            unfinishedBatches += 1
        }
        return isSealed
    }

    mutating func seal(_ partition: Partition) {
        guard let open = partition.open.take() else { return }
        let batch = SealedBatch(open)
        // A small batch between large ones is the last before a checkpoint rather than the first of a quiet time.
        let expected = max(batch.payloadBytes + batch.payloadBytes / 8, partition.expectedBytes / 2)
        partition.expectedBytes = min(max(expected, 1 << 10), partition.batchBytesMax)
        partition.queue.append(batch, number: newBatchNumber(), recordCount: batch.recordCount)
        if partition.topic.stickyPartition == Int(partition.index) {
            partition.topic.stickyPartition = Int.random(in: 0..<partition.topic.partitions.count)
        }
    }

    mutating func newBatchNumber() -> UInt64 {
        nextBatchNumber += 1
        return nextBatchNumber
    }

    /// Notes that a partition has something to send; the wakeup to ring where its writer sleeps and could send it.
    func list(_ partition: Partition, hasNews: Bool) -> WakeupSignal? {
        guard let broker = partition.broker else { return nil }
        var hasNews = hasNews
        if !partition.isPending {
            partition.isPending = true
            broker.pending.append(partition)
            hasNews = true
        }
        guard hasNews, broker.isAsleep, broker.inFlightRequests < configuration.inFlightPerBrokerMax else { return nil }
        broker.isAsleep = false
        return broker.wakeup
    }
}

/// Bytes that a caller lends for the length of a call, and that cross a lock but no thread.
struct BorrowedBytes: Sendable {
    // A number and not a pointer, since a lock's contents must not be bound to the thread that holds it.
    private let address: UInt
    private let count: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        address = UInt(bitPattern: bytes.baseAddress)
        count = bytes.count
    }

    var buffer: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: address == 0 ? 0 : count)
    }
}
