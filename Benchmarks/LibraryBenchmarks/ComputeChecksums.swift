import WireCore

/// The implementations of checksums, by the CPU's instructions and without them.
enum ChecksumImplementation: String {
    case crc32c, crc32cTables = "crc32c-tables", crc32, crc32Zlib = "crc32-zlib"

    @inline(__always)
    func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32) -> UInt32 {
        switch self {
        case .crc32c: CRC32C.checksum(bytes, continuing: seed)
        case .crc32cTables: CRC32C.checksumByTables(bytes, continuing: seed)
        case .crc32: CRC32.checksum(bytes, continuing: seed)
        case .crc32Zlib: CRC32.checksumByZlib(bytes, continuing: seed)
        }
    }
}

/// Computes the checksum of the same `inputBytes` in memory repeatedly, `totalMegabytes` in all.
func computeChecksums(_ name: String, inputBytes: Int, totalMegabytes: Int) throws -> Outcome {
    guard let implementation = ChecksumImplementation(rawValue: name) else {
        throw BenchmarkError("\(name) is no implementation of a checksum")
    }
    let input = (0..<max(inputBytes, 1)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let callCount = max(1, totalMegabytes * 1_000_000 / input.count)
    return try Outcome.timed {
        var checksum: UInt32 = 0
        input.withUnsafeBytes { bytes in
            for _ in 0..<callCount { checksum = implementation.checksum(bytes, continuing: checksum) }
        }
        // The checksum is used, so that it is computed.
        guard checksum != 0 else { throw BenchmarkError("the checksum is 0") }
        return (callCount, callCount * input.count)
    }
}
