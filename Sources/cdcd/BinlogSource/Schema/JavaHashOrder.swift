/// The order in which a `java.util.HashSet` or `HashMap` of table ids is walked: `source.table` joins the names in it.
enum JavaHashOrder {
    /// How many buckets a hash table begins with.
    enum FirstBuckets: Int {
        /// That of `new HashSet()`.
        case standard = 16
        /// That of an empty `HashMap` to which `putAll` adds a map of one entry first.
        case ofOneEntry = 2
    }

    /// The ids without repetitions in that order.
    static func sorted(_ ids: [TableID], from first: FirstBuckets = .standard) -> [TableID] {
        var seen: Set<TableID> = []
        let distinct = ids.filter { seen.insert($0).inserted }
        var capacity = first.rawValue
        // A table of n buckets is doubled when it holds more than three quarters of n.
        while distinct.count > capacity * 3 / 4 { capacity *= 2 }
        let bucket = { (id: TableID) in Int(spread(hash(id)) & Int32(truncatingIfNeeded: capacity - 1)) }
        return distinct.enumerated()
            .sorted { (bucket($0.element), $0.offset) < (bucket($1.element), $1.offset) }
            .map(\.element)
    }

    /// `String.hashCode()` of `database.table`.
    private static func hash(_ id: TableID) -> Int32 {
        let text = id.database.isEmpty ? id.table : id.description
        return text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
    }

    private static func spread(_ hash: Int32) -> Int32 {
        hash ^ Int32(bitPattern: UInt32(bitPattern: hash) >> 16)
    }
}
