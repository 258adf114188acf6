/// Values that can be derived again, by their keys: emptied when it is full.
@usableFromInline package struct BoundedCache<Key: Hashable, Value> {
    @usableFromInline let countMax: Int
    @usableFromInline var values: [Key: Value] = [:]

    /// - Parameter countMax: the number of values that are kept; at least one is.
    @inlinable package init(countMax: Int) { self.countMax = max(1, countMax) }

    /// The value of a key.
    ///
    /// - Parameter make: derives it if it is not cached; an error is not cached. Must not use the cache.
    @inlinable
    package mutating func value<E: Error>(for key: Key, make: () throws(E) -> Value) throws(E) -> Value {
        if let known = values[key] { return known }
        let made = try make()
        if values.count >= countMax { values.removeAll(keepingCapacity: true) }
        values[key] = made
        return made
    }
}
