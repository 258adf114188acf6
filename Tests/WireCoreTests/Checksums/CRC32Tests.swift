import Testing
import WireCore

@Suite struct ChecksumTests {
    /// The check values that the definitions of both give for "123456789", and RFC 3720's for CRC-32C.
    @Test func checkValuesAreRight() {
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
        #expect(digits.withUnsafeBytes { CRC32C.checksum($0) } == 0xE306_9283)
        #expect([UInt8](repeating: 0, count: 32).withUnsafeBytes { CRC32C.checksum($0) } == 0x8A91_36AA)
        #expect([UInt8](repeating: 0xFF, count: 32).withUnsafeBytes { CRC32C.checksum($0) } == 0x62A8_AB43)
        #expect([UInt8](0..<32).withUnsafeBytes { CRC32C.checksum($0) } == 0x46DD_794E)
        #expect([UInt8](0..<32).reversed().withUnsafeBytes { CRC32C.checksum($0) } == 0x113F_DB5C)
        #expect([UInt8]().withUnsafeBytes { CRC32.checksum($0) } == 0)
        #expect([UInt8]().withUnsafeBytes { CRC32C.checksum($0) } == 0)
    }

    @Test func aChecksumGoesOnWhereItStopped() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = bytes.withUnsafeBytes { (CRC32.checksum($0), CRC32C.checksum($0)) }
        for cut in [0, 1, 15, 16, 17, 500, 999, 1000] {
            let first = bytes[..<cut].withUnsafeBytes { (CRC32.checksum($0), CRC32C.checksum($0)) }
            let both = bytes[cut...].withUnsafeBytes {
                (CRC32.checksum($0, continuing: first.0), CRC32C.checksum($0, continuing: first.1))
            }
            #expect(both == whole)
        }
    }
}
