import KafkaProtocol
import Synchronization
import WireStreams

/// The records of one partition, from an offset on, as they are written: an infinite sequence.
///
/// Each iterator has a consumer of its own. It fetches while the task uses what was fetched before, up to two fetch
/// responses. The task is suspended only if there are no records. When it is cancelled, or the iterator is released,
/// the connection is closed and the thread ends.
///
///     for try await record in client.records(topic: "orders", partition: 0, from: .earliest) { … }
public struct PartitionRecords: AsyncSequence, Sendable {
    /// The sequence's element.
    public typealias Element = ConsumedRecord
    /// `KafkaError` or `CancellationError`.
    public typealias Failure = any Error

    let client: KafkaClient
    let topic: String
    let partition: Int32
    let start: OffsetSpec
    let isolation: IsolationLevel

    /// Begins at the start position; connects when the first record is requested.
    public func makeAsyncIterator() -> Iterator {
        var configuration = ConsumerConfiguration()
        configuration.isolationLevel = isolation
        configuration.allowsTopicCreation = false
        var settings = FetchSettings(client.configuration)
        settings.maxPartitionBytes = configuration.maxPartitionFetchBytes
        settings.isolation = isolation
        settings.resetPolicy = .nearest(0)
        settings.discoveryTimeoutMilliseconds = client.configuration.apiTimeoutMilliseconds
        return Iterator(
            consumer: KafkaConsumer(client, configuration, settings),
            partition: TopicPartition(topic, partition), start: start)
    }

    /// Not `Sendable`: one task iterates.
    public struct Iterator: AsyncIteratorProtocol {
        private let consumer: KafkaConsumer
        private let partition: TopicPartition
        private let start: OffsetSpec
        private var records: ArraySlice<ConsumedRecord> = []
        private var isStarted = false
        private var isEnded = false

        fileprivate init(consumer: KafkaConsumer, partition: TopicPartition, start: OffsetSpec) {
            self.consumer = consumer
            self.partition = partition
            self.start = start
        }

        /// The next record; suspends while there is none.
        ///
        /// - Throws: `KafkaError` if the topic or partition does not exist or its records cannot be read; connections
        ///   that fail are replaced. `CancellationError` if the task is cancelled. Returns nil after an error.
        public mutating func next() async throws -> ConsumedRecord? {
            if let record = records.popFirst() { return record }
            guard !isEnded else { return nil }
            do {
                if !isStarted { try begin() }
                records = try await consumer.nextRecords()[...]
            } catch {
                isEnded = true
                consumer.engine.close(limitMilliseconds: 0)
                throw error
            }
            return records.popFirst()
        }

        private mutating func begin() throws(KafkaError) {
            isStarted = true
            try consumer.assign([partition])
            switch start.position {
            case .offset(let offset): try consumer.seek(partition, to: offset)
            case .named(OffsetSpec.latestName): try consumer.seekToEnd([partition])
            case .named(OffsetSpec.earliestName): try consumer.seekToBeginning([partition])
            case .named(let time) where time >= 0: try consumer.seek([partition], toTimestampMilliseconds: time)
            case .named: throw .consumer(.invalidState("records cannot be read from this kind of offset"))
            }
        }

        /// The same under Swift 6's isolation rules.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ConsumedRecord? {
            try await next()
        }
    }
}

extension KafkaClient {
    /// The records of one partition, without a group.
    ///
    /// - Parameters:
    ///   - start: the position of the first record.
    ///   - isolation: `.readCommitted` skips records of aborted and open transactions.
    public func records(
        topic: String, partition: Int32, from start: OffsetSpec = .earliest,
        isolation: IsolationLevel = .readUncommitted
    ) -> PartitionRecords {
        PartitionRecords(client: self, topic: topic, partition: partition, start: start, isolation: isolation)
    }
}
