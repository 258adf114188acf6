/// The partitions of items by topic, as requests contain them.
struct TopicPartitions {
    let topic: String
    /// The positions of the topic's items.
    fileprivate(set) var items: [Int]
}

extension [TopicPartition] {
    /// Groups the partitions at these positions by topic, in the order of their first occurrence.
    func groupedByTopic(_ positions: some Sequence<Int>) -> [TopicPartitions] {
        var groups: [TopicPartitions] = []
        var found: [String: Int] = [:]
        for position in positions {
            let topic = self[position].topic
            if let group = found[topic] {
                groups[group].items.append(position)
            } else {
                found[topic] = groups.count
                groups.append(TopicPartitions(topic: topic, items: [position]))
            }
        }
        return groups
    }

    func groupedByTopic() -> [TopicPartitions] { groupedByTopic(indices) }
}
