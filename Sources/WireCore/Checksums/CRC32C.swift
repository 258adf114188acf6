import CChecksums

/// The CRC-32C (Castagnoli) of iSCSI, ext4 and Kafka's record batches: reflected polynomial 0x82F63B78.
package enum CRC32C {
    /// The checksum of `bytes`; with `continuing`, that of what had this checksum before, followed by `bytes`.
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard ChecksumInstructions.areSupported else { return checksumByTables(bytes, continuing: seed) }
        guard let start = bytes.baseAddress else { return seed }
        return ~cchecksums_crc32c(~seed, start, bytes.count)
    }

    /// The same for CPUs without an instruction for it.
    ///
    /// Slicing by 8: eight table look-ups, independent of each other, replace 64 shifts. Since each step depends on the
    /// previous one, long inputs are processed as four interleaved stripes, whose checksums are combined at the end.
    package static func checksumByTables(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return seed }
        return slices.withUnsafeBufferPointer { slices in
            stripeShift.withUnsafeBufferPointer { shift in
                guard let table = slices.baseAddress, let shift = shift.baseAddress else { return seed }
                var crc = ~seed
                var offset = 0
                while offset &+ 4 &* stripeBytes <= bytes.count {
                    crc = fourStripes(crc, start + offset, table, shift)
                    offset &+= 4 &* stripeBytes
                }
                return ~update(crc, start + offset, bytes.count &- offset, table)
            }
        }
    }

    /// Long enough that the cost of combining the checksums is negligible, short enough that the stripes share a cache.
    private static let stripeBytes = 1024

    // MARK: Tables

    /// `slices[k * 256 + b]`: the checksum of byte `b` followed by `k` zero bytes, without the inversions.
    private static let slices: ContiguousArray<UInt32> = {
        var tables = ContiguousArray<UInt32>(repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()

    /// `stripeShift[k * 256 + b]`: what byte `k` of a checksum, if it is `b`, becomes when a stripe of zeros follows.
    /// The bits of a checksum are independent of each other, so the four parts are combined by XOR.
    private static let stripeShift: ContiguousArray<UInt32> = {
        let zeros = [UInt8](repeating: 0, count: stripeBytes)
        var table = ContiguousArray<UInt32>(repeating: 0, count: 4 * 256)
        zeros.withUnsafeBytes { zeros in
            slices.withUnsafeBufferPointer { slices in
                guard let start = zeros.baseAddress, let slices = slices.baseAddress else { return }
                for index in table.indices {
                    table[index] = update(UInt32(index % 256) << (index / 256 * 8), start, stripeBytes, slices)
                }
            }
        }
        return table
    }()

    // MARK: Steps

    /// Four consecutive stripes; the first continues from `initial`.
    private static func fourStripes(
        _ initial: UInt32, _ start: UnsafeRawPointer, _ table: UnsafePointer<UInt32>, _ shift: UnsafePointer<UInt32>
    ) -> UInt32 {
        var (first, second, third, fourth) = (initial, UInt32(0), UInt32(0), UInt32(0))
        var offset = 0
        while offset < stripeBytes {
            first = eight(start + offset, first, table)
            second = eight(start + (offset &+ stripeBytes), second, table)
            third = eight(start + (offset &+ 2 &* stripeBytes), third, table)
            fourth = eight(start + (offset &+ 3 &* stripeBytes), fourth, table)
            offset &+= 8
        }
        return shifted(shifted(shifted(first, shift) ^ second, shift) ^ third, shift) ^ fourth
    }

    @inline(__always)
    private static func shifted(_ crc: UInt32, _ shift: UnsafePointer<UInt32>) -> UInt32 {
        shift[Int(crc & 0xFF)] ^ shift[256 &+ Int(crc &>> 8 & 0xFF)] ^ shift[512 &+ Int(crc &>> 16 & 0xFF)]
            ^ shift[768 &+ Int(crc &>> 24)]
    }

    private static func update(
        _ initial: UInt32, _ start: UnsafeRawPointer, _ count: Int, _ table: UnsafePointer<UInt32>
    ) -> UInt32 {
        var crc = initial
        var offset = 0
        while offset &+ 8 <= count {
            crc = eight(start + offset, crc, table)
            offset &+= 8
        }
        while offset < count {
            let byte = start.load(fromByteOffset: offset, as: UInt8.self)
            crc = crc &>> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
            offset &+= 1
        }
        return crc
    }

    /// Takes eight bytes. The first of them is followed by the most zeros.
    @inline(__always)
    private static func eight(_ start: UnsafeRawPointer, _ crc: UInt32, _ table: UnsafePointer<UInt32>) -> UInt32 {
        let word = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
        let first = table[7 &* 256 &+ Int(word & 0xFF)] ^ table[6 &* 256 &+ Int(word &>> 8 & 0xFF)]
        let second = table[5 &* 256 &+ Int(word &>> 16 & 0xFF)] ^ table[4 &* 256 &+ Int(word &>> 24 & 0xFF)]
        let third = table[3 &* 256 &+ Int(word &>> 32 & 0xFF)] ^ table[2 &* 256 &+ Int(word &>> 40 & 0xFF)]
        let fourth = table[1 &* 256 &+ Int(word &>> 48 & 0xFF)] ^ table[Int(word &>> 56)]
        return first ^ second ^ third ^ fourth
    }
}
