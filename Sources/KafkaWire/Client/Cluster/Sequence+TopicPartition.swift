import KafkaProtocol

extension Sequence<TopicPartition> {
    /// The partitions of each topic, both in ascending order.
    var byTopic: [(topic: String, partitions: [Int32])] {
        Dictionary(grouping: self, by: \.topic).map { ($0.key, $0.value.map(\.partition).sorted()) }
            .sorted { $0.0 < $1.0 }
    }
}
