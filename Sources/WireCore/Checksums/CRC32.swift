import CChecksums
import CZlib

/// The CRC-32 of ISO-HDLC (zlib, gzip, MySQL's binlog): reflected polynomial 0xEDB88320.
package enum CRC32 {
    /// The checksum of `bytes`; with `continuing`, that of what had this checksum before, followed by `bytes`.
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard ChecksumInstructions.areSupported else { return checksumByZlib(bytes, continuing: seed) }
        guard let start = bytes.baseAddress else { return seed }
        return ~cchecksums_crc32(~seed, start, bytes.count)
    }

    /// The same for CPUs without an instruction for it.
    package static func checksumByZlib(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard let address = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return seed }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(seed), address, bytes.count))
    }
}
