import Testing
import WireCore

/// By the CPU's instructions, if it has them; zlib's function is the reference.
@Suite struct CRC32Tests {
    private static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32.checksum($0) } }

    /// The check value of the CRC catalogue (CRC-32/ISO-HDLC), and values of Python's `zlib.crc32`.
    @Test func checksumsEqualKnownValues() {
        #expect(Self.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(Self.checksum([UInt8](repeating: 0, count: 32)) == 0x190A_55AD)
        #expect(Self.checksum([UInt8](repeating: 0xFF, count: 32)) == 0xFF6C_AB0B)
        #expect(Self.checksum((0..<300).map { UInt8(truncatingIfNeeded: $0) }) == 0x3ABC_FCEE)
        #expect(Self.checksum([]) == 0)
        #expect(CRC32.checksum(UnsafeRawBufferPointer(start: nil, count: 0), continuing: 7) == 7)
    }

    @Test func checksumsOfEveryLengthAtEveryAlignmentEqualTheDefinitionAndZlib() {
        let bytes = ChecksumReference.randomBytes(4096 + 16)
        for start in 0..<16 {
            let expected = ChecksumReference.prefixes(of: bytes[start..<start + 4096], polynomial: 0xEDB8_8320)
            bytes.withUnsafeBytes { all in
                let differing = (0...4096).first { count in
                    let piece = UnsafeRawBufferPointer(rebasing: all[start..<start + count])
                    return CRC32.checksum(piece) != expected[count] || CRC32.checksumByZlib(piece) != expected[count]
                }
                #expect(differing == nil, "length \(differing ?? 0) at \(start)")
            }
        }
    }

    @Test(arguments: [8191, 8192, 12_301, 100_003])
    func checksumsOfLongInputsEqualZlib(count: Int) {
        ChecksumReference.randomBytes(count).withUnsafeBytes { bytes in
            #expect(CRC32.checksum(bytes) == CRC32.checksumByZlib(bytes))
        }
    }

    @Test func checksumCanBeContinued() {
        let bytes = ChecksumReference.randomBytes(1000)
        let whole = Self.checksum(bytes)
        for cut in 0...bytes.count {
            let first = Self.checksum(Array(bytes[..<cut]))
            #expect(bytes[cut...].withUnsafeBytes { CRC32.checksum($0, continuing: first) } == whole)
        }
    }
}
