import HTTPWire

/// The order in which Java's `HashMap` gives its keys, for messages in which Connect prints a configuration.
enum JavaHashOrder {
    /// - Parameter names: in the order in which they were put in, each once.
    static func sorted(_ names: [String]) -> [String] {
        // The size that a map copied from another of that many entries gets.
        var buckets = 1
        while buckets < Int(Double(names.count) / 0.75 + 1) { buckets *= 2 }
        let mask = UInt32(buckets - 1)
        return names.enumerated().map { (bucket: bucket($1) & mask, place: $0, name: $1) }
            .sorted { ($0.bucket, $0.place) < ($1.bucket, $1.place) }.map(\.name)
    }

    private static func bucket(_ name: String) -> UInt32 {
        let hash = name.utf16.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
        return hash ^ (hash >> 16)
    }
}
