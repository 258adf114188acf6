/// How a producer selects the partition of a record that names none (`partitioner.class`, and `partitioner` of
/// librdkafka).
public enum Partitioner: Sendable, Hashable, CaseIterable {
    /// By the murmur2 hash of the key, as Java's default; records without a key as `.uniformSticky`.
    case murmur2Sticky
    /// All records of a topic go to one partition until about `batchBytesMax` are written to it, then to another one
    /// (KIP-480, KIP-794); keys are ignored.
    case uniformSticky
    /// To each partition in turn; keys are ignored (Java's `RoundRobinPartitioner`).
    case roundRobin
    /// To a random partition for each record; keys are ignored. This and the following ones are librdkafka's.
    case random
    /// By the CRC-32 of the key; records without a key or with an empty one go to the same partition.
    case consistent
    /// By the CRC-32 of the key; records without a key or with an empty one go to random partitions.
    case consistentRandom
    /// By the murmur2 hash of the key; records without a key go to the same partition.
    case murmur2
    /// By the murmur2 hash of the key; records without a key go to random partitions.
    case murmur2Random
    /// By the FNV-1a hash of the key; records without a key go to the same partition.
    case fnv1a
    /// By the FNV-1a hash of the key; records without a key go to random partitions.
    case fnv1aRandom

    /// The names that configurations have: Java's classes and librdkafka's values. Java's removed classes
    /// `DefaultPartitioner` and `UniformStickyPartitioner` are known, too.
    private static let names: [(String, Partitioner)] = [
        ("org.apache.kafka.clients.producer.internals.DefaultPartitioner", .murmur2Sticky),
        ("org.apache.kafka.clients.producer.UniformStickyPartitioner", .uniformSticky),
        ("org.apache.kafka.clients.producer.RoundRobinPartitioner", .roundRobin), ("random", .random),
        ("consistent", .consistent), ("consistent_random", .consistentRandom), ("murmur2", .murmur2),
        ("murmur2_random", .murmur2Random), ("fnv1a", .fnv1a), ("fnv1a_random", .fnv1aRandom),
    ]

    /// The names that `init(name:)` accepts.
    public static var allNames: [String] { names.map(\.0) }

    /// Returns nil for another name.
    public init?(name: String) {
        guard let found = Self.names.first(where: { $0.0 == name }) else { return nil }
        self = found.1
    }
}
