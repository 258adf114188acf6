import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// The offsets topic, read from its first record to the last one applied (`KafkaOffsetBackingStore`).
///
/// Java finds an offset by the bytes of its key, and writes the members of a partition in the order of a hash map. So
/// an existing key is found by its meaning and reused byte for byte.
struct OffsetView: Sendable {
    struct Source: Hashable, Sendable {
        let connector: String
        let partition: JSONObject

        static func == (a: Source, b: Source) -> Bool {
            a.connector.isExactly(b.connector) && a.partition == b.partition
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(ExactName(connector))
            hasher.combine(partition)
        }
    }

    private struct Entry {
        var key: [UInt8]
        /// The partition of the record that the entry is from.
        var partition: Int32
        var recordOffset: Int64
        var timestampMilliseconds: Int64
        /// nil: removed by a tombstone; the key is still kept.
        var offset: JSONObject?
    }

    private var entries: [Source: Entry] = [:]

    /// The stored offset; nil if there is none.
    func offset(of source: Source) -> JSONObject? { entries[source]?.offset }

    /// All partitions of a connector that have an offset, in the order in which `OffsetStorageReaderImpl` returns them.
    func offsets(of connector: String) -> [(partition: JSONObject, offset: JSONObject)] {
        let own = entries.filter { $0.key.connector.isExactly(connector) && $0.value.offset != nil }
            .sorted { $0.value.key.lexicographicallyPrecedes($1.value.key) }
        return JavaHashOrder.sorted(own, from: .sized) { JavaHashOrder.hash($0.key.partition) }
            .compactMap { entry in entry.value.offset.map { (partition: entry.key.partition, offset: $0) } }
    }

    /// The bytes of the key under which an offset is to be written.
    func key(for source: Source) -> [UInt8] {
        entries[source]?.key
            ?? JSONValue.array([.string(source.connector), .object(source.partition)]).encoded()
    }

    /// Applies one record. Throws without a change if the record is invalid.
    mutating func apply(_ record: StoreRecord) throws(UnreadableRecordError) {
        guard let key = record.key else { throw UnreadableRecordError("it has no key") }
        let source = try Source(key: key)
        let offset = try record.object()
        // Two keys of one meaning may be in two partitions, between which only the timestamps give an order.
        if let known = entries[source] {
            if known.key != key, known.timestampMilliseconds > record.timestampMilliseconds { return }
            // The entry is a write of this worker that the read has not reached yet.
            if known.key == key, known.partition == record.partition, known.recordOffset > record.offset { return }
        }
        entries[source] = Entry(
            key: key, partition: record.partition, recordOffset: record.offset,
            timestampMilliseconds: record.timestampMilliseconds, offset: offset)
    }

    /// Applies an offset that this worker has written. It is later than every record read so far.
    mutating func stored(_ offset: JSONObject?, of source: Source, key: [UInt8], at place: RecordMetadata) {
        entries[source] = Entry(
            key: key, partition: place.partition, recordOffset: place.offset ?? entries[source]?.recordOffset ?? -1,
            timestampMilliseconds: .max, offset: offset)
    }
}

extension OffsetView.Source {
    /// `["NAME",{partition}]`; a partition of null is an empty one.
    fileprivate init(key: [UInt8]) throws(UnreadableRecordError) {
        let document = try UnreadableRecordError.parse(key, "key")
        guard let items = document.arrayValue, items.count == 2, let name = items[0].stringValue else {
            throw UnreadableRecordError("its key is not of the form [\"NAME\",{partition}]")
        }
        switch items[1] {
        case .object(let partition): self.init(connector: name, partition: partition)
        case .null: self.init(connector: name, partition: JSONObject())
        default: throw UnreadableRecordError("the partition in its key is no JSON object")
        }
    }
}
