import ConnectData

/// What a converter derives from a schema and a topic, found by the schema's identity.
struct PerSchemaCache<Value> {
    private struct Key: Hashable {
        let schema: ObjectIdentifier
        let topic: String
    }

    private struct Entry {
        /// Retained: another schema must not get its identity.
        let schema: Schema
        let topic: String
        let value: Value
    }

    private let countMax: Int
    private var entries: [Key: Entry] = [:]
    private var last: Entry?

    init(countMax: Int) { self.countMax = max(1, countMax) }

    /// - Parameter make: derives the value; called once for each schema and topic that the cache holds.
    mutating func value(for schema: Schema, topic: String, make: () throws -> Value) rethrows -> Value {
        if let last, last.schema === schema, last.topic == topic { return last.value }
        let key = Key(schema: ObjectIdentifier(schema), topic: topic)
        if let known = entries[key] {
            last = known
            return known.value
        }
        let entry = Entry(schema: schema, topic: topic, value: try make())
        if entries.count >= countMax { entries.removeAll(keepingCapacity: true) }
        entries[key] = entry
        last = entry
        return entry.value
    }
}
