import WireCore

/// How the schemas of two versions differ, for people.
package enum SchemaDifference {
    /// At most this many differences are named.
    private static let namedMax = 20

    /// Why records of one schema cannot be read with another; empty if they can.
    static func problems(reading written: RegisteredSchema, with reader: RegisteredSchema) -> [String] {
        guard written.language == reader.language else {
            return ["the types \(written.language.rawValue) and \(reader.language.rawValue) differ"]
        }
        if written.text == reader.text { return [] }
        guard let a = try? JSONValue.parse(written.text), let b = try? JSONValue.parse(reader.text) else {
            // Protobuf, of which only equality is known here.
            return ["the texts differ"]
        }
        switch written.language {
        case .avro:
            let problems = AvroCompatibility.problems(reader: b, writer: a)
            return problems.prefix(namedMax).map { $0.description(.readerIsOld) }
        case .json, .kafkaConnect, .protobuf: return a == b ? [] : ["the schemas differ"]
        }
    }

    /// What of a schema a registry with this compatibility level refuses after `old`; empty if that is not known.
    package static func explanation(
        of new: RegisteredSchema, after old: RegisteredSchema, level: String?
    ) -> [String] {
        guard new.language == old.language, let newRoot = try? JSONValue.parse(new.text),
            let oldRoot = try? JSONValue.parse(old.text)
        else { return [] }
        switch new.language {
        case .avro:
            let level = level ?? "FULL"
            var found: [String] = []
            if !level.hasExactPrefix("FORWARD") {
                let problems = AvroCompatibility.problems(reader: newRoot, writer: oldRoot)
                found += problems.map { $0.description(.readerIsNew) }
            }
            if !level.hasExactPrefix("BACKWARD") {
                let problems = AvroCompatibility.problems(reader: oldRoot, writer: newRoot)
                found += problems.map { $0.description(.readerIsOld) }
            }
            return Array(found.prefix(namedMax))
        case .json: return Array(JSONSchemaDifference.between(oldRoot, newRoot).prefix(namedMax))
        case .kafkaConnect, .protobuf: return []
        }
    }
}
