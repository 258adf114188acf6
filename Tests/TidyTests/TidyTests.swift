import Foundation
import Testing

/// What a machine can check of the project's style. Each failure names the file, so that it can be mended at once.
@Suite struct TidyTests {
    private static let sources = Repository.files(in: "Sources")
    private static let tests = Repository.files(in: "Tests")

    @Test func sourcesAreFound() {
        #expect(Self.sources.count > 50)
        #expect(Self.tests.count > 10)
    }

    // MARK: Boundaries

    /// Which of our modules each folder may import.
    private static let allowedImports: [(folder: String, modules: Set<String>)] = [
        ("Sources/WireCore/", ["CZlib"]),
        ("Sources/WireStreams/", ["WireCore", "COpenSSL"]),
        ("Sources/MySQLWire/", ["WireCore", "WireStreams"]),
        ("Sources/KafkaWire/", ["WireCore", "WireStreams"]),
        ("Sources/cdcd/ConnectData/", ["WireCore"]),
        ("Sources/cdcd/MySQLSource/", ["ConnectData", "MySQLWire", "WireCore", "WireStreams"]),
        ("Sources/cdcd/ConnectRuntime/", ["ConnectData", "KafkaWire", "WireCore", "WireStreams"]),
        ("Sources/cdcd/Command/", [
            "MySQLSource", "ConnectRuntime", "ConnectData", "MySQLWire", "KafkaWire", "WireCore", "WireStreams",
            "CNoLocaleData",
        ]),
    ]
    private static let ourModules: Set<String> = [
        "COpenSSL", "CZlib", "CNoLocaleData", "WireCore", "WireStreams", "MySQLWire", "KafkaWire", "ConnectData",
        "MySQLSource", "ConnectRuntime", "cdcd",
    ]

    private func imports(of file: Repository.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1 else { return nil }
            guard words[..<index].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" }) else { return nil }
            return String(words[index + 1])
        }
    }

    @Test func importsFollowTheArrows() {
        for file in Self.sources {
            guard let rule = Self.allowedImports.first(where: { file.path.hasPrefix($0.folder) }) else { continue }
            for module in imports(of: file) where Self.ourModules.contains(module) {
                #expect(rule.modules.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func bytesNeedNoFoundation() {
        for file in Self.sources where file.path.hasPrefix("Sources/WireCore/") {
            #expect(!imports(of: file).contains("Foundation"), "\(file.path) imports Foundation")
        }
    }

    // MARK: Shape

    private func isGenerated(_ file: Repository.File) -> Bool { file.path.contains(".generated.") }

    @Test func filesHaveOneSubject() {
        for file in Self.sources + Self.tests where !isGenerated(file) {
            #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func linesFitAScreen() {
        for file in Self.sources + Self.tests where !isGenerated(file) {
            for (number, line) in file.lines.enumerated() where line.count > 120 {
                // Text that must stay in one piece (a fixture, a message) may be longer.
                #expect(line.contains("\""), "\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    // MARK: Words

    private struct Forbidden {
        let word: String
        let reason: String
        var allowedIn: [String] = []
    }

    private static let forbidden = [
        Forbidden(word: "try!", reason: "a peer or a file could trap it"),
        Forbidden(word: " as! ", reason: "a peer or a file could trap it"),
        Forbidden(word: "fatalError(", reason: "say precondition for our own faults, throw for others'"),
        Forbidden(word: "DateFormatter", reason: "needs ICU's data, which is not linked"),
        Forbidden(word: "NumberFormatter", reason: "needs ICU's data, which is not linked"),
        Forbidden(word: "TimeZone(identifier", reason: "needs ICU's data, which is not linked"),
        Forbidden(word: ".shiftJIS", reason: "needs ICU's data, which is not linked"),
        Forbidden(word: ".japaneseEUC", reason: "needs ICU's data, which is not linked"),
        Forbidden(word: "FoundationNetworking", reason: "cannot be linked statically"),
        Forbidden(word: "nonisolated(unsafe)", reason: "an unchecked promise"),
        Forbidden(word: "@preconcurrency", reason: "an unchecked promise"),
        Forbidden(word: "TODO", reason: "what is not built answers with an error"),
        Forbidden(word: "FIXME", reason: "what is not built answers with an error"),
    ]

    /// Comments and texts may name a forbidden thing; code may not.
    private func code(of line: Substring) -> Substring {
        line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
    }

    @Test func forbiddenWordsStayOut() {
        for file in Self.sources {
            for (number, line) in file.lines.enumerated() {
                for rule in Self.forbidden where code(of: line).contains(rule.word) {
                    #expect(Bool(false), "\(file.path):\(number + 1) says \(rule.word): \(rule.reason)")
                }
            }
        }
    }

    @Test func onlyTheCommandPrints() {
        for file in Self.sources where !file.path.hasPrefix("Sources/cdcd/Command/") {
            for (number, line) in file.lines.enumerated() where code(of: line).contains(" print(") {
                #expect(Bool(false), "\(file.path):\(number + 1) prints")
            }
        }
    }

    /// Each unchecked promise carries its invariant in the line above it.
    @Test func uncheckedSendabilityIsExplained() {
        for file in Self.sources {
            let lines = file.lines
            for (number, line) in lines.enumerated() where code(of: line).contains("@unchecked Sendable") {
                let above = number > 0 ? lines[number - 1].trimmingCharacters(in: .whitespaces) : ""
                #expect(above.hasPrefix("//"), "\(file.path):\(number + 1) has no invariant above it")
            }
        }
    }

    @Test func namesSayWhatAThingIs() {
        let vague = ["Manager", "Helper", "Utils", "Utility"]
        for file in Self.sources {
            let name = file.path.split(separator: "/").last ?? ""
            for word in vague { #expect(!name.contains(word), "\(file.path) is named \(word)") }
        }
    }

    @Test func testsDoNotWaitByTheClock() {
        for file in Self.tests {
            for (number, line) in file.lines.enumerated()
            where code(of: line).contains("usleep(") || code(of: line).contains("Thread.sleep")
                || code(of: line).contains("Task.sleep") {
                guard !file.path.hasPrefix("Tests/TidyTests") else { continue }
                #expect(Bool(false), "\(file.path):\(number + 1) sleeps")
            }
        }
    }

    // MARK: Files beside the sources

    /// Every folder with captured bytes says where they come from.
    @Test func fixturesNameTheirOrigin() {
        let captured = Repository.files(in: "Fixtures", endingWith: [".bin", ".jsonl", ".json", ".sql", ".hex", ".txt"])
        for file in captured {
            var folder = file.path.split(separator: "/").dropLast()
            var found = false
            while folder.count > 1 && !found {
                let base = folder.joined(separator: "/")
                found = Repository.exists("\(base)/capture.json") || Repository.exists("\(base)/ORIGIN.md")
                folder = folder.dropLast()
            }
            #expect(found, "\(file.path) has neither capture.json nor ORIGIN.md beside or above it")
        }
    }

    @Test func theProjectStandsAlone() {
        let places = ["Sources", "Tests", "docs", "scripts"]
        let words = ["/wo" + "rk/", "/tm" + "p/w/", "registry " + "host"]
        for file in places.flatMap({ Repository.files(in: $0, endingWith: [".swift", ".md", ".sh", ".py", ".json"]) }) {
            for word in words { #expect(!file.text.contains(word), "\(file.path) names \(word)") }
        }
    }
}
