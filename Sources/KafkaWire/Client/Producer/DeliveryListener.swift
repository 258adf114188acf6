import KafkaProtocol

/// So many records in a row that were appended with the same tag.
public struct TagRun: Equatable, Sendable {
    public var tag: UInt64
    public var count: Int

    public init(tag: UInt64, count: Int) {
        self.tag = tag
        self.count = count
    }
}

/// Is told what became of a producer's records, a batch at a time.
///
/// The calls come from the producer's own threads, one after another for each partition, at the same time for
/// partitions of different brokers. They hold the producer up and must be short. After `abort()` none comes.
public protocol DeliveryListener: AnyObject, Sendable {
    /// A batch is done: stored as `acks` demands, or given up with `error`.
    ///
    /// - Parameter tags: the tags that its records were appended with, in order.
    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?)

    /// Records wait, and a broker that should take them cannot be reached, or has refused them for two seconds with an
    /// error that may pass; or somebody waits for a topic that long. It is tried again until they time out.
    func brokerUnreachable(_ error: KafkaError)

    /// That broker takes records again.
    func brokerReachable()

    /// The cluster's topic of this name is not the one of before: it was deleted and created again (KIP-516 gives each
    /// topic an id). Noticed when metadata is renewed.
    func topicRecreated(_ topic: String)
}

extension DeliveryListener {
    public func brokerUnreachable(_ error: KafkaError) {}
    public func brokerReachable() {}
    public func topicRecreated(_ topic: String) {}
}
