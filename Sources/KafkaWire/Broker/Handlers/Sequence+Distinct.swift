import KafkaProtocol

extension Sequence {
    /// The first element for each key, in order.
    ///
    /// A request may repeat the same entry many times; answering each could make the response to a small request take
    /// gigabytes. Kafka's clients do not repeat entries.
    func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen = Set<Key>()
        return filter { seen.insert(key($0)).inserted }
    }
}
