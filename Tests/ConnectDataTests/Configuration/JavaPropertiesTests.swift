import Testing

@testable import ConnectData

@Suite struct JavaPropertiesTests {
    @Test func charactersOfTextsAreTakenAsTheyAre() throws {
        #expect(try JavaProperties.parse("é€\\\n  = \\é😀\\u0041 \n") == ["é€": "é😀A "])
        #expect(throws: JavaProperties.SyntaxError(line: 1)) { try JavaProperties.parse("a=\\u00é1") }
    }

    private func parse(_ text: String) throws -> [String: String] {
        // Java reads bytes as ISO 8859-1.
        try JavaProperties.parse(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }

    @Test func keysEndAtTheFirstSeparator() throws {
        let found = try parse("a=1\nb:2\nc 3\nd = 4\ne\t:\t5\nf\n g=h=i \nj==k\n")
        #expect(found == ["a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "", "g": "h=i ", "j": "=k"])
    }

    @Test func commentsAndBlankLinesAreSkipped() throws {
        #expect(try parse("# a=1\n   ! b=2\n\n \t\n c=3 # not a comment\n") == ["c": "3 # not a comment"])
    }

    @Test func linesEndWithAnyOfJavasLineTerminators() throws {
        #expect(try parse("a=1\rb=2\r\nc=3") == ["a": "1", "b": "2", "c": "3"])
    }

    @Test func backslashAtTheEndContinuesALine() throws {
        #expect(try parse("a=one,\\\n   two,\\\r\n\tthree\nb=2") == ["a": "one,two,three", "b": "2"])
        #expect(try parse("a=x\\\\\nb=2") == ["a": "x\\", "b": "2"])
        // A continuation line that looks like a comment is none; a blank one ends the value.
        #expect(try parse("a=1\\\n# 2\nb=3") == ["a": "1# 2", "b": "3"])
        #expect(try parse("a=1\\") == ["a": "1"])
        // A line with only a backslash is empty: the next line may be a comment, or missing.
        #expect(try parse("\\\n# no\nb=3") == ["b": "3"])
        #expect(try parse("  \\\n\nb=3") == ["b": "3"])
        #expect(try parse("\\\n a=1") == ["a": "1"])
    }

    @Test func escapesAreResolvedInKeysAndValues() throws {
        #expect(try parse("a\\ b\\=c\\:d=x\\ty\\nz\\q") == ["a b=c:d": "x\ty\nzq"])
        #expect(try parse("k=\\u00fc\\uD834\\uDD1E") == ["k": "ü𝄞"])
        #expect(try parse("k=ü") == ["k": "ü"])
    }

    @Test func invalidUnicodeEscapeIsRefusedWithItsLine() {
        #expect(throws: JavaProperties.SyntaxError(line: 2)) { try parse("a=1\nb=\\u12g4\n") }
        #expect(throws: JavaProperties.SyntaxError(line: 1)) { try parse("b=\\u12") }
    }

    @Test func lastLineOfAKeyWins() throws { #expect(try parse("a=1\na=2") == ["a": "2"]) }
}
