import KafkaProtocol

/// Consecutive records that were appended with the same tag.
package struct TagRun: Equatable, Sendable {
    package var tag: UInt64
    package var count: Int

    package init(tag: UInt64, count: Int) {
        self.tag = tag
        self.count = count
    }
}

/// Receives the outcomes of a producer's records, a batch at a time.
///
/// Called on the producer's threads: serially for one partition, concurrently for partitions of different brokers. The
/// calls block the producer and must be short. None is made after `abort()`.
package protocol DeliveryListener: AnyObject, Sendable {
    /// A batch is settled: stored as `acks` requires, or failed with `error`.
    ///
    /// - Parameter tags: the tags that its records were appended with, in order.
    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?)

    /// Records are buffered because a broker cannot be reached or has responded with a retriable error for two seconds,
    /// or because a topic's metadata has been unavailable for that time. Retried until the records time out.
    func brokerUnreachable(_ error: KafkaError)

    /// The broker accepts records again.
    func brokerReachable()

    /// The topic was deleted and created again (KIP-516 gives each topic an id). Noticed when metadata is refreshed.
    func topicRecreated(_ topic: String)
}

extension DeliveryListener {
    package func brokerUnreachable(_ error: KafkaError) {}
    package func brokerReachable() {}
    package func topicRecreated(_ topic: String) {}
}
