import ConnectData
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// The consumer of one sink task, with a client of its own so that the brokers see the task's `client.id`. The
/// functions of `SinkRecordSource` are for the task's thread; `wake` and `close` may be called from any thread.
final class ConsumerRecordSource: SinkRecordSource, Sendable {
    private struct CommitEnd {
        let sequence: Int
        let failure: String?
    }

    private let control: TaskControl
    private let client: KafkaClient
    private let consumer: KafkaConsumer
    private let commitEnds = Mutex<[CommitEnd]>([])
    private let isDue: @Sendable () -> Void

    /// How long a wait lasts before `isDue` is called, or a stop of the task is noticed.
    private static let sliceMilliseconds = 500

    /// - Parameters:
    ///   - clientID: the client's id, unless the properties name one.
    ///   - isDue: called on the task's thread, about twice a second while it waits.
    init(
        _ settings: KafkaClientSettings, clientID: String, control: TaskControl,
        isDue: @escaping @Sendable () -> Void = {}
    ) {
        self.control = control
        self.isDue = isDue
        var configuration = settings.client
        if configuration.clientID.isEmpty { configuration.clientID = clientID }
        client = KafkaClient(configuration)
        consumer = KafkaConsumer(client, settings.consumer)
    }

    /// Makes `poll` return early: the task is stopped, paused or resumed.
    func wake() { consumer.wakeup() }

    /// Leaves the group, if the coordinator answers in time, and ends every wait.
    func close(timeoutMilliseconds: Int) {
        consumer.close(timeoutMilliseconds: timeoutMilliseconds)
        client.close()
    }

    func subscribe(to topics: SinkTopics) throws {
        guard let text = topics.pattern else { return try consumer.subscribe(to: topics.names) }
        let pattern = try JavaPattern(text)
        try consumer.subscribe(matching: { pattern.matchesWholeWithoutLimit($0) })
    }

    func poll(timeoutMilliseconds: Int, _ listener: any SinkRecordSourceListener) throws -> [SinkRecordBatch] {
        reportCommits(to: listener)
        defer { reportCommits(to: listener) }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        while true {
            isDue()
            let left = deadline.millisecondsRoundedUp(since: .now)
            do throws(KafkaError) {
                let records = try pollOnce(max(0, min(left, Self.sliceMilliseconds)), listener)
                if !records.isEmpty || left <= Self.sliceMilliseconds { return Self.batches(records) }
            } catch {
                switch error {
                case .consumer(.woken): return []
                case .closed: throw CancellationError()
                default: throw error
                }
            }
        }
    }

    private func pollOnce(
        _ timeoutMilliseconds: Int, _ listener: any SinkRecordSourceListener
    ) throws(KafkaError) -> [ConsumedRecord] {
        try consumer.poll(timeoutMilliseconds: timeoutMilliseconds) { change in
            switch change {
            case .assigned(let partitions): listener.assigned(Set(partitions.map(TopicPartition.init)))
            case .revoked(let partitions): listener.revoked(Set(partitions.map(TopicPartition.init)))
            case .lost(let partitions): listener.lost(Set(partitions.map(TopicPartition.init)))
            }
            // The listener may have failed, and other waits may be due now.
            consumer.wakeup()
        }
    }

    private static func batches(_ records: [ConsumedRecord]) -> [SinkRecordBatch] {
        var batches: [SinkRecordBatch] = []
        var rest = records[...]
        while let first = rest.first {
            let same = rest.prefix { $0.partition == first.partition && $0.topic == first.topic }
            rest = rest[same.endIndex...]
            batches.append(
                SinkRecordBatch(partition: TopicPartition(first.topic, first.partition), records: Array(same)))
        }
        return batches
    }

    /// - Throws: after the client's `apiTimeoutMilliseconds`; `CancellationError` if the task is stopped.
    func position(of partition: TopicPartition) throws -> Int64 {
        var left = client.configuration.apiTimeoutMilliseconds
        while true {
            if control.isStopping { throw CancellationError() }
            isDue()
            let slice = min(left, Self.sliceMilliseconds)
            left -= slice
            do throws(KafkaError) {
                return try consumer.position(of: partition.forClient, timeoutMilliseconds: slice)
            } catch {
                switch error {
                case .timedOut where left > 0: continue
                case .closed: throw CancellationError()
                default: throw error
                }
            }
        }
    }

    func seek(_ offsets: [TopicPartition: Int64]) throws {
        for (partition, offset) in offsets { try consumer.seek(partition.forClient, to: offset) }
    }

    func pause(_ partitions: Set<TopicPartition>) throws { try consumer.pause(partitions.map(\.forClient)) }
    func resume(_ partitions: Set<TopicPartition>) throws { try consumer.resume(partitions.map(\.forClient)) }

    func commit(_ offsets: [TopicPartition: Int64], timeoutMilliseconds: Int) throws {
        try consumer.commit(Self.committed(offsets), timeoutMilliseconds: timeoutMilliseconds)
    }

    func beginCommit(_ offsets: [TopicPartition: Int64], sequence: Int) {
        do throws(KafkaError) {
            try consumer.commitInBackground(Self.committed(offsets)) { [weak self] error in
                self?.commitEnded(sequence, error)
            }
        } catch {
            commitEnded(sequence, error)
        }
    }

    private func commitEnded(_ sequence: Int, _ error: KafkaError?) {
        commitEnds.withLock { $0.append(CommitEnd(sequence: sequence, failure: error?.explained())) }
        wake()
    }

    private func reportCommits(to listener: any SinkRecordSourceListener) {
        let ends = commitEnds.withLock { ends in
            defer { ends = [] }
            return ends
        }
        for end in ends { listener.commitEnded(sequence: end.sequence, failure: end.failure) }
    }

    private static func committed(
        _ offsets: [TopicPartition: Int64]
    ) -> [KafkaProtocol.TopicPartition: OffsetAndMetadata] {
        Dictionary(uniqueKeysWithValues: offsets.map { ($0.key.forClient, OffsetAndMetadata($0.value)) })
    }
}
