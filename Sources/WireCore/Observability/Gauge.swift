import Synchronization

/// A value that can go up and down: open connections, buffered bytes.
package final class Gauge: Sendable {
    @usableFromInline let current = Atomic<Int64>(0)

    package init() {}

    @inlinable package func set(_ value: Int) { current.store(Int64(value), ordering: .relaxed) }
    @inlinable package func add(_ amount: Int) { current.wrappingAdd(Int64(amount), ordering: .relaxed) }

    package var value: Int64 { current.load(ordering: .relaxed) }
}
