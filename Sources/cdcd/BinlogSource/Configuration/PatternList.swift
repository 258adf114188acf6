import ConnectData

/// A comma-separated list of case-insensitive Java regular expressions; `\,` is a comma within one.
struct PatternList: Sendable {
    let patterns: [JavaPattern]

    init(_ text: String) throws(JavaPattern.SyntaxError) {
        var patterns: [JavaPattern] = []
        for item in Self.items(text) {
            // Debezium anchors its lists, `^…$` in the text included.
            patterns.append(try JavaPattern(item, caseInsensitive: true))
        }
        self.patterns = patterns
    }

    func matches(_ text: String) -> Bool { patterns.contains { $0.matchesWholeWithoutLimit(text) } }

    static func items(_ text: String) -> [String] {
        var items: [String] = []
        var current = ""
        var isEscaped = false
        for character in text {
            switch (character, isEscaped) {
            case (",", false):
                items.append(current)
                current = ""
            case (",", true): current.append(",")
            case ("\\", false):
                isEscaped = true
                continue
            case (_, true):
                current.append("\\")
                current.append(character)
            default: current.append(character)
            }
            isEscaped = false
        }
        if isEscaped { current.append("\\") }
        items.append(current)
        return items.map { JavaText.trim($0) }.filter { !$0.isEmpty }
    }
}
