/// The CRC-32C (Castagnoli) of iSCSI, ext4 and Kafka's record batches: reflected polynomial 0x82F63B78.
///
/// Slicing by 16: sixteen table look-ups replace 128 shifts, without any dependency between them.
public enum CRC32C {
    /// `tables[k * 256 + b]`: the checksum of byte `b` followed by `k` zero bytes.
    private static let tables: ContiguousArray<UInt32> = {
        var tables = ContiguousArray<UInt32>(repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for slice in 1..<16 {
            for byte in 0..<256 {
                let previous = tables[(slice - 1) * 256 + byte]
                tables[slice * 256 + byte] = previous >> 8 ^ tables[Int(previous & 0xFF)]
            }
        }
        return tables
    }()

    /// The checksum of `bytes`; with `continuing`, that of what had this checksum before, followed by `bytes`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return seed }
        return tables.withUnsafeBufferPointer { tables in
            guard let table = tables.baseAddress else { return seed }
            return ~update(~seed, start, bytes.count, table)
        }
    }

    private static func update(
        _ initial: UInt32, _ start: UnsafeRawPointer, _ count: Int, _ table: UnsafePointer<UInt32>
    ) -> UInt32 {
        var crc = initial
        var offset = 0
        while offset &+ 16 <= count {
            let low = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) ^ UInt64(crc)
            let high = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
            crc = eight(low, table + 8 * 256) ^ eight(high, table)
            offset &+= 16
        }
        while offset < count {
            let byte = start.load(fromByteOffset: offset, as: UInt8.self)
            crc = crc &>> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
            offset &+= 1
        }
        return crc
    }

    /// The contribution of eight bytes, the first of which is followed by the most zeros.
    @inline(__always)
    private static func eight(_ word: UInt64, _ table: UnsafePointer<UInt32>) -> UInt32 {
        let first = table[7 &* 256 &+ Int(word & 0xFF)] ^ table[6 &* 256 &+ Int(word &>> 8 & 0xFF)]
        let second = table[5 &* 256 &+ Int(word &>> 16 & 0xFF)] ^ table[4 &* 256 &+ Int(word &>> 24 & 0xFF)]
        let third = table[3 &* 256 &+ Int(word &>> 32 & 0xFF)] ^ table[2 &* 256 &+ Int(word &>> 40 & 0xFF)]
        let fourth = table[1 &* 256 &+ Int(word &>> 48 & 0xFF)] ^ table[Int(word &>> 56)]
        return first ^ second ^ third ^ fourth
    }
}
