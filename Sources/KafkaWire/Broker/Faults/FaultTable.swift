import WireCore

/// The faults of a broker, in the order in which they were added. The first one that applies to a request decides.
package struct FaultTable: Sendable {
    package struct Entry: Sendable {
        package let id: Int
        package let fault: Fault
        /// The number of requests that matched.
        package fileprivate(set) var matchedCount = 0
        /// The number of requests to which the fault was applied.
        package fileprivate(set) var appliedCount = 0
        fileprivate var generator: SplitMix64

        /// Counts a request that matches, and returns whether the fault applies to it.
        fileprivate mutating func applies() -> Bool {
            matchedCount += 1
            guard matchedCount > fault.skip, fault.count.map({ appliedCount < $0 }) != false else { return false }
            if fault.probability < 1 {
                guard Double.random(in: 0..<1, using: &generator) < fault.probability else { return false }
            }
            appliedCount += 1
            return true
        }
    }

    package private(set) var entries: [Entry] = []
    private var nextID = 1

    package init() {}

    /// Adds a fault after the others.
    @discardableResult
    package mutating func add(_ fault: Fault) -> Entry {
        let entry = Entry(id: nextID, fault: fault, generator: SplitMix64(seed: fault.seed))
        nextID += 1
        entries.append(entry)
        return entry
    }

    /// Returns false if there is no fault with this id.
    package mutating func remove(_ id: Int) -> Bool {
        let count = entries.count
        entries.removeAll { $0.id == id }
        return entries.count < count
    }

    package mutating func removeAll() { entries = [] }

    /// The fault that applies to a request; nil if there is none.
    mutating func decide(_ request: InterceptedRequest) -> Fault? {
        for index in entries.indices where entries[index].fault.matches(request) {
            if entries[index].applies() { return entries[index].fault }
        }
        return nil
    }
}
