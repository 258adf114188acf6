import KafkaProtocol

extension Sequence {
    /// The elements whose key comes for the first time, in their order.
    ///
    /// For what a request asks for: it may name the same thing again and again, and if each were answered, the answer
    /// to a small request could take gigabytes. Kafka's clients repeat nothing.
    func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen = Set<Key>()
        return filter { seen.insert(key($0)).inserted }
    }
}
