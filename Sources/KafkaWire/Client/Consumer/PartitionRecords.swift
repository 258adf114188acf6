import KafkaProtocol
import Synchronization
import WireStreams

/// The records of one partition, from an offset on, as they are written: an infinite sequence.
///
/// Each iterator has a thread that fetches. It fetches the next batch of records while the task uses the previous one,
/// and then waits, so at most two fetch responses are in memory. The task is suspended only between batches. When it is
/// cancelled, or the iterator is released, the connection is closed and the thread ends.
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
        Iterator(fetcher: PartitionFetcher(client, topic: topic, partition: partition, start: start, isolation))
    }

    /// Not `Sendable`: one task iterates.
    public struct Iterator: AsyncIteratorProtocol {
        private let fetcher: PartitionFetcher
        private var batch: ArraySlice<ConsumedRecord> = []

        fileprivate init(fetcher: PartitionFetcher) { self.fetcher = fetcher }

        /// The next record; suspends while there is none.
        ///
        /// - Throws: `KafkaError` if the topic or partition does not exist or its records cannot be read; connections
        ///   that fail are replaced. `CancellationError` if the task is cancelled. Returns nil after an error.
        public mutating func next() async throws -> ConsumedRecord? {
            if let record = batch.popFirst() { return record }
            batch = try await fetcher.nextBatch()[...]
            return batch.popFirst()
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
