import Testing

@testable import WireCore

@Suite struct BlockPoolTests {
    private static let large = BlockPool.blockBytesMin

    private static func filled(_ pool: BlockPool, _ count: Int, with byte: UInt8) -> ByteWriter {
        var writer = ByteWriter(capacityBytes: 16, pool: pool)
        for _ in 0..<count { writer.byte(byte) }
        return writer
    }

    /// Returns blocks of these sizes to a pool.
    private static func give(_ sizes: [Int], to pool: BlockPool) {
        for bytes in sizes { pool.give(.allocate(capacity: bytes), bytes: bytes) }
    }

    @Test func blockIsReused() {
        let pool = BlockPool(spareMax: 4)
        var address: UnsafeMutablePointer<UInt8>?
        do {
            let first = ByteWriter(capacityBytes: 3 * Self.large, pool: pool)
            address = first.storage
        }
        #expect(pool.spareCount == 1)
        let second = ByteWriter(capacityBytes: 2 * Self.large, pool: pool)
        #expect(second.storage == address && second.capacity == 3 * Self.large)
        #expect(pool.spareCount == 0)
    }

    @Test func smallestSufficientBlockIsTaken() {
        let pool = BlockPool(spareMax: 4)
        Self.give([8 * Self.large, 2 * Self.large, 4 * Self.large], to: pool)
        let first = ByteWriter(capacityBytes: 3 * Self.large, pool: pool)
        let second = ByteWriter(capacityBytes: Self.large, pool: pool)
        #expect(first.capacity == 4 * Self.large)
        #expect(second.capacity == 2 * Self.large)
    }

    @Test func smallBlocksAreNotPooled() {
        let pool = BlockPool(spareMax: 4)
        do { _ = ByteWriter(capacityBytes: Self.large - 1, pool: pool) }
        #expect(pool.spareCount == 0)
    }

    @Test func emptiedPoolFreesItsBlocksAndStaysUsable() {
        let pool = BlockPool(spareMax: 4)
        do { _ = ByteWriter(capacityBytes: Self.large, pool: pool) }
        pool.empty()
        #expect(pool.spareCount == 0)
        do { _ = ByteWriter(capacityBytes: Self.large, pool: pool) }
        #expect(pool.spareCount == 1)
    }

    @Test func largestBlocksAreKeptUpToTheMaximum() {
        let pool = BlockPool(spareMax: 2)
        do {
            let a = ByteWriter(capacityBytes: 2 * Self.large, pool: pool)
            let b = ByteWriter(capacityBytes: 4 * Self.large, pool: pool)
            let c = ByteWriter(capacityBytes: 3 * Self.large, pool: pool)
            #expect(a.count + b.count + c.count == 0)
        }
        #expect(pool.spareCount == 2)
        let next = ByteWriter(capacityBytes: 4 * Self.large, pool: pool)
        #expect(next.capacity == 4 * Self.large)
        #expect(pool.spareCount == 1)
    }

    @Test func growingWriterKeepsItsBytesAndReturnsItsBlocks() {
        let pool = BlockPool(spareMax: 4)
        do {
            let writer = Self.filled(pool, 3 * Self.large, with: 7)
            #expect(writer.array() == [UInt8](repeating: 7, count: 3 * Self.large))
        }
        // It grew through blocks of one, two and four times the minimum size; smaller ones came from the C library.
        #expect(pool.spareCount == 3)
        let again = Self.filled(pool, 3 * Self.large, with: 9)
        #expect(again.array() == [UInt8](repeating: 9, count: 3 * Self.large))
    }
}
