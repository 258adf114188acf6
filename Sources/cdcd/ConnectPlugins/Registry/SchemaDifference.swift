import WireCore

/// How two schemas differ.
enum SchemaDifference {
    /// Why records of one schema cannot be read with another; empty if they can.
    static func problems(reading written: RegisteredSchema, with reader: RegisteredSchema) -> [String] {
        guard written.language == reader.language else {
            return ["the types \(written.language.rawValue) and \(reader.language.rawValue) differ"]
        }
        if written.text == reader.text { return [] }
        return ["the texts differ"]
    }
}
