import Synchronization

/// The memory that the requests of all connections may take together.
package final class HTTPByteBudget: Sendable {
    private let bytesMax: Int
    private let taken = Mutex(0)

    package init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Changes the share of one connection. Less is always granted; false where the budget has no room for more.
    package func resize(from old: Int, to new: Int) -> Bool {
        taken.withLock { taken in
            guard new <= old || taken - old + new <= bytesMax else { return false }
            taken += new - old
            return true
        }
    }

    package func giveBack(_ bytes: Int) { taken.withLock { $0 -= bytes } }
}
