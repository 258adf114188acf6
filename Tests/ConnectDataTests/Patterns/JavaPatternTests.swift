import ConnectData
import Testing
import WireTestSupport

/// Compares results with those of `java.util.regex`.
@Suite struct JavaPatternTests {
    private struct Case {
        let line: String
        let ignoresCase: Bool
        let pattern: String
        let text: String
        let replacement: String
        let answers: [String]

        init(_ line: Substring) {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            self.line = fields[..<4].joined(separator: " ")
            ignoresCase = fields[0] == "i"
            pattern = Case.decode(fields[1])
            text = Case.decode(fields[2])
            replacement = Case.decode(fields[3])
            answers = Array(fields[4...])
        }

        /// `%XXXX` is a UTF-16 code unit.
        static func decode(_ text: String) -> String {
            var units: [UInt16] = []
            var rest = Substring(text)
            while let first = rest.utf16.first {
                if first == 0x25, let unit = UInt16(rest.dropFirst().prefix(4), radix: 16) {
                    units.append(unit)
                    rest = rest.dropFirst(5)
                } else {
                    units.append(first)
                    rest = Substring(rest.utf16.dropFirst())
                }
            }
            return String(decoding: units, as: UTF16.self)
        }
    }

    @Test func matchesEqualJavas() throws {
        let lines = try Fixtures.text("java/patterns.txt").split(separator: "\n")
        #expect(lines.count > 140)
        for item in lines.map(Case.init) {
            let place: Comment = "\(item.line)"
            let pattern: JavaPattern
            do {
                pattern = try JavaPattern(item.pattern, caseInsensitive: item.ignoresCase)
                #expect(item.answers != ["syntax"], place)
            } catch {
                #expect(item.answers == ["syntax"], place)
                continue
            }
            guard item.answers.count == 3 else { continue }
            #expect(try pattern.matchesWhole(item.text) == (item.answers[0] == "matches"), place)
            #expect(pattern.matchesWholeWithoutLimit(item.text) == (item.answers[0] == "matches"), place)
            #expect(try pattern.find(item.text) == (item.answers[1] == "find"), place)
            #expect(pattern.findWithoutLimit(item.text) == (item.answers[1] == "find"), place)
            do {
                let replaced = try pattern.replaceFirst(in: item.text, with: item.replacement) ?? item.text
                #expect(replaced == Case.decode(item.answers[2]), place)
            } catch {
                #expect(item.answers[2] == "error", place)
            }
        }
    }

    @Test func errorsNameThePositionInThePattern() {
        let error = #expect(throws: JavaPattern.SyntaxError.self) { try JavaPattern("([") }
        #expect(error?.description == "Unclosed character class near index 1\n([\n ^")
    }

    @Test func excessiveNestingIsRefused() {
        #expect(throws: JavaPattern.SyntaxError.self) { try JavaPattern(String(repeating: "[", count: 200_000)) }
        let deep = String(repeating: "[a", count: 200_000) + String(repeating: "]", count: 200_000)
        #expect(throws: JavaPattern.SyntaxError.self) { try JavaPattern(deep) }
        let groups = String(repeating: "(", count: 50_000) + "a" + String(repeating: ")", count: 50_000)
        #expect(throws: JavaPattern.SyntaxError.self) { try JavaPattern(groups) }
    }

    @Test func searchesAreGivenUp() throws {
        let text = String(repeating: "a", count: 40) + "!"
        let pattern = try JavaPattern("(a+)+$")
        #expect(throws: DataError.self) { try pattern.matchesWhole(text) }
        #expect(throws: DataError.self) { try pattern.find(text) }
        #expect(throws: DataError.self) { try pattern.replaceFirst(in: text, with: "x") }
        #expect(throws: DataError.self) { try pattern.replaceAll(in: text, with: "x") }
        var topics = TopicReplacement(pattern, replacement: "x")
        #expect(throws: DataError.self) { try topics.target(of: text) }
    }

    /// The text of each group is copied.
    @Test func searchesAreGivenUpForWhatTheyCopy() throws {
        let pattern = try JavaPattern(String(repeating: "(?=(.*))", count: 100) + ".*")
        #expect(try pattern.matches(in: String(repeating: "a", count: 1000)).count == 2)
        #expect(throws: DataError.self) { try pattern.matches(in: String(repeating: "a", count: 1_000_000)) }
        // Every place of the text matches.
        #expect(throws: DataError.self) { try JavaPattern("").matches(in: String(repeating: "a", count: 2_000_000)) }
    }

    @Test func replacementsAreBounded() throws {
        let pattern = try JavaPattern(".*")
        let text = String(repeating: "a", count: 10_000)
        let replacement = String(repeating: "$0", count: 10_000)
        let matches = try pattern.matches(in: text)
        #expect(throws: DataError("A text is longer than 100000 bytes")) {
            try pattern.replace(matches, in: text, with: replacement, byteCountMax: 100_000)
        }
    }
}
