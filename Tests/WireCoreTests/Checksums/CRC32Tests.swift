import Testing
import WireCore

@Suite struct CRC32Tests {
    /// The check value of the CRC catalogue (CRC-32/ISO-HDLC).
    @Test func checksumEqualsTheCheckValue() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
        #expect([UInt8]().withUnsafeBytes { CRC32.checksum($0) } == 0)
    }

    @Test func checksumCanBeContinued() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = bytes.withUnsafeBytes { CRC32.checksum($0) }
        for cut in [0, 1, 15, 16, 17, 500, 999, 1000] {
            let first = bytes[..<cut].withUnsafeBytes { CRC32.checksum($0) }
            #expect(bytes[cut...].withUnsafeBytes { CRC32.checksum($0, continuing: first) } == whole)
        }
    }
}
