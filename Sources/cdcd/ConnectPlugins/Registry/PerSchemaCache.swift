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

    private var entries: BoundedCache<Key, Entry>
    private var last: Entry?

    init(countMax: Int) { entries = BoundedCache(countMax: countMax) }

    /// - Parameter make: derives the value; called once for each schema and topic that the cache holds.
    mutating func value(for schema: Schema, topic: String, make: () throws -> Value) throws -> Value {
        if let last, last.schema === schema, last.topic == topic { return last.value }
        let entry = try entries.value(for: Key(schema: ObjectIdentifier(schema), topic: topic)) {
            Entry(schema: schema, topic: topic, value: try make())
        }
        last = entry
        return entry.value
    }
}
