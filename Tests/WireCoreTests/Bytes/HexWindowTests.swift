import Testing
import WireCore

@Suite struct HexWindowTests {
    private func window(_ count: Int, _ offset: Int) -> String {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        return HexWindow(bytes.span.bytes, around: offset, radiusBytes: 2).text
    }

    @Test func windowShowsBytesAroundTheOffset() {
        #expect(window(20, 10) == "… 08 09 [0a] 0b 0c …")
        #expect(window(20, 0) == "[00] 01 02 …")
        #expect(window(20, 19) == "… 11 12 [13]")
        #expect(window(3, 1) == "00 [01] 02")
    }

    @Test func offsetsOutOfRangeAreAccepted() {
        #expect(window(3, 3) == "… 01 02")
        #expect(window(3, 100) == "… 01 02")
        #expect(window(3, -5) == "00 01 02")
        #expect(window(0, 0) == "")
    }
}
