import Testing
import WireTestSupport

@testable import BinlogSource

@Suite struct TextNumberTests {
    private static func double(_ text: String) -> Double? { Array(text.utf8).withUnsafeBytes { TextNumber.double($0) } }
    private static func float(_ text: String) -> Float? { Array(text.utf8).withUnsafeBytes { TextNumber.float($0) } }

    /// The standard library returns the nearest number, so both must be equal to the last bit.
    @Test func fastPathRoundsAsTheStandardLibrary() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<20_000 {
            let digits = Int.random(in: 1...18, using: &generator)
            let point = Int.random(in: 0...digits, using: &generator)
            let number = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
            var text = Bool.random(using: &generator) ? "-" : ""
            text += point == 0 ? "0" : number.prefix(point)
            if point < digits { text += "." + number.dropFirst(point) }
            #expect(Self.double(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
            #expect(Self.float(text)?.bitPattern == Float(text)?.bitPattern, "\(text)")
        }
    }

    @Test(arguments: ["-0", "0.1", "9007199254740992", "9007199254740993", "16777217", "1e22", "-1.5E-7", "3.40282e38"])
    func edgeCasesAreParsedAsByTheStandardLibrary(text: String) {
        #expect(Self.double(text)?.bitPattern == Double(text)?.bitPattern)
        #expect(Self.float(text)?.bitPattern == Float(text)?.bitPattern)
    }

    @Test(arguments: ["", "-", "x", "1x", "1.2.3", "--1"]) func invalidNumbersAreNil(text: String) {
        #expect(Self.double(text) == nil)
        #expect(Self.float(text) == nil)
    }
}
