import ConnectData
import WireCore

extension SchemaDraft {
    /// Sets `connect.version`.
    mutating func setVersion(_ value: JSONValue) throws(DataError) {
        guard let number = value.integerValue.flatMap({ Int32(exactly: $0) }) else {
            throw DataError("Invalid Connect version found: \(String(decoding: value.encoded().prefix(100), as: UTF8.self))")
        }
        guard number >= 0 else { return }
        if let version, version != Int(number) {
            throw DataError(
                "Mismatched versions: version already added to SchemaBuilder (\(version)) differs from version in source "
                    + "schema (\(number))")
        }
        version = Int(number)
    }
}
