import KafkaProtocol

/// The records of a consumer, one by one: an infinite sequence.
///
/// The next records are polled when the task has received the last one of the former. What the sequence has returned
/// counts as consumed, so that `commit()` in the loop covers the record in hand. A task that takes longer than
/// `maxPollIntervalMilliseconds` for the records of one poll loses its membership.
///
///     for try await record in consumer.records {
///         …
///         try consumer.commitInBackground()
///     }
public struct RecordSequence: AsyncSequence, Sendable {
    /// The sequence's element.
    public typealias Element = ConsumedRecord
    /// `KafkaError` or `CancellationError`.
    public typealias Failure = any Error

    let consumer: KafkaConsumer

    /// Begins at the consumer's positions. Records that a former iterator has not returned come first.
    public func makeAsyncIterator() -> Iterator { Iterator(consumer: consumer) }

    /// Not `Sendable`: one task iterates.
    public struct Iterator: AsyncIteratorProtocol {
        let consumer: KafkaConsumer
        private var cursor: RecordCursor?

        init(consumer: KafkaConsumer) { self.consumer = consumer }

        /// The next record; suspends while there is none.
        ///
        /// - Throws: what `KafkaConsumer.poll` throws; `CancellationError` if the task is cancelled. The sequence may
        ///   be continued afterwards.
        public mutating func next() async throws -> ConsumedRecord? {
            if let record = cursor?.next() { return record }
            let cursor = RecordCursor(try await consumer.nextRecords())
            self.cursor = cursor
            consumer.engine.adjust { $0.cursor = cursor }
            return cursor.next()
        }

        /// The same under Swift 6's isolation rules.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ConsumedRecord? {
            try await next()
        }
    }
}

extension KafkaConsumer {
    /// The records as a sequence, for a task.
    public var records: RecordSequence { RecordSequence(consumer: self) }
}
