import Testing
import WireCore
import WireTestSupport

@Suite struct JavaNumberTests {
    /// Bit patterns with Java's text.
    @Test func numbersAreWrittenAsInJava() throws {
        let lines = try Fixtures.text("java/numbers.txt").split(separator: "\n")
        #expect(lines.count > 1400)
        for line in lines {
            let fields = line.split(separator: " ")
            let bits = try #require(UInt64(fields[1], radix: 16))
            let isDouble = fields[0] == "d"
            let number = isDouble ? Double(bitPattern: bits) : 0
            let float = isDouble ? 0 : Float(bitPattern: UInt32(bits))
            let text = isDouble ? JavaNumber.text(number) : JavaNumber.text(float)
            #expect(text == fields[2], "\(line)")
            var writer = ByteWriter()
            if isDouble { writer.jsonNumber(number) } else { writer.jsonNumber(float) }
            let written = String(decoding: writer.array(), as: UTF8.self)
            let isFinite = isDouble ? number.isFinite : float.isFinite
            #expect(written == (isFinite ? text : "\"\(text)\""), "\(line)")
        }
    }

    /// Doubles inside streamed JSON, as Debezium writes them.
    @Test(arguments: [
        (0.001, "0.001"), (9_999_999.5, "9999999.5"), (123_456_789_012.0, "123456789012"), (-0.0, "-0.0"), (0, "0.0"),
        (1e22, "10000000000000000000000"), (2.5, "2.5"), (1e7, "10000000"), (5, "5.0"),
        (1e-7, "0.0000000999999999999999954748111825886258685613938723690807819366455078125"),
        (-0.0009, "-0.00089999999999999997536692664112933925935067236423492431640625"),
    ])
    func plainNumbersHaveNoExponent(_ value: Double, _ text: String) { #expect(JavaNumber.plain(value) == text) }

    @Test func plainNotationIsExact() {
        #expect(JavaNumber.exactExpansion(0.1) == "0.1000000000000000055511151231257827021181583404541015625")
        #expect(JavaNumber.exactExpansion(-0.5) == "-0.5")
        #expect(JavaNumber.exactExpansion(.leastNonzeroMagnitude).count == 1076)
        #expect(JavaNumber.exactExpansion(0) == "0")
        #expect(JavaNumber.exactExpansion(1.7976931348623157e308).count == 309)
    }
}
