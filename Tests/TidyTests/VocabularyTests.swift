import Testing

/// Words and phrases that are avoided in names, comments, messages and documents.
///
/// The list has only words without a proper use in this field, so that no good sentence has to be rewritten. A name
/// counts by the words that it is made of: `PartitionLane` contains "lane".
@Suite struct VocabularyTests {
    private struct Rule {
        /// Words in lower case, or a phrase with blanks.
        let texts: [String]
        let replacement: String
    }

    private static let rules = [
        // Metaphors, for which Kafka's and MySQL's documentation has terms.
        Rule(texts: ["aftermath"], replacement: "effects"),
        Rule(texts: ["doorbell", "doorbells"], replacement: "wakeup"),
        Rule(texts: ["lane", "lanes"], replacement: "queue"),
        Rule(texts: ["shipment", "shipments"], replacement: "in-flight batch"),
        Rule(texts: ["good-bye", "goodbye", "goodbyes"], replacement: "the name of the message, e.g. COM_QUIT"),
        // Verbs that describe code as a person.
        Rule(texts: ["tell", "tells", "telling", "told"], replacement: "report, return, notify, distinguish"),
        Rule(texts: ["remember", "remembers", "remembered"], replacement: "store, keep, record"),
        Rule(texts: ["doubt", "doubts", "doubted"], replacement: "check, validate"),
        Rule(texts: ["believe", "believes", "believed"], replacement: "accept, trust"),
        Rule(texts: ["wish", "wishes", "wished"], replacement: "request"),
        Rule(texts: ["meddle", "meddles"], replacement: "change, interfere"),
        // Words and phrases that are archaic, or not idiomatic in technical English.
        Rule(texts: ["anew"], replacement: "again"),
        Rule(texts: ["whoever"], replacement: "the caller, any client"),
        Rule(texts: ["mend", "mends", "mended"], replacement: "fix"),
        Rule(texts: ["so many", "so much", "so long"], replacement: "this number, amount, duration"),
        Rule(texts: ["under way"], replacement: "in progress"),
        Rule(texts: ["goes on", "went on"], replacement: "continues, resumes"),
        Rule(texts: ["to be had"], replacement: "available"),
        Rule(texts: ["becomes of"], replacement: "happens to, the result of"),
        Rule(texts: ["what is so"], replacement: "the actual state"),
        Rule(texts: ["nil where", "false where", "true where", "throws where"], replacement: "if"),
    ]

    /// Texts of others, which stay as they are.
    private static let exceptions: [(path: String, text: String, reason: String)] = [
        ("Tests/WireCoreTests/Compression/GzipTests.swift", "good-bye", "the contents of a fixture that Python compressed"),
    ]

    private static let files =
        ["Sources", "Tests", "Benchmarks", "Fuzzing", "Examples"].flatMap {
            Repository.files(in: $0, endingWith: [".swift", ".py", ".md", ".case"])
        }.filter { !$0.isGenerated && $0.name != "VocabularyTests.swift" }
        + Repository.files(in: "docs", endingWith: [".md"])
        + Repository.paths(in: "scripts").compactMap { path in
            Repository.text(path).map { Repository.File(path: path, text: $0) }
        }
        + ["README.md", "CONTRIBUTING.md", "Package.swift", ".ci/run"].compactMap { path in
            Repository.text(path).map { Repository.File(path: path, text: $0) }
        }

    /// The words of a line in lower case, each between blanks; names are split before capital letters.
    static func words(of line: Substring) -> String {
        var text = " "
        let characters = [Character](line)
        for (index, character) in characters.enumerated() {
            let last = index > 0 ? characters[index - 1] : " "
            if character.isLetter {
                let beginsWord = last.isUppercase && index + 1 < characters.count && characters[index + 1].isLowercase
                if character.isUppercase, last.isLowercase || beginsWord { text.append(" ") }
                text.append(contentsOf: character.lowercased())
            } else if character == "-", last.isLetter {
                text.append("-")
            } else if text.last != " " {
                text.append(" ")
            }
        }
        return text.last == " " ? text : text + " "
    }

    @Test(arguments: [
        ("let partitionLane = 1 // so  many", " let partition lane so many "), ("good-bye: HTTPWish", " good-bye http wish "),
        ("beginsANewEpoch", " begins a new epoch "),
    ])
    func namesAndCommentsAreSplitIntoWords(line: Substring, expected: String) {
        #expect(Self.words(of: line) == expected)
    }

    @Test func onlyPlainTermsAreUsed() {
        let phrases = Self.rules.flatMap { rule in rule.texts.map { (text: $0, replacement: rule.replacement) } }
        for file in Self.files {
            let whole = file.text.lowercased()
            for phrase in phrases where whole.contains(phrase.text) {
                guard !Self.exceptions.contains(where: { $0.path == file.path && $0.text == phrase.text })
                else { continue }
                for (number, line) in file.lines.enumerated() where Self.words(of: line).contains(" \(phrase.text) ") {
                    // A pattern of Swift, not English.
                    if phrase.text == "nil where", line.contains("case nil where") { continue }
                    Issue.record("\(file.path):\(number + 1) uses \"\(phrase.text)\"; write: \(phrase.replacement)")
                }
            }
        }
    }

    @Test func exceptionsAreStillNeeded() {
        for exception in Self.exceptions {
            let file = Self.files.first { $0.path == exception.path }
            #expect(file?.text.lowercased().contains(exception.text) == true, "\(exception.path): \(exception.reason)")
        }
    }
}
