extension Zstandard {
    /// The distance of copies. A decoder keeps that much of the content; those of Java refuse more than 128 MiB.
    private static let windowBytesMax = 1 << 22
    package static let defaultLevel: Int32 = 3

    /// Appends `bytes` as one frame without a checksum, as Kafka's Java client does.
    ///
    /// - Parameter level: as Zstandard's. Levels up to 3 use the fast strategy; higher ones search thoroughly, the
    ///   higher the longer (see `searchesMax`).
    package static func compress(
        _ bytes: UnsafeRawBufferPointer, level: Int32 = defaultLevel, into writer: inout ByteWriter
    ) {
        writer.littleEndian(magic)
        let windowBytes = appendHeader(contentBytes: bytes.count, into: &writer)
        guard let content = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), !bytes.isEmpty else {
            appendBlockHeader(isLast: true, .raw, 0, into: &writer)
            return
        }
        var matcher = ZstandardMatcher(content, count: bytes.count, windowBytes: windowBytes, strategy(level: level))
        var found = ZstandardSequences()
        var encoder = ZstandardBlockEncoder()
        var start = 0
        while start < bytes.count {
            let block = start..<min(start + ZstandardBlockEncoder.blockBytesMax, bytes.count)
            start = block.upperBound
            let distances = matcher.recentDistances
            matcher.find(in: block, &found)
            let offset = writer.count
            let isLast = start == bytes.count
            writer.zeros(blockHeaderBytes)
            encoder.append(found, into: &writer)
            let size = writer.count - offset - blockHeaderBytes
            let isRepeated = size < 32 && MatchLength.count(
                content + block.lowerBound, content + (block.lowerBound + 1), end: content + block.upperBound
            ) == block.count - 1
            if size < block.count, !isRepeated {
                patchBlockHeader(isLast: isLast, .compressed, size, at: offset, in: &writer)
                continue
            }
            matcher.restore(distances)
            writer.truncate(to: offset)
            appendBlockHeader(isLast: isLast, isRepeated ? .repeated : .raw, block.count, into: &writer)
            if isRepeated {
                writer.byte(bytes[block.lowerBound])
            } else {
                writer.bytes(UnsafeRawBufferPointer(rebasing: bytes[block]))
            }
        }
    }

    private static func strategy(level: Int32) -> ZstandardMatcher.Strategy {
        level <= 3 ? .fast : .thorough(searchesMax: searchesMax(level: level))
    }

    /// The number of places that are compared at most for a match: 4 for the levels 4 and 5, 8 for 6 and 7, and so on
    /// up to 256 for 16 and above.
    private static func searchesMax(level: Int32) -> Int { 1 << (min(level, 16) / 2) }

    /// Returns the size of the window.
    private static func appendHeader(contentBytes: Int, into writer: inout ByteWriter) -> Int {
        guard contentBytes > windowBytesMax else {
            // A frame of one segment: its window is the content.
            switch contentBytes {
            case ..<256:
                writer.byte(1 << 5)
                writer.byte(UInt8(contentBytes))
            case ..<(65_536 + 256):
                writer.byte(1 << 5 | 1 << 6)
                writer.littleEndian(UInt16(contentBytes - 256))
            default:
                writer.byte(1 << 5 | 2 << 6)
                writer.littleEndian(UInt32(contentBytes))
            }
            return windowBytesMax
        }
        writer.byte(3 << 6)
        writer.byte(UInt8((windowBytesMax.trailingZeroBitCount - 10) << 3))
        writer.littleEndian(UInt64(contentBytes))
        return windowBytesMax
    }

    private enum BlockType: Int {
        case raw, repeated, compressed
    }

    private static let blockHeaderBytes = 3

    private static func appendBlockHeader(isLast: Bool, _ type: BlockType, _ size: Int, into writer: inout ByteWriter) {
        let offset = writer.count
        writer.zeros(blockHeaderBytes)
        patchBlockHeader(isLast: isLast, type, size, at: offset, in: &writer)
    }

    private static func patchBlockHeader(
        isLast: Bool, _ type: BlockType, _ size: Int, at offset: Int, in writer: inout ByteWriter
    ) {
        let header = (isLast ? 1 : 0) | type.rawValue << 1 | size << 3
        for index in 0..<blockHeaderBytes {
            writer.patchBigEndian(UInt8(truncatingIfNeeded: header >> (index * 8)), at: offset + index)
        }
    }
}
