import WireCore

/// One record of a store's log.
struct StoreRecord: Sendable, Equatable {
    var partition: Int32 = 0
    var offset: Int64
    var timestampMilliseconds: Int64 = 0
    var key: [UInt8]?
    /// nil for a tombstone.
    var value: [UInt8]?

    var keyText: String? { key.flatMap { String(validating: $0, as: UTF8.self) } }
}

extension StoreRecord {
    /// The value as a JSON object; nil for a tombstone, and for `null`, which Java's converter treats as one.
    func object() throws(UnreadableRecordError) -> JSONObject? {
        guard let value else { return nil }
        let document = try UnreadableRecordError.parse(value, "value")
        if document.isNull { return nil }
        guard let object = document.objectValue else { throw UnreadableRecordError("its value is no JSON object") }
        return object
    }
}
