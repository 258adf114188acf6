import Synchronization

/// A monotonic counter: records, requests, errors. An update is one atomic addition.
package final class Counter: Sendable {
    @usableFromInline let count = Atomic<Int64>(0)

    /// A counter that is not registered, for code that runs without a registry.
    package init() {}

    @inlinable package func add(_ amount: Int = 1) { count.wrappingAdd(Int64(amount), ordering: .relaxed) }

    package var value: Int64 { count.load(ordering: .relaxed) }
}
