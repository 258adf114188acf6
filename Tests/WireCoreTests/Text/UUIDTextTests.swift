import Testing
import WireCore

@Suite struct UUIDTextTests {
    @Test func textHasFiveGroupsOfDigits() {
        let bytes = (0..<16).map { UInt8($0) * 0x11 }
        let text = String(unsafeUninitializedCapacity: UUIDText.byteCount) { buffer in
            bytes.withUnsafeBytes { UUIDText.write($0, to: buffer.baseAddress!) } - buffer.baseAddress!
        }
        #expect(text == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(text.utf8.count == UUIDText.byteCount)
    }
}
