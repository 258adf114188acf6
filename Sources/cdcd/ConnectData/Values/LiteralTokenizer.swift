/// Splits the text of a literal at unescaped delimiters, as `Values.Parser` of Connect does.
///
/// Positions count UTF-16 units. Blank tokens are skipped before an expected token, and `mark` returns to the start of
/// the lookahead token: both determine which texts are values and which are strings, so they are kept exactly.
struct LiteralTokenizer {
    private let units: [UInt16]
    private var index = 0
    private var lookahead: Range<Int>?

    init(_ text: String) { units = Array(text.utf16) }

    var hasNext: Bool { lookahead != nil || index < units.count }

    /// The position of the next token, for `rewind`.
    var mark: Int { index - (lookahead?.count ?? 0) }

    mutating func rewind(to mark: Int) {
        index = mark
        lookahead = nil
    }

    mutating func next() -> String { text(nextRange()) }

    /// The text of the next `count` tokens; if there are fewer, returns nil and consumes none.
    mutating func next(_ count: Int) -> String? {
        let start = mark
        for _ in 0..<count {
            guard hasNext else {
                rewind(to: start)
                return nil
            }
            _ = nextRange()
        }
        return text(start..<index)
    }

    /// Consumes the next token that is not blank if it is this one, ignoring white space around it.
    mutating func consume(_ expected: String) -> Bool {
        if lookahead == nil {
            guard hasNext else { return false }
            lookahead = scan()
        }
        while let token = lookahead, Self.isBlank(text(token)), index < units.count { lookahead = scan() }
        guard let token = lookahead, JavaText.trim(text(token)) == expected else { return false }
        lookahead = nil
        return true
    }

    /// Java's `Character.isWhitespace` for the characters of ASCII.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { (0x09...0x0D).contains($0.value) || (0x1C...0x20).contains($0.value) }
    }

    private mutating func nextRange() -> Range<Int> {
        let token = lookahead ?? scan()
        lookahead = nil
        return token
    }

    private mutating func scan() -> Range<Int> {
        let start = index
        var isEscaped = false
        while index < units.count {
            switch units[index] {
            case UInt16(ascii: "\\"): isEscaped.toggle()
            case UInt16(ascii: ":"), UInt16(ascii: ","), UInt16(ascii: "{"), UInt16(ascii: "}"), UInt16(ascii: "["),
                UInt16(ascii: "]"), UInt16(ascii: "\""):
                if !isEscaped {
                    if start == index { index += 1 }
                    return start..<index
                }
                isEscaped = false
            default: isEscaped = false
            }
            index += 1
        }
        return start..<index
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: units[range], as: UTF16.self) }
}

extension UInt16 {
    fileprivate init(ascii scalar: Unicode.Scalar) { self = UInt16(UInt8(ascii: scalar)) }
}
