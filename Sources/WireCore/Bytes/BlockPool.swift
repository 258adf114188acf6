import Synchronization

/// Keeps blocks of memory for reuse by later writers.
///
/// The C library returns large blocks to the kernel when they are freed and gets them again page by page, each page
/// zeroed first. For a sequence of batches of a megabyte each, that is a tenth of all the work. Small blocks are kept
/// because taking one from the pool is cheaper than an aligned allocation. Thread-safe.
package final class BlockPool: Sendable {
    // Nothing else has the address of a spare block: `give` takes the block over and `take` removes it from the pool.
    private struct Block: @unchecked Sendable {
        let start: UnsafeMutablePointer<UInt8>
        let bytes: Int
    }

    /// Smaller blocks are left to the C library.
    static let blockBytesMin = 1 << 10

    private let spareMax: Int
    private let spare = Mutex<[Block]>([])

    /// - Parameter spareMax: The maximum number of blocks that are kept.
    package init(spareMax: Int) { self.spareMax = spareMax }

    deinit { empty() }

    /// The number of blocks that are kept for reuse.
    package var spareCount: Int { spare.withLock { $0.count } }

    /// Frees the blocks that are not in use.
    package func empty() {
        let freed = spare.withLock { spare in
            defer { spare = [] }
            return spare
        }
        for block in freed { block.start.deallocate() }
    }

    /// Returns a block of at least `bytes`, which is later passed to `give` with the returned size.
    func take(_ bytes: Int) -> (start: UnsafeMutablePointer<UInt8>, bytes: Int) {
        guard bytes >= Self.blockBytesMin else { return (.allocate(capacity: bytes), bytes) }
        let block = spare.withLock { spare -> Block? in
            // The smallest one, so that a small batch does not keep a large block in use.
            var best: Int?
            for index in spare.indices where spare[index].bytes >= bytes {
                if best.map({ spare[index].bytes <= spare[$0].bytes }) ?? true { best = index }
            }
            return best.map { spare.remove(at: $0) }
        }
        return block.map { ($0.start, $0.bytes) } ?? (.allocate(capacity: bytes), bytes)
    }

    func give(_ start: UnsafeMutablePointer<UInt8>, bytes: Int) {
        guard bytes >= Self.blockBytesMin else { return start.deallocate() }
        let block = Block(start: start, bytes: bytes)
        let freed = spare.withLock { spare -> Block? in
            spare.append(block)
            guard spare.count > spareMax else { return nil }
            // The smallest is the least useful.
            return spare.indices.min { spare[$0].bytes < spare[$1].bytes }.map { spare.remove(at: $0) }
        }
        freed?.start.deallocate()
    }
}
