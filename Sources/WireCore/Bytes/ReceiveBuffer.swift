/// The received bytes that are not consumed yet, between a stream and a framer.
///
/// Filled in large chunks, read in place. Views into it are valid until the next `fill`, which may move the
/// remaining bytes to the front or to a larger block.
package struct ReceiveBuffer: ~Copyable {
    package static let chunkBytes = 256 << 10
    /// The maximum size in bytes of an empty buffer: a larger block, which one large frame needed, is freed.
    package static let keptBytesMax = 4 << 20

    private var storage: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    package init(capacityBytes: Int = 2 * ReceiveBuffer.chunkBytes) {
        storage = .allocate(byteCount: max(capacityBytes, 4096), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// The size of its memory in bytes.
    package var capacityBytes: Int { storage.count }

    /// Bytes that can be read without waiting.
    package var count: Int { end - start }

    /// A view of them.
    package var readable: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: storage[start..<end])
    }

    package mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start)
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Moves bytes towards the front of what can be read, over bytes that are no longer needed there.
    ///
    /// - Parameters:
    ///   - range: the bytes, by their offsets in `readable`.
    ///   - target: the offset where they are to begin, at most `range.lowerBound`.
    package mutating func move(_ range: Range<Int>, to target: Int) {
        precondition(target >= 0 && target <= range.lowerBound && range.upperBound <= end - start)
        UnsafeMutableRawBufferPointer(rebasing: storage[(start + target)...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: readable[range]))
    }

    /// Reads once from `source`, making room for `wanted` bytes in all first.
    ///
    /// - Parameter wanted: the size of the next frame in bytes; the caller has checked it against its limit.
    /// - Returns: the number of bytes read; 0 at the end of the stream.
    package mutating func fill<E: Error>(
        wanted: Int = 0, from source: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) -> Int {
        makeRoom(for: max(wanted, count + 1))
        let room = UnsafeMutableRawBufferPointer(rebasing: storage[end...])
        let read = try source(room)
        precondition(read >= 0 && read <= room.count)
        end += read
        return read
    }

    private mutating func makeRoom(for wanted: Int) {
        if start == end, storage.count > Self.keptBytesMax, wanted <= Self.chunkBytes {
            storage.deallocate()
            storage = .allocate(byteCount: 2 * Self.chunkBytes, alignment: 16)
            start = 0
            end = 0
            return
        }
        if storage.count - start >= wanted, storage.count - end >= min(Self.chunkBytes, storage.count / 2) { return }
        if storage.count < wanted {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(wanted + Self.chunkBytes, storage.count * 2), alignment: 16)
            larger.copyMemory(from: readable)
            storage.deallocate()
            storage = larger
        } else if start > 0, let base = storage.baseAddress {
            base.copyMemory(from: base + start, byteCount: end - start)
        } else {
            return
        }
        end -= start
        start = 0
    }
}
