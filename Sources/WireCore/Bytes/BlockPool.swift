import Synchronization

/// Large blocks of memory that writers one after the other use again.
///
/// The C library gives large blocks back to the kernel when they are freed, and gets them again page by page, each page
/// zeroed first: where batches of a megabyte follow one another, that is a tenth of all the work. Thread-safe.
public final class BlockPool: Sendable {
    private struct Block {
        // A number and not a pointer, since the lock's contents must not be bound to a thread.
        let address: UInt
        let bytes: Int
    }

    /// Smaller blocks are the C library's affair.
    static let blockBytesMin = 64 << 10

    private let spareMax: Int
    private let spare = Mutex<[Block]>([])

    /// - Parameter spareMax: how many blocks are kept at most.
    public init(spareMax: Int) { self.spareMax = spareMax }

    deinit { empty() }

    /// How many blocks wait to be used again.
    public var spareCount: Int { spare.withLock { $0.count } }

    /// Frees the blocks that are not in use.
    public func empty() {
        let freed = spare.withLock { spare in
            defer { spare = [] }
            return spare
        }
        for block in freed { Self.free(block) }
    }

    /// A block of at least `bytes`. To be given back with the size that is returned.
    func take(_ bytes: Int) -> (start: UnsafeMutablePointer<UInt8>, bytes: Int) {
        guard bytes >= Self.blockBytesMin else { return (.allocate(capacity: bytes), bytes) }
        let block = spare.withLock { spare in
            spare.lastIndex { $0.bytes >= bytes }.map { spare.remove(at: $0) }
        }
        if let block, let start = UnsafeMutablePointer<UInt8>(bitPattern: block.address) { return (start, block.bytes) }
        return (.allocate(capacity: bytes), bytes)
    }

    func give(_ start: UnsafeMutablePointer<UInt8>, bytes: Int) {
        guard bytes >= Self.blockBytesMin else { return start.deallocate() }
        let block = Block(address: UInt(bitPattern: start), bytes: bytes)
        let freed = spare.withLock { spare -> Block? in
            spare.append(block)
            guard spare.count > spareMax else { return nil }
            // The smallest is the least useful.
            return spare.indices.min { spare[$0].bytes < spare[$1].bytes }.map { spare.remove(at: $0) }
        }
        if let freed { Self.free(freed) }
    }

    private static func free(_ block: Block) {
        UnsafeMutablePointer<UInt8>(bitPattern: block.address)?.deallocate()
    }
}
