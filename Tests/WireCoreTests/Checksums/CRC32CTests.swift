import Testing
import WireCore
import WireTestSupport

@Suite struct CRC32CTests {
    private static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.checksum($0) } }

    /// RFC 3720, B.4, and the check value of the CRC catalogue.
    @Test func checksumsEqualTheVectorsOfISCSI() {
        #expect(Self.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Self.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Self.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(Self.checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(Self.checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
        #expect(Self.checksum([]) == 0)
    }

    /// Bit by bit, as the polynomial defines it.
    private static func reference(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }

    @Test func checksumsOfEveryLengthAndAlignmentEqualTheDefinition() {
        var generator = SeededGenerator(seed: 5)
        let bytes = (0..<128).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        for start in 0..<17 {
            for end in start...bytes.count {
                let piece = Array(bytes[start..<end])
                bytes.withUnsafeBytes { all in
                    #expect(
                        CRC32C.checksum(UnsafeRawBufferPointer(rebasing: all[start..<end])) == Self.reference(piece))
                }
            }
        }
    }

    /// Lengths around four times 1024 bytes: long inputs are processed in four interleaved parts of that size.
    @Test(arguments: [1023, 1024, 4095, 4096, 4097, 8191, 8192, 12_301])
    func checksumsOfLongInputsEqualTheDefinition(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        #expect(Self.checksum(bytes) == Self.reference(bytes))
        let first = bytes[..<100].withUnsafeBytes { CRC32C.checksum($0) }
        #expect(bytes[100...].withUnsafeBytes { CRC32C.checksum($0, continuing: first) } == Self.reference(bytes))
    }

    @Test func checksumCanBeContinued() {
        let bytes = Array("a record batch is checksummed in two pieces".utf8)
        for cut in 0...bytes.count {
            let first = bytes[..<cut].withUnsafeBytes { CRC32C.checksum($0) }
            #expect(bytes[cut...].withUnsafeBytes { CRC32C.checksum($0, continuing: first) } == Self.checksum(bytes))
        }
    }
}
