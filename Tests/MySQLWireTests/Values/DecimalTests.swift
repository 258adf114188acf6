import Testing
import WireTestSupport

@testable import MySQLWire

@Suite struct DecimalTests {
    @Test func plainTextKeepsTheScale() {
        #expect(DecimalText.plain(isNegative: true, digits: [0, 0, 1, 5, 0], scale: 3) == "-0.150")
        #expect(DecimalText.plain(isNegative: true, digits: [0, 0, 0], scale: 2) == "0.00")
        #expect(DecimalText.plain(isNegative: false, digits: [1, 2, 3], scale: 0) == "123")
    }

    @Test func storedDecimalsAreTextAsTheServerPrintsThem() {
        func text(_ cell: [UInt8], _ precision: Int, _ scale: Int) -> String {
            cell.withUnsafeBytes { PackedDecimal.text($0, precision: precision, scale: scale) }
        }
        // MySQL's decimal.c: 1234567890.1234 as DECIMAL(14,4), and its negative.
        #expect(text([0x81, 0x0D, 0xFB, 0x38, 0xD2, 0x04, 0xD2], 14, 4) == "1234567890.1234")
        #expect(text([0x7E, 0xF2, 0x04, 0xC7, 0x2D, 0xFB, 0x2D], 14, 4) == "-1234567890.1234")
        #expect(text([0x80], 1, 0) == "0")
        #expect(text([0x7F], 2, 2) == "0.00")
        #expect(text([0x7A], 2, 2) == "-0.05")
    }

    /// For cells of all layouts, also damaged ones, the text is that of the digits.
    @Test func storedDecimalsAreTextOfTheirDigits() {
        var generator = SeededGenerator(seed: 12)
        for precision in 1...65 {
            for scale in 0...min(precision, 30) {
                let count = PackedDecimal.storedBytes(precision: precision, scale: scale)
                for fill in 0..<4 {
                    let cell = (0..<count).map { _ in
                        fill == 0 ? 0x7F : fill == 1 ? 0x80 : UInt8.random(in: .min ... .max, using: &generator)
                    }
                    cell.withUnsafeBytes { cell in
                        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
                        #expect(
                            PackedDecimal.text(cell, precision: precision, scale: scale)
                                == DecimalText.plain(isNegative: isNegative, digits: digits, scale: scale))
                    }
                }
            }
        }
    }
}
