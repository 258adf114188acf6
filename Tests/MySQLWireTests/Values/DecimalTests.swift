import Testing

@testable import MySQLWire

@Suite struct DecimalTests {
    @Test func plainTextKeepsTheScale() {
        #expect(DecimalText.plain(isNegative: true, digits: [0, 0, 1, 5, 0], scale: 3) == "-0.150")
        #expect(DecimalText.plain(isNegative: true, digits: [0, 0, 0], scale: 2) == "0.00")
        #expect(DecimalText.plain(isNegative: false, digits: [1, 2, 3], scale: 0) == "123")
    }
}
