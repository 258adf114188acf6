import KafkaWire
import WireCore
import WireStreams

/// The log of keyed records in which one of the worker's stores (configs, offsets, statuses) keeps its contents. The
/// latest record of a key is valid; a record without a value removes the key.
///
/// In distributed mode a log is a compacted topic (`KafkaTopicLog`). It is a protocol because Connect's standalone mode
/// keeps the same stores elsewhere: offsets in a file (`offset.storage.file.filename`), configs and statuses in memory.
protocol StoreLog: AnyObject, Sendable {
    /// Passes to `body` every record from where the last call ended to the present end.
    func readToEnd(_ body: (StoreRecord) -> Void) throws

    /// Appends a record without waiting until it is stored; records stay in order.
    ///
    /// - Parameter completion: called once, when the record is stored or given up, on any thread; must be short.
    func append(
        key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void)

    /// Waits until every appended record is stored or given up.
    func awaitDelivery(timeoutMilliseconds: Int)

    func close(timeoutMilliseconds: Int)
}

extension StoreLog {
    /// Appends a record; it is stored on return.
    func append(key: [UInt8], value: [UInt8]?) throws {
        let outcome = Monitor<Result<RecordMetadata, any Error>?>(nil)
        append(key: key, value: value) { result in outcome.update { $0 = result } }
        _ = try outcome.wait { $0 }.get()
    }

    /// Passes the records since the last read to `apply`. Invalid ones are logged and skipped.
    ///
    /// - Parameter kind: what the records should be, for the log.
    func readToEnd(
        _ kind: String, _ logger: Logger, _ apply: (StoreRecord) throws(UnreadableRecordError) -> Void
    ) throws {
        try readToEnd { record in
            do throws(UnreadableRecordError) { try apply(record) } catch {
                logger.warn(
                    "The record at offset \(record.offset) of partition \(record.partition) is not a valid \(kind) and is skipped: "
                        + "\(error)")
            }
        }
    }
}
