/// The iteration order of a `java.util.HashMap` or `HashSet`, for output in which Connect or Debezium has that order.
package enum JavaHashOrder {
    /// The initial number of buckets of a hash table.
    package enum InitialCapacity {
        /// `new HashMap()` and `new HashSet()`.
        case standard
        /// An empty `HashMap` to which `putAll` first adds a map of one entry.
        case ofOneEntry
        /// `new HashMap(n)`, with n as the number of keys.
        case sized
        /// A `HashMap` that is a copy of one with the same keys.
        case copied

        func count(for keyCount: Int) -> Int {
            switch self {
            case .standard: 16
            case .ofOneEntry: 2
            case .sized: Self.powerOfTwo(keyCount)
            case .copied: Self.powerOfTwo(Int(Double(keyCount) / 0.75 + 1))
            }
        }

        private static func powerOfTwo(_ wanted: Int) -> Int {
            var count = 1
            while count < wanted { count *= 2 }
            return count
        }
    }

    /// The keys in that order. Keys of one bucket stay in the given order.
    ///
    /// - Parameters:
    ///   - keys: in the order of insertion, each once.
    ///   - hash: the key's `hashCode()`.
    package static func sorted<Key>(
        _ keys: [Key], from first: InitialCapacity = .standard, hash: (Key) -> Int32
    ) -> [Key] {
        var bucketCount = first.count(for: keys.count)
        // A table of n buckets is doubled when it holds more than three quarters of n.
        while keys.count > bucketCount * 3 / 4 { bucketCount *= 2 }
        return sorted(keys, bucketCount: bucketCount, hash: hash)
    }

    /// The keys in the order that they have in a table with this number of buckets.
    static func sorted<Key>(_ keys: [Key], bucketCount: Int, hash: (Key) -> Int32) -> [Key] {
        keys.enumerated()
            .map { (bucket: spread(hash($1)) & Int32(truncatingIfNeeded: bucketCount - 1), place: $0, key: $1) }
            .sorted { ($0.bucket, $0.place) < ($1.bucket, $1.place) }
            .map(\.key)
    }

    private static func spread(_ hash: Int32) -> Int32 {
        hash ^ Int32(bitPattern: UInt32(bitPattern: hash) >> 16)
    }
}
