/// The names and words that occur in a statement outside of its string literals, without regard to case.
struct StatementWords {
    private var words: Set<String> = []

    init(_ statement: String) {
        var word = ""
        var quote: Character?
        for character in statement {
            if let open = quote {
                if character == open {
                    quote = nil
                    if open == "`" { finish(&word) } else { word = "" }
                } else {
                    word.append(character)
                }
            } else if character == "`" || character == "'" || character == "\"" {
                finish(&word)
                quote = character
            } else if character.isLetter || character.isNumber || character == "_" || character == "$" {
                word.append(character)
            } else {
                finish(&word)
            }
        }
        finish(&word)
    }

    func contains(_ name: String) -> Bool { words.contains(name.lowercased()) }

    private mutating func finish(_ word: inout String) {
        if !word.isEmpty { words.insert(word.lowercased()) }
        word = ""
    }
}
