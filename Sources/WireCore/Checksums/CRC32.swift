import CZlib

/// The CRC-32 of ISO-HDLC (zlib, gzip, MySQL's binlog).
package enum CRC32 {
    package static func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
        guard let address = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return seed }
        return UInt32(truncatingIfNeeded: crc32_z(UInt(seed), address, bytes.count))
    }
}
