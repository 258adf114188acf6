import Testing
import WireCore

@Suite struct LittleEndianNumberTests {
    @Test(arguments: 1...8)
    func numberHasTheFirstBytesInReverseOrder(count: Int) {
        let bytes: [UInt8] = [0xF1, 0x82, 0x93, 0xA4, 0xB5, 0xC6, 0xD7, 0xE8, 0xFF]
        let expected = bytes[..<count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        bytes.withUnsafeBytes { #expect($0.littleEndian(count) == expected) }
    }
}
