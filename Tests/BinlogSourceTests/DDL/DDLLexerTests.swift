import Testing

@testable import BinlogSource

@Suite struct DDLLexerTests {
    /// The tokens' texts, each with a letter for its kind.
    private func read(_ text: String, _ mode: SQLMode = []) -> [String] {
        let bytes = [UInt8](text.utf8)
        let (tokens, fault) = DDLLexer.tokens(of: bytes, sqlMode: mode)
        let texts = tokens.dropLast().map { token in
            let kind: String = switch token.kind {
            case .word: "w"
            case .quotedIdentifier: "q"
            case .string: "s"
            case .number: "n"
            case .hexadecimal: "x"
            case .bits: "b"
            case .symbol: "."
            case .end: "e"
            }
            return kind + ":" + String(decoding: bytes[token.range], as: UTF8.self)
        }
        return fault.map { texts + ["?" + $0.what] } ?? texts
    }

    @Test func wordsAndNumbersAreTokenized() {
        #expect(read("a1 1a $b _c é日") == ["w:a1", "w:1a", "w:$b", "w:_c", "w:é日"])
        #expect(read("1 1.5 .5 1e5 1.5E-3 5.") == ["n:1", "n:1.5", "n:.5", "n:1e5", "n:1.5E-3", "n:5."])
        #expect(read("0x1F x'1f' 0b01 B'01' 0xZ 0x") == ["x:0x1F", "x:x'1f'", "b:0b01", "b:B'01'", "w:0xZ", "w:0x"])
        #expect(read("d.1e5 `d`.2x") == ["w:d", ".:.", "w:1e5", "q:`d`", ".:.", "w:2x"])
    }

    @Test func quotedTextsFollowTheSQLMode() {
        #expect(read("'a''b' \"c\"\"d\" `e``f`") == ["s:'a''b'", "s:\"c\"\"d\"", "q:`e``f`"])
        #expect(read("'a\\'b' N'x' n'y'") == ["s:'a\\'b'", "s:N'x'", "s:n'y'"])
        #expect(read("\"c\"", .ansiQuotes) == ["q:\"c\""])
        #expect(read("'a\\' b", .noBackslashEscapes) == ["s:'a\\'", "w:b"])
        #expect(read("`a\\`") == ["q:`a\\`"])
    }

    @Test func commentsAreSkipped() {
        #expect(read("a /* b */ c # d\ne -- f\ng --h") == ["w:a", "w:c", "w:e", "w:g", ".:-", ".:-", "w:h"])
        #expect(read("a --") == ["w:a"])
        #expect(read("a /*!50100 b */ c") == ["w:a", "w:b", "w:c"])
        #expect(read("a /*!b*/ /*M!100100 c */ /*M! d */") == ["w:a", "w:b", "w:c", "w:d"])
        #expect(read("/*!999999\\- sandbox */ a") == ["w:a"])
        #expect(read("a /*!80023 '*/' */ b") == ["w:a", "s:'*/'", "w:b"])
    }

    @Test func unterminatedTokensAreReported() {
        #expect(read("a 'b") == ["w:a", "?a string"])
        #expect(read("a `b") == ["w:a", "?a quoted name"])
        #expect(read("a /* b") == ["w:a", "?a comment"])
        #expect(read("a 'b\\") == ["w:a", "?a string"])
    }
}
