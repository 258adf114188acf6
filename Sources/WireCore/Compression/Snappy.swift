/// Snappy's block format (google/snappy, `format_description.txt`): the size of the content as a varint, then literals
/// and copies, each with a tag byte.
///
/// | tag's low bits | element |
/// |---|---|
/// | 00 | literal: length - 1 in the upper six bits; 60 to 63: in 1 to 4 bytes that follow |
/// | 01 | copy: length - 4 in three bits, distance in the three upper bits and a byte that follows |
/// | 10, 11 | copy: length - 1 in the upper six bits, distance in 2 or 4 bytes that follow |
package enum Snappy {
    private static let name = "snappy"
    /// A copy never reaches further back than to the beginning of its fragment.
    private static let fragmentBytes = 1 << 16
    private static let tableBits = 14

    /// The maximum size of `byteCount` bytes in this format.
    private static func compressedBytesMax(_ byteCount: Int) -> Int { 32 + byteCount + byteCount / 6 }

    // MARK: Compression

    /// Appends `bytes`, compressed, as one block. Precondition: they are fewer than 2^32.
    package static func compress(_ bytes: UnsafeRawBufferPointer, into writer: inout ByteWriter) {
        writer.unsignedVarint(UInt64(UInt32(bytes.count)))
        var rest = bytes
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 1 << tableBits) { table in
            while !rest.isEmpty {
                let fragment = UnsafeRawBufferPointer(rebasing: rest.prefix(fragmentBytes))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(fragmentBytes))
                writer.appending(atMost: compressedBytesMax(fragment.count)) { room in
                    guard let source = fragment.baseAddress, let target = room.baseAddress,
                        let table = table.baseAddress
                    else { return 0 }
                    let start = target.assumingMemoryBound(to: UInt8.self)
                    return compress(
                        source.assumingMemoryBound(to: UInt8.self), count: fragment.count, table, to: start) - start
                }
            }
        }
    }

    /// Writes the elements of a fragment. Returns the address after them.
    private static func compress(
        _ start: UnsafePointer<UInt8>, count: Int, _ table: UnsafeMutablePointer<UInt16>,
        to target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let end = start + count
        var target = target
        guard count >= 16 else { return appendLiteral(start, count: count, to: target) }
        // A small fragment needs, and clears, a small table.
        let bits = min(tableBits, Int.bitWidth - (count - 1).leadingZeroBitCount)
        let shift = UInt32(32 - bits)
        table.update(repeating: 0, count: 1 << bits)
        // The last bytes are literals: loads of eight bytes stay inside.
        let searchEnd = end - 15
        var literal = start
        var position = start + 1
        search: while true {
            // The longer nothing was found, the larger the steps.
            var skip = 32
            var candidate = start
            var next = position
            repeat {
                position = next
                next = position + skip &>> 5
                skip &+= 1
                if next >= searchEnd { break search }
                let slot = hash(position, shift)
                candidate = start + Int(table[slot])
                table[slot] = UInt16(truncatingIfNeeded: position - start)
            } while word(position) != word(candidate)

            target = appendLiteral(literal, count: position - literal, to: target)
            repeat {
                let length = 4 &+ MatchLength.count(candidate + 4, position + 4, end: end)
                target = appendCopy(distance: position - candidate, length: length, to: target)
                position += length
                literal = position
                if position >= searchEnd { break search }
                table[hash(position - 1, shift)] = UInt16(truncatingIfNeeded: position - 1 - start)
                let slot = hash(position, shift)
                candidate = start + Int(table[slot])
                table[slot] = UInt16(truncatingIfNeeded: position - start)
            } while word(position) == word(candidate)
            position += 1
        }
        return literal < end ? appendLiteral(literal, count: end - literal, to: target) : target
    }

    @inline(__always)
    private static func word(_ address: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(address).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    private static func hash(_ address: UnsafePointer<UInt8>, _ shift: UInt32) -> Int {
        Int((word(address) &* 0x1E35_A7BD) &>> shift)
    }

    @inline(__always)
    private static func appendLiteral(
        _ source: UnsafePointer<UInt8>, count: Int, to target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var target = target
        let length = count &- 1
        if length < 60 {
            target[0] = UInt8(truncatingIfNeeded: length &<< 2)
            target += 1
        } else {
            let lengthBytes = length < 1 << 8 ? 1 : 2
            target[0] = UInt8(truncatingIfNeeded: (59 &+ lengthBytes) &<< 2)
            target[1] = UInt8(truncatingIfNeeded: length)
            if lengthBytes == 2 { target[2] = UInt8(truncatingIfNeeded: length &>> 8) }
            target += 1 + lengthBytes
        }
        target.update(from: source, count: count)
        return target + count
    }

    /// Precondition: the length is at least 4, the distance below 2^16.
    @inline(__always)
    private static func appendCopy(
        distance: Int, length: Int, to target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var (target, rest) = (target, length)
        // No rest may have fewer than 4 bytes, the least that the short form has.
        while rest >= 68 {
            target = appendLongCopy(distance, 64, to: target)
            rest &-= 64
        }
        if rest > 64 {
            target = appendLongCopy(distance, 60, to: target)
            rest &-= 60
        }
        guard rest < 12, distance < 2048 else { return appendLongCopy(distance, rest, to: target) }
        target[0] = UInt8(truncatingIfNeeded: 1 | (rest &- 4) &<< 2 | (distance &>> 8) &<< 5)
        target[1] = UInt8(truncatingIfNeeded: distance)
        return target + 2
    }

    @inline(__always)
    private static func appendLongCopy(
        _ distance: Int, _ length: Int, to target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        target[0] = UInt8(truncatingIfNeeded: 2 | (length &- 1) &<< 2)
        target[1] = UInt8(truncatingIfNeeded: distance)
        target[2] = UInt8(truncatingIfNeeded: distance &>> 8)
        return target + 3
    }

    // MARK: Expansion

    /// Appends the content of one block.
    ///
    /// - Throws: `.corrupt`, or `.tooLarge` if the block's own size exceeds `limitBytes`.
    package static func expand(
        _ block: UnsafeRawBufferPointer, limitBytes: Int, into writer: inout ByteWriter
    ) throws(CompressionError) {
        let (contentBytes, headerBytes) = try contentSize(block)
        guard contentBytes <= limitBytes else { throw .tooLarge(codec: name, limitBytes: limitBytes) }
        // An element of three bytes gives at most 64: a larger size is wrong, and is not allocated.
        guard contentBytes <= (block.count - headerBytes + 2) / 3 * 64 else {
            throw .corrupt(codec: name, reason: "\(block.count) bytes cannot contain \(contentBytes)")
        }
        let elements = UnsafeRawBufferPointer(rebasing: block[headerBytes...])
        guard let source = elements.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            if contentBytes == 0 { return }
            throw .corrupt(codec: name, reason: "the data ends too early")
        }
        var failure: String?
        writer.appending(atMost: contentBytes + WideCopy.slackBytes) { room in
            guard let target = room.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            failure = expand(source, count: elements.count, to: target, count: contentBytes)
            return failure == nil ? contentBytes : 0
        }
        if let failure { throw .corrupt(codec: name, reason: failure) }
    }

    /// The size that a block begins with, and the number of bytes that it takes.
    private static func contentSize(_ block: UnsafeRawBufferPointer) throws(CompressionError) -> (Int, Int) {
        var size: UInt64 = 0
        for index in 0..<min(5, block.count) {
            size |= UInt64(block[index] & 0x7F) << (7 * UInt64(index))
            if block[index] < 0x80 {
                guard size <= UInt64(UInt32.max) else { break }
                return (Int(size), index + 1)
            }
        }
        throw .corrupt(codec: name, reason: "the block has no valid size")
    }

    /// Writes the content of elements. The memory has `WideCopy.slackBytes` more than `targetCount`.
    ///
    /// - Returns: what is wrong with the elements.
    private static func expand(
        _ source: UnsafePointer<UInt8>, count: Int, to start: UnsafeMutablePointer<UInt8>, count targetCount: Int
    ) -> String? {
        var source = source
        let end = source + count
        // Before it, a tag and the 16 bytes that follow can be read.
        let wideEnd = end - min(count, 17 + 4)
        var target = start
        let targetEnd = start + targetCount
        while source < end {
            let tag = source.pointee
            source += 1
            let distance: Int
            let length: Int
            if tag & 3 == 0 {
                var count = Int(tag &>> 2) &+ 1
                if count > 60 {
                    let lengthBytes = count &- 60
                    guard end - source >= lengthBytes else { return tooShort }
                    let bytes = UnsafeRawBufferPointer(start: source, count: lengthBytes)
                    count = Int(bytes.littleEndian(lengthBytes)) &+ 1
                    source += lengthBytes
                }
                guard count <= targetEnd - target else { return tooMuch }
                if count <= 16, source < wideEnd {
                    WideCopy.copy(from: source, to: target, count: 16)
                } else {
                    guard count <= end - source else { return tooShort }
                    target.update(from: source, count: count)
                }
                source += count
                target += count
                continue
            }
            if tag & 3 == 1 {
                guard source < end else { return tooShort }
                length = 4 &+ Int(tag &>> 2 & 7)
                distance = Int(tag &>> 5) &<< 8 | Int(source.pointee)
                source += 1
            } else {
                let distanceBytes = tag & 3 == 2 ? 2 : 4
                guard end - source >= distanceBytes else { return tooShort }
                length = 1 &+ Int(tag &>> 2)
                distance = Int(UnsafeRawBufferPointer(start: source, count: distanceBytes).littleEndian(distanceBytes))
                source += distanceBytes
            }
            guard distance > 0, distance <= target - start else { return "a copy begins before the content" }
            guard length <= targetEnd - target else { return tooMuch }
            WideCopy.repeatBytes(at: distance, to: target, count: length)
            target += length
        }
        return target == targetEnd ? nil : tooShort
    }

    private static let tooShort = "the data ends too early"
    private static let tooMuch = "the block contains more than its size"
}
