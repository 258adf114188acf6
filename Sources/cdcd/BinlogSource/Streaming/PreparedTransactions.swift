/// The XA transactions that are prepared but neither committed nor rolled back, with the number of their emitted rows.
///
/// Bounded: the oldest is dropped when there are more than `countMax`.
struct PreparedTransactions: Sendable {
    static let countMax = 100_000

    private struct Entry: Sendable {
        var rows: Int
        var number: UInt64
    }

    private let countMax: Int
    private var entries: [String: Entry] = [:]
    /// The identifiers in the order of their insertion; removed entries stay until they are compacted.
    private var order: [(identifier: String, number: UInt64)] = []
    private var firstIndex = 0
    private var nextNumber: UInt64 = 0

    init(countMax: Int = Self.countMax) { self.countMax = countMax }

    /// Adds a transaction.
    ///
    /// - Returns: the transaction that was dropped for it, if any.
    mutating func insert(_ identifier: String, rows: Int) -> String? {
        entries[identifier] = Entry(rows: rows, number: nextNumber)
        order.append((identifier, nextNumber))
        nextNumber &+= 1
        let dropped = entries.count > countMax ? dropOldest() : nil
        compact()
        return dropped
    }

    /// - Returns: the number of its emitted rows; nil if it is unknown.
    @discardableResult
    mutating func remove(_ identifier: String) -> Int? { entries.removeValue(forKey: identifier)?.rows }

    private mutating func dropOldest() -> String? {
        while firstIndex < order.count {
            let (identifier, number) = order[firstIndex]
            firstIndex += 1
            if entries[identifier]?.number == number {
                entries[identifier] = nil
                return identifier
            }
        }
        return nil
    }

    /// Removes decided transactions from `order` when they are most of it.
    private mutating func compact() {
        guard order.count > 2 * entries.count + 64 else { return }
        order = order[firstIndex...].filter { entries[$0.identifier]?.number == $0.number }
        firstIndex = 0
    }
}
