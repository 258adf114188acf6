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
