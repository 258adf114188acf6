import KafkaProtocol
import WireCore

/// Asynchronous functions, for callers that use Swift's concurrency.
extension KafkaProducer {
    /// Sends one record and suspends until it is stored as `acks` requires.
    ///
    /// The record is appended to its partition's batch, which is sent after `lingerMilliseconds` at the latest. While
    /// the buffer is full or the topic's metadata is fetched, the task is suspended and no thread of the concurrency
    /// runtime is blocked. Records of concurrent tasks share batches.
    ///
    /// - Returns: the partition and offset of the record.
    /// - Throws: `KafkaError`: `.recordTooLarge`; `.timedOut` after `blockMillisecondsMax` or
    ///   `deliveryTimeoutMilliseconds`; `.code` for an error response of the broker; `.closed` after the end of the
    ///   producer. `CancellationError` if the task is cancelled; the record may be stored nevertheless.
    public func send(_ record: KafkaRecord) async throws -> RecordMetadata {
        // One record in, one result out.
        try await send([record])[0]
    }

    /// Sends records and suspends until all are stored; they are appended together and in order.
    ///
    /// - Returns: the partition and offset of each record, in the same order.
    /// - Throws: the error of the first record that failed, once every record is settled; the others may be stored.
    ///   `CancellationError` if the task is cancelled; then each of them may or may not be stored.
    public func send(_ records: [KafkaRecord]) async throws -> [RecordMetadata] {
        guard !records.isEmpty else { return [] }
        try Task.checkCancellation()
        let sends = PendingSends(count: records.count)
        let appended = appendWithoutWaiting(records, sends)
        if appended < records.count {
            blockingAppends.add { [self] in appendWaiting(records, from: appended, sends) }
        }
        return try await sends.wait()
    }

    /// Appends as many records as can be appended at once. Returns their count.
    private func appendWithoutWaiting(_ records: [KafkaRecord], _ sends: PendingSends) -> Int {
        for (index, record) in records.enumerated() {
            let receipt = RecordReceipt { sends.complete(index, $0) }
            do throws(KafkaError) {
                guard try appendIfRoom(record, receipt) else { return index }
            } catch { receipt.complete(.failure(error)) }
        }
        return records.count
    }

    private func appendWaiting(_ records: [KafkaRecord], from first: Int, _ sends: PendingSends) {
        for (index, record) in records.enumerated().dropFirst(first) {
            let receipt = RecordReceipt { sends.complete(index, $0) }
            if sends.isCancelled {
                receipt.complete(.failure(.closed))
                continue
            }
            do throws(KafkaError) {
                try append(record, receipt)
            } catch { receipt.complete(.failure(error)) }
        }
    }
}

/// Blocking functions, for callers that own threads.
extension KafkaProducer {
    /// Appends one record to its partition's batch, blocking the thread while the buffer is full or the topic's
    /// metadata is fetched.
    ///
    /// - Parameter completion: called once with the outcome, on a thread of the producer; must be short. Not called if
    ///   this throws.
    /// - Throws: `.recordTooLarge`, `.timedOut` after `blockMillisecondsMax`, and after the end of the producer its
    ///   cause.
    public func append(
        _ record: KafkaRecord, completion: @escaping @Sendable (Result<RecordMetadata, KafkaError>) -> Void
    ) throws(KafkaError) {
        try append(record, RecordReceipt(completion))
    }

    /// Sends one record and blocks the thread until it is stored.
    @discardableResult
    public func sendAndWait(_ record: KafkaRecord) throws(KafkaError) -> RecordMetadata {
        let outcome = RecordOutcome()
        try appendAndFlush(record, RecordReceipt { outcome.complete($0) })
        return try outcome.wait()
    }
}
