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
    func object() throws(UnreadableRecord) -> JSONObject? {
        guard let value else { return nil }
        let document: JSONValue
        do throws(JSONError) { document = try JSONValue.parse(value) } catch {
            throw UnreadableRecord("its value is no JSON: \(error)")
        }
        if document.isNull { return nil }
        guard let object = document.objectValue else { throw UnreadableRecord("its value is no JSON object") }
        return object
    }
}

/// A record of an internal topic that is not what it should be: why.
struct UnreadableRecord: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
