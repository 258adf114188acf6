import Testing
import WireCore

@Suite struct ReceiveBufferTests {
    /// Returns `bytes` in pieces of at most `pieceBytes`.
    private struct Source {
        var rest: ArraySlice<UInt8>
        let pieceBytes: Int

        mutating func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
            let piece = rest.prefix(min(pieceBytes, buffer.count))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    @Test(arguments: [1, 7, 1000, 300_000])
    func bytesAreReadInOrder(_ pieceBytes: Int) {
        let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var source = Source(rest: bytes[...], pieceBytes: max(pieceBytes, 100))
        var buffer = ReceiveBuffer(capacityBytes: 4096)
        var found: [UInt8] = []
        while buffer.fill(from: { source.read($0) }) > 0 {
            let count = min(buffer.count, pieceBytes)
            found += buffer.readable.prefix(count)
            buffer.consume(count)
        }
        found += buffer.readable
        #expect(found == bytes)
    }

    @Test func bufferGrowsForALargerFrame() {
        let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        var source = Source(rest: bytes[...], pieceBytes: 100_000)
        var buffer = ReceiveBuffer(capacityBytes: 4096)
        while buffer.count < bytes.count { _ = buffer.fill(wanted: bytes.count, from: { source.read($0) }) }
        #expect(buffer.readable.elementsEqual(bytes))
        buffer.consume(bytes.count)
        #expect(buffer.count == 0)
        #expect(buffer.fill(from: { source.read($0) }) == 0)
    }

    @Test func blockOfALargeFrameIsReturned() {
        let frameBytes = ReceiveBuffer.keptBytesMax + 1
        var source = Source(rest: [UInt8](repeating: 1, count: frameBytes + 2)[...], pieceBytes: frameBytes)
        var buffer = ReceiveBuffer()
        while buffer.count < frameBytes { _ = buffer.fill(wanted: frameBytes, from: { source.read($0) }) }
        #expect(buffer.capacityBytes > ReceiveBuffer.keptBytesMax)
        buffer.consume(frameBytes)
        #expect(buffer.fill(from: { source.read($0) }) == 2)
        #expect(buffer.capacityBytes == 2 * ReceiveBuffer.chunkBytes)
        #expect(buffer.readable.elementsEqual([1, 1]))
    }

    @Test func moveOverwritesEarlierBytes() {
        var source = Source(rest: [1, 2, 3, 4, 5, 6, 7, 8], pieceBytes: 8)
        var buffer = ReceiveBuffer(capacityBytes: 4096)
        _ = buffer.fill(from: { source.read($0) })
        buffer.consume(1)
        buffer.move(3..<6, to: 1)
        #expect(buffer.readable.elementsEqual([2, 5, 6, 7, 6, 7, 8]))
        buffer.move(2..<2, to: 2)
        #expect(buffer.count == 7)
    }
}
