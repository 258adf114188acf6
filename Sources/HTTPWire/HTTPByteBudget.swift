import Synchronization

/// The maximum memory for the requests of all connections together.
package final class HTTPByteBudget: Sendable {
    private let bytesMax: Int
    private let used = Mutex(0)

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Changes the share of one connection. Returns false if it exceeds what is left; a smaller share is always
    /// granted.
    package func resize(from old: Int, to new: Int) -> Bool {
        used.withLock { used in
            guard new <= old || used - old + new <= bytesMax else { return false }
            used += new - old
            return true
        }
    }

    package func release(_ bytes: Int) { used.withLock { $0 -= bytes } }
}
