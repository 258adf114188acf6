/// A list as Debezium's `Configuration.getList` reads it.
enum DebeziumList {
    /// - Parameter items: as Kafka reads the list.
    /// - Returns: without the empty items at the end.
    static func items(_ items: [String]) -> [String] {
        var items = items
        while items.last?.isEmpty == true { items.removeLast() }
        return items
    }
}
