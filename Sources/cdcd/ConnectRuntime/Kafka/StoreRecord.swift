import WireCore

/// One record of an internal topic.
struct StoreRecord: Sendable, Equatable {
    var partition: Int32 = 0
    var offset: Int64
    var timestampMilliseconds: Int64 = 0
    var key: [UInt8]?
    /// nil: a tombstone.
    var value: [UInt8]?

    var keyText: String? { key.flatMap { String(validating: $0, as: UTF8.self) } }
}

extension StoreRecord {
    /// The value as a JSON object; nil for a tombstone, and for `null`, which Java's converter reads as one.
    func object() throws(UnreadableRecordError) -> JSONObject? {
        guard let value else { return nil }
        let document = try UnreadableRecordError.parse(value, "value")
        if document.isNull { return nil }
        guard let object = document.objectValue else { throw UnreadableRecordError("its value is no JSON object") }
        return object
    }
}

extension TopicLog {
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
