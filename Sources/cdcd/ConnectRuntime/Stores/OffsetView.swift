import WireCore

/// The offsets topic, read from its first record to the last one applied (`KafkaOffsetBackingStore`).
///
/// Java finds an offset by the bytes of its key, and writes the members of a partition in the order of a hash map. So
/// keys that are there already are found by what they mean and used again byte for byte.
struct OffsetView: Sendable {
    struct Source: Hashable, Sendable {
        let connector: String
        let partition: JSONObject
    }

    private struct Entry {
        var key: [UInt8]
        var timestampMilliseconds: Int64
        /// nil: removed by a tombstone; the key is still remembered.
        var offset: JSONObject?
    }

    private var entries: [Source: Entry] = [:]

    /// The stored offset; nil where there is none.
    func offset(of source: Source) -> JSONObject? { entries[source]?.offset }

    /// All partitions of a connector that have an offset.
    func offsets(of connector: String) -> [(partition: JSONObject, offset: JSONObject)] {
        entries.compactMap { source, entry in
            guard source.connector == connector, let offset = entry.offset else { return nil }
            return (partition: source.partition, offset: offset)
        }
    }

    /// The bytes of the key under which an offset is to be written.
    func key(for source: Source) -> [UInt8] {
        entries[source]?.key
            ?? JSONValue.array([.string(source.connector), .object(source.partition)]).encoded()
    }

    /// Takes one record in; false where it is not understood.
    @discardableResult
    mutating func apply(_ record: StoreRecord) -> Bool {
        guard let key = record.key, let source = Source(key: key) else { return false }
        var offset: JSONObject?
        if let value = record.value {
            guard let document = try? JSONValue.parse(value) else { return false }
            if !document.isNull {
                guard let members = document.objectValue else { return false }
                offset = members
            }
        }
        // Two keys of one meaning may lie in two partitions, between which there is no order but their time.
        if let known = entries[source], known.key != key, known.timestampMilliseconds > record.timestampMilliseconds {
            return true
        }
        entries[source] = Entry(key: key, timestampMilliseconds: record.timestampMilliseconds, offset: offset)
        return true
    }
}

extension OffsetView.Source {
    /// `["NAME",{partition}]`; a partition of null is an empty one.
    init?(key: [UInt8]) {
        guard let items = (try? JSONValue.parse(key))?.arrayValue, items.count == 2, let name = items[0].stringValue
        else { return nil }
        switch items[1] {
        case .object(let partition): self.init(connector: name, partition: partition)
        case .null: self.init(connector: name, partition: JSONObject())
        default: return nil
        }
    }
}
