import WireCore

/// The reason for which a record of an internal topic is invalid.
struct UnreadableRecordError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Parses a record's key or value, as `part` names it.
    static func parse(_ bytes: [UInt8], _ part: String) throws(UnreadableRecordError) -> JSONValue {
        do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
            throw UnreadableRecordError("its \(part) is no JSON: \(error)")
        }
    }
}
