import Testing
import WireCore

@Suite struct HexTextTests {
    @Test func eachByteIsTwoDigits() {
        #expect(HexText.text([0x00, 0x09, 0x0A, 0x9F, 0xF0, 0xFF]) == "00090a9ff0ff")
        #expect(HexText.text([0xAB, 0x0C], isUppercase: true) == "AB0C")
        #expect(HexText.text([UInt8]()) == "")
    }

    @Test func digitsAreReadBack() {
        for byte in UInt8.min...UInt8.max {
            let digits = Array(HexText.text([byte]).utf8).map(\.hexDigitValue)
            #expect(digits == [byte >> 4, byte & 15])
        }
    }
}
