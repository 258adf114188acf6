import KafkaProtocol

/// The positions of offsets in a partition's log: one entry for about each 4 KiB, in memory only.
///
/// The entries are rebuilt from the batch headers when the log is opened.
struct OffsetIndex: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        /// The base offset of the batch that begins the section.
        var baseOffset: Int64
        /// That batch's position in bytes from the start of the file.
        var position: Int
        /// The largest timestamp of all batches in the section, in milliseconds since 1970.
        var timestampMax: Int64
    }

    static let sectionBytes = 4096
    private(set) var entries: [Entry] = []

    /// Adds a batch after all earlier ones.
    mutating func batchAppended(baseOffset: Int64, position: Int, timestampMax: Int64) {
        if let last = entries.last, position - last.position < Self.sectionBytes {
            entries[entries.count - 1].timestampMax = max(last.timestampMax, timestampMax)
        } else {
            entries.append(Entry(baseOffset: baseOffset, position: position, timestampMax: timestampMax))
        }
    }

    /// The last section that begins at or before `offset`, or the first one; nil for an empty log.
    func section(for offset: Int64) -> Entry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].baseOffset <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? entries[low - 1] : entries.first
    }

    /// The first section with a timestamp of at least `timestamp`; nil if there is none.
    func section(timestampAtLeast timestamp: Int64) -> Entry? {
        entries.first { $0.timestampMax >= timestamp }
    }
}
