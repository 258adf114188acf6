/// LZ4's frame format (lz4/lz4, `lz4_Frame_format.md`).
///
/// Frame: magic 0x184D2204 | FLG | BD | [content size 8] | [dictionary id 4] | header checksum
/// | blocks: size 4 (highest bit: not compressed), bytes, [checksum 4] | end mark 0 of 4 bytes | [content checksum 4].
/// Numbers are little-endian, checksums XXH32.
package enum LZ4 {
    private static let name = "lz4"
    private static let magic: UInt32 = 0x184D_2204

    private enum Flags {
        static let version1: UInt8 = 0b01 << 6
        static let versionMask: UInt8 = 0b11 << 6
        static let independentBlocks: UInt8 = 1 << 5
        static let blockChecksum: UInt8 = 1 << 4
        static let contentSize: UInt8 = 1 << 3
        static let contentChecksum: UInt8 = 1 << 2
        static let reserved: UInt8 = 1 << 1
        static let dictionary: UInt8 = 1
    }

    /// BD's bits 4 to 6.
    private static let blockBytesMaxByCode = [4: 64 << 10, 5: 256 << 10, 6: 1 << 20, 7: 4 << 20]
    private static let storedBit: UInt32 = 1 << 31

    // MARK: Compression

    package static let defaultLevel: Int32 = 9

    /// Appends `bytes` as one frame of independent blocks of 64 KiB without checksums, as Kafka's Java client does.
    ///
    /// - Parameter level: the default is the fast strategy, as in Kafka's Java client; another one searches thoroughly,
    ///   the higher the longer (see `searchesMax`).
    package static func compress(
        _ bytes: UnsafeRawBufferPointer, level: Int32 = defaultLevel, into writer: inout ByteWriter
    ) {
        let (flags, descriptor): (UInt8, UInt8) = (Flags.version1 | Flags.independentBlocks, 4 << 4)
        writer.littleEndian(magic)
        writer.byte(flags)
        writer.byte(descriptor)
        writer.byte(headerChecksum([flags, descriptor]))
        let strategy: LZ4Block.Strategy =
            level == defaultLevel ? .fast : .thorough(searchesMax: searchesMax(level: level))
        let tables = LZ4Block.SearchTables(strategy)
        var rest = bytes
        while let start = rest.baseAddress?.assumingMemoryBound(to: UInt8.self), !rest.isEmpty {
            let block = UnsafeRawBufferPointer(rebasing: rest.prefix(LZ4Block.inputBytesMax))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(block.count))
            let sizeOffset = writer.count
            writer.littleEndian(UInt32(0))
            let target = writer.room(for: LZ4Block.compressedBytesMax(block.count))
            let size = LZ4Block.compress(start, count: block.count, strategy, tables, to: target)
            if size < block.count {
                writer.end = target + size
                writer.patchBigEndian(UInt32(size).byteSwapped, at: sizeOffset)
            } else {
                writer.bytes(block)
                writer.patchBigEndian((UInt32(block.count) | storedBit).byteSwapped, at: sizeOffset)
            }
        }
        writer.littleEndian(UInt32(0))
    }

    /// The number of places that are compared at most for a match: 2, 4, 8, ... 4,096 for the levels 12 and above.
    private static func searchesMax(level: Int32) -> Int { 1 << min(max(level, 1), 12) }

    private static func headerChecksum(_ header: [UInt8]) -> UInt8 {
        header.withUnsafeBytes { UInt8(truncatingIfNeeded: XXHash32.hash($0) >> 8) }
    }

    // MARK: Expansion

    /// Appends the content of one or more frames.
    ///
    /// - Parameter checksHeaders: false for records of Kafka's message format 0, whose writers computed the header's
    ///   checksum over too many bytes (KIP-57).
    /// - Throws: `.corrupt`, also if a checksum is wrong; `.tooLarge`; `.unsupported` if a frame needs a dictionary.
    package static func expand(
        _ bytes: UnsafeRawBufferPointer, limitBytes: Int, checksHeaders: Bool = true, into writer: inout ByteWriter
    ) throws(CompressionError) {
        var reader = FrameReader(bytes, codec: name)
        let limit = writer.count + limitBytes
        try reader.frames(magic: magic) { (reader) throws(CompressionError) in
            let frame = try Frame(&reader, checksHeader: checksHeaders)
            try frame.expand(&reader, limit: limit, limitBytes: limitBytes, into: &writer)
        }
    }

    private static func corrupt(_ reason: String) -> CompressionError { .corrupt(codec: name, reason: reason) }

    private struct Frame {
        let flags: UInt8
        let blockBytesMax: Int
        let contentBytes: UInt64?

        /// Reads the header after the magic number.
        init(_ reader: inout FrameReader, checksHeader: Bool) throws(CompressionError) {
            let start = reader.position
            flags = try reader.number(UInt8.self)
            let descriptor = try reader.number(UInt8.self)
            guard flags & Flags.versionMask == Flags.version1 else {
                throw corrupt("version \(flags >> 6) of a frame is unknown")
            }
            guard flags & Flags.reserved == 0, descriptor & 0x8F == 0 else { throw corrupt("reserved bits are set") }
            guard let size = blockBytesMaxByCode[Int(descriptor >> 4)] else {
                throw corrupt("the block size \(descriptor >> 4) is unknown")
            }
            blockBytesMax = size
            contentBytes = flags & Flags.contentSize == 0 ? nil : try reader.number(UInt64.self)
            guard flags & Flags.dictionary == 0 else { throw .unsupported(codec: "lz4 with a dictionary") }
            let header = UnsafeRawBufferPointer(rebasing: reader.source[start..<reader.position])
            let expected = UInt8(truncatingIfNeeded: XXHash32.hash(header) >> 8)
            let found = try reader.number(UInt8.self)
            guard found == expected || !checksHeader else { throw corrupt("the checksum of a frame's header is wrong") }
        }

        /// Expands the blocks. `limit` is the maximum size of the writer's content.
        func expand(
            _ reader: inout FrameReader, limit: Int, limitBytes: Int, into writer: inout ByteWriter
        ) throws(CompressionError) {
            let start = writer.count
            while true {
                let size = try reader.number(UInt32.self)
                if size == 0 { break }
                let block = try reader.bytes(Int(size & ~storedBit))
                if flags & Flags.blockChecksum != 0 {
                    guard try reader.number(UInt32.self) == XXHash32.hash(block) else {
                        throw corrupt("the checksum of a block is wrong")
                    }
                }
                let room = min(blockBytesMax, limit - writer.count)
                if size & storedBit != 0 {
                    guard block.count <= blockBytesMax else { throw corrupt("a block is too large") }
                    guard block.count <= room else { throw .tooLarge(codec: name, limitBytes: limitBytes) }
                    writer.bytes(block)
                } else {
                    let history = flags & Flags.independentBlocks == 0 ? writer.count - start : 0
                    do throws(CompressionError) {
                        try LZ4Block.expand(block, contentBytesMax: room, historyBytes: history, into: &writer)
                    } catch {
                        throw room < blockBytesMax ? .tooLarge(codec: name, limitBytes: limitBytes) : error
                    }
                }
            }
            if let contentBytes, contentBytes != UInt64(writer.count - start) {
                throw corrupt("a frame contains \(writer.count - start) bytes instead of \(contentBytes)")
            }
            if flags & Flags.contentChecksum != 0 {
                let expected = try reader.number(UInt32.self)
                let found = writer.withUnsafeBytes { XXHash32.hash(UnsafeRawBufferPointer(rebasing: $0[start...])) }
                guard found == expected else { throw corrupt("the checksum of a frame's content is wrong") }
            }
        }
    }
}
