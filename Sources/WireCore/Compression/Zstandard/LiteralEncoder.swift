/// Writes the literals section of a block (RFC 8878, 3.1.1.3.1).
enum LiteralEncoder {
    /// Fewer are stored: a Huffman code's description takes more than it saves.
    private static let compressedBytesMin = 48
    /// More than that have four streams, which are decoded side by side.
    private static let oneStreamBytesMax = 255

    static func appendRaw(_ literals: UnsafeBufferPointer<UInt8>, into writer: inout ByteWriter) {
        appendHeader(type: 0, literals.count, into: &writer)
        writer.bytes(UnsafeRawBufferPointer(literals))
    }

    /// Appends the header of literals that are stored or that one byte stands for.
    private static func appendHeader(type: UInt32, _ count: Int, into writer: inout ByteWriter) {
        let count = UInt32(count)
        if count < 1 << 5 {
            writer.byte(UInt8(type | count << 3))
        } else if count < 1 << 12 {
            writer.littleEndian(UInt16(type | 1 << 2 | count << 4))
        } else {
            appendLow(bytes: 3, UInt64(type | 3 << 2 | count << 4), into: &writer)
        }
    }

    private static func appendLow(bytes: Int, _ number: UInt64, into writer: inout ByteWriter) {
        for index in 0..<bytes { writer.byte(UInt8(truncatingIfNeeded: number >> UInt64(index * 8))) }
    }

    /// Appends the literals if they get smaller. Returns false, and appends nothing, if they do not.
    static func appendCompressed(_ literals: UnsafeBufferPointer<UInt8>, into writer: inout ByteWriter) -> Bool {
        guard literals.count >= compressedBytesMin else { return false }
        let frequencies = frequencies(of: literals)
        let most = Int(frequencies.max() ?? 0)
        if most == literals.count {
            appendHeader(type: 1, literals.count, into: &writer)
            writer.byte(literals[0])
            return true
        }
        // Nearly equal frequencies: nothing can be saved.
        guard most > literals.count >> 7 + 4 else { return false }
        let code = HuffmanCode(frequencies: frequencies)
        let offset = writer.count
        let hasOneStream = literals.count <= oneStreamBytesMax
        let headerBytes = literals.count < 1 << 10 ? 3 : literals.count < 1 << 14 ? 4 : 5
        writer.zeros(headerBytes)
        let gain = literals.count >> 6 + 2
        guard code.writeDescription(into: &writer),
            writer.count - offset + code.cost(of: frequencies) / 8 + gain < literals.count
        else {
            writer.truncate(to: offset)
            return false
        }
        if hasOneStream {
            code.write(literals, into: &writer)
        } else {
            let sizesOffset = writer.count
            writer.zeros(6)
            let segment = (literals.count + 3) / 4
            for index in 0..<4 {
                let start = writer.count
                let bytes = literals[segment * index..<min(segment * (index + 1), literals.count)]
                code.write(UnsafeBufferPointer(rebasing: bytes), into: &writer)
                if index < 3 {
                    writer.patchBigEndian(UInt16(writer.count - start).byteSwapped, at: sizesOffset + index * 2)
                }
            }
        }
        let compressed = writer.count - offset - headerBytes
        guard compressed < literals.count - gain else {
            writer.truncate(to: offset)
            return false
        }
        let (sizeFormat, bits) = headerBytes == 3 ? (hasOneStream ? 0 : 1, 10) : headerBytes == 4 ? (2, 14) : (3, 18)
        let header = UInt64(2 | sizeFormat << 2 | literals.count << 4 | compressed << (4 + bits))
        for index in 0..<headerBytes {
            writer.patchBigEndian(UInt8(truncatingIfNeeded: header >> UInt64(index * 8)), at: offset + index)
        }
        return true
    }

    /// How often each byte occurs. Four counts of each, since one that was just changed must be waited for.
    private static func frequencies(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt32] {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * 256) { counts in
            counts.initialize(repeating: 0)
            guard let start = bytes.baseAddress, let counts = counts.baseAddress else { return [] }
            var position = 0
            while position &+ 4 <= bytes.count {
                counts[Int(start[position])] &+= 1
                counts[256 &+ Int(start[position &+ 1])] &+= 1
                counts[512 &+ Int(start[position &+ 2])] &+= 1
                counts[768 &+ Int(start[position &+ 3])] &+= 1
                position &+= 4
            }
            while position < bytes.count {
                counts[Int(start[position])] &+= 1
                position &+= 1
            }
            return (0..<256).map { counts[$0] + counts[256 + $0] + counts[512 + $0] + counts[768 + $0] }
        }
    }
}
