/// The names and words that occur in a statement outside of its string literals, without regard to case.
///
/// Whether a backslash escapes in a literal depends on the session (`NO_BACKSLASH_ESCAPES`), so that a literal may end
/// in two places: what stands outside by either reading counts, since overlooking a name would lose its rows.
struct StatementWords {
    private var words: Set<String> = []

    init(_ statement: String) {
        read(statement, escapes: true)
        if statement.utf8.contains(UInt8(ascii: "\\")) { read(statement, escapes: false) }
    }

    private mutating func read(_ statement: String, escapes: Bool) {
        var word = ""
        var quote: Unicode.Scalar?
        var isEscaped = false
        for character in statement.unicodeScalars {
            if let open = quote {
                if isEscaped {
                    isEscaped = false
                } else if escapes, character == "\\", open != "`" {
                    isEscaped = true
                } else if character == open {
                    quote = nil
                    if open == "`" { finish(&word) } else { word = "" }
                } else {
                    word.unicodeScalars.append(character)
                }
            } else if character == "`" || character == "'" || character == "\"" {
                finish(&word)
                quote = character
            } else if Self.isPartOfName(character) {
                word.unicodeScalars.append(character)
            } else {
                finish(&word)
            }
        }
        finish(&word)
    }

    /// Without quotes a name consists of these.
    private static func isPartOfName(_ character: Unicode.Scalar) -> Bool {
        switch character.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: character == "_" || character == "$"
        }
    }

    func contains(_ name: String) -> Bool { words.contains(name.lowercased()) }

    private mutating func finish(_ word: inout String) {
        if !word.isEmpty { words.insert(word.lowercased()) }
        word = ""
    }
}
