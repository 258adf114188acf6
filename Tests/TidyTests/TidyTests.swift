import Foundation
import Testing

/// The part of the project's style that can be checked mechanically. Each failure names file and line.
@Suite struct TidyTests {
    private static let sources = Repository.files(in: "Sources")
    private static let tests = Repository.files(in: "Tests")
    /// Targets that belong to no product.
    private static let tools = Repository.files(in: "Benchmarks") + Repository.files(in: "Fuzzing")
    private static let everything = sources + tests + tools

    @Test func sourcesAreFound() {
        #expect(Self.sources.count > 50)
        #expect(Self.tests.count > 10)
        #expect(Self.tools.count > 10)
    }

    // MARK: Shape

    @Test func filesHaveAtMost500Lines() {
        for file in Self.everything where !file.isGenerated {
            #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func linesHaveAtMost120Columns() {
        for file in Self.everything where !file.isGenerated {
            var isInText = false
            for (number, line) in file.lines.enumerated() {
                if line.contains("\"\"\"") { isInText.toggle() }
                // Text that must stay in one piece (a fixture, a statement, a message) may be longer.
                guard line.count > 120, !isInText, !line.contains("\"") else { continue }
                Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
            }
        }
    }

    /// A new column type or conversion must not compile before each place that has to decide about it does.
    @Test func switchesOverColumnKindsAreExhaustive() {
        let emission = "Sources/cdcd/BinlogSource/Emission/"
        let names = [
            "Columns/ColumnSchema", "Columns/SchemaDefault", "Columns/ValueKind+SnapshotRenderings",
            "Rows/BinlogRowDecoder", "Rows/SnapshotRowDecoder", "Rows/StoredConversion", "Rows/TextConversion",
        ]
        for name in names {
            let file = Self.everything.first { $0.path == emission + name + ".swift" }
            #expect(file != nil, "\(name) was moved: name its new place here")
            for (number, line) in (file?.lines ?? []).enumerated() where line.contains("default:") {
                Issue.record("\(emission)\(name).swift:\(number + 1) has a default case")
            }
        }
    }

    /// What depends on Debezium's generation has a name, in a profile. Options declare themselves for each generation.
    @Test func onlyProfilesTestForAGeneration() throws {
        let test = try NSRegularExpression(pattern: #"(?:==|!=|\bcase)\s*\(?\.v(?:19|36)\b|\.isModern\b"#)
        for file in Self.sources
        where !file.path.contains("/Profile/") && !file.path.contains("/Configuration/Options/") {
            for (number, line) in file.lines.enumerated() {
                let code = String(Repository.code(of: line))
                let match = test.firstMatch(in: code, range: NSRange(code.startIndex..., in: code))
                #expect(match == nil, "\(file.path):\(number + 1) tests for a generation of Debezium")
            }
        }
    }

    // MARK: Words

    private struct Forbidden {
        let word: String
        let reason: String
    }

    private static let icu = "needs ICU's data, which is not linked"
    private static let forbidden = [
        Forbidden(word: "try!", reason: "a peer or a file could trap it"),
        Forbidden(word: " as! ", reason: "a peer or a file could trap it"),
        Forbidden(word: "fatalError(", reason: "use precondition for programming errors and throw for a peer's"),
        Forbidden(word: "DateFormatter", reason: icu),
        Forbidden(word: "NumberFormatter", reason: icu),
        Forbidden(word: "ByteCountFormatter", reason: icu),
        Forbidden(word: "TimeZone(identifier", reason: icu),
        Forbidden(word: "Calendar(identifier", reason: icu),
        Forbidden(word: "Calendar.current", reason: icu),
        Forbidden(word: "Locale(identifier", reason: icu),
        Forbidden(word: ".formatted(", reason: icu),
        Forbidden(word: ".shiftJIS", reason: icu),
        Forbidden(word: ".japaneseEUC", reason: icu),
        Forbidden(word: ".isoLatin2", reason: icu),
        Forbidden(word: ".windowsCP125", reason: icu),
        Forbidden(word: "FoundationNetworking", reason: "cannot be linked statically"),
        Forbidden(word: "URLSession", reason: "cannot be linked statically"),
        Forbidden(word: "TODO", reason: "unsupported features are refused by name"),
        Forbidden(word: "FIXME", reason: "unsupported features are refused by name"),
    ]

    @Test func forbiddenTokensAreAbsent() {
        for file in Self.sources + Self.tools {
            for rule in Self.forbidden where file.text.contains(rule.word) {
                for (number, line) in file.lines.enumerated() where Repository.code(of: line).contains(rule.word) {
                    Issue.record("\(file.path):\(number + 1) contains \(rule.word): \(rule.reason)")
                }
            }
        }
    }

    /// Waiting for another thread has one implementation, so that lost wakeups are excluded in one place.
    @Test func onlyMonitorWaitsForThreads() {
        let primitives = [
            "DispatchSemaphore", "DispatchGroup", "DispatchWorkItem", "NSCondition", "NSConditionLock", "pthread_cond_",
            "sem_wait", "sem_post", "OperationQueue",
        ]
        for file in Self.sources + Self.tools where file.path != "Sources/WireStreams/Monitor.swift" {
            for (number, line) in file.lines.enumerated() {
                for primitive in primitives where Repository.code(of: line).contains(primitive) {
                    Issue.record("\(file.path):\(number + 1) uses \(primitive): use Monitor")
                }
            }
        }
    }

    /// `value!` traps where the peer's data is not as expected.
    @Test func nothingIsForceUnwrapped() throws {
        let forced = try NSRegularExpression(pattern: #"[\w)\]]!(?![=\w"])"#)
        let text = try NSRegularExpression(pattern: #""(?:\\.|[^"\\])*""#)
        for file in Self.sources + Self.tools where !file.isGenerated {
            for (number, line) in file.lines.enumerated() where line.contains("!") {
                let code = NSMutableString(string: String(Repository.code(of: line)))
                _ = text.replaceMatches(in: code, range: NSRange(location: 0, length: code.length), withTemplate: "\"\"")
                let found = forced.firstMatch(in: code as String, range: NSRange(location: 0, length: code.length))
                #expect(found == nil, "\(file.path):\(number + 1) forces a value")
            }
        }
    }

    @Test func onlyTheCommandPrints() {
        for file in Self.sources where !file.path.hasPrefix("Sources/cdcd/Command/") {
            for (number, line) in file.lines.enumerated() where Repository.code(of: line).contains(" print(") {
                #expect(Bool(false), "\(file.path):\(number + 1) prints")
            }
        }
    }

    @Test func fileNamesAreNotVague() {
        let vague = ["Manager", "Helper", "Utils", "Utility", "Legacy", "Deprecated", "Misc"]
        for file in Self.everything {
            for word in vague { #expect(!file.path.contains(word), "\(file.path) is named \(word)") }
        }
    }

    @Test func testsDoNotSleep() {
        for file in Self.tests {
            for (number, line) in file.lines.enumerated()
            where Repository.code(of: line).contains("usleep(") || Repository.code(of: line).contains("Thread.sleep")
                || Repository.code(of: line).contains("Task.sleep") {
                guard !file.path.hasPrefix("Tests/TidyTests") else { continue }
                #expect(Bool(false), "\(file.path):\(number + 1) sleeps")
            }
        }
    }

    // MARK: Files beside the sources

    /// Every folder with captured bytes documents their origin.
    @Test func fixturesDocumentTheirOrigin() {
        for path in Repository.paths(in: "Fixtures") where !path.hasSuffix(".md") {
            var folder = path.split(separator: "/").dropLast()
            var found = false
            while folder.count > 1 && !found {
                let base = folder.joined(separator: "/")
                found = Repository.exists("\(base)/capture.json") || Repository.exists("\(base)/ORIGIN.md")
                folder = folder.dropLast()
            }
            #expect(found, "\(path) has neither capture.json nor ORIGIN.md beside or above it")
        }
    }

    @Test func generatedFilesNameTheirGenerator() {
        for file in Self.everything where file.isGenerated {
            #expect(file.lines.prefix(3).contains { $0.contains("scripts/") }, "\(file.path) does not name its script")
        }
    }

    /// `scripts/README.md` names each script as it is called from that folder.
    @Test func everyScriptIsListedInTheIndex() {
        let index = Repository.text("scripts/README.md") ?? ""
        for path in Repository.paths(in: "scripts") where path != "scripts/README.md" {
            let name = path.dropFirst("scripts/".count)
            #expect(index.contains("`\(name)`"), "scripts/README.md does not list \(name)")
        }
    }

    /// The declarations and files that the maintainers' pages name exist.
    @Test func documentedNamesExist() throws {
        let places = ["Sources", "Tests", "Benchmarks", "Fuzzing", "scripts"].flatMap { Repository.paths(in: $0) }
        var known = Set(places.flatMap { $0.split { "/.+".contains($0) }.map(String.init) })
        for file in Self.everything {
            known.formUnion(file.text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        }
        for page in ["docs/architecture.md", "docs/extending.md"] {
            let text = try #require(Repository.text(page))
            for code in text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            where code.offset % 2 == 1 && !code.element.contains("\n") {
                for name in code.element.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                    let isName = name.dropFirst().contains { $0.isUppercase } && name.contains { $0.isLowercase }
                    #expect(!isName || known.contains(String(name)), "\(page) names \(code.element)")
                }
            }
        }
    }

    /// No file contains a path of the machine that it was written on.
    @Test func filesContainNoLocalPaths() {
        let words = ["/wo" + "rk/", "/fa" + "rm/", "/tm" + "p/w/", "registry " + "host"]
        for place in ["Sources", "Tests", "Benchmarks", "Fuzzing", "docs", "scripts", "Fixtures"] {
            for path in Repository.paths(in: place) {
                guard let text = Repository.text(path) else { continue }
                for word in words { #expect(!text.contains(word), "\(path) names \(word)") }
            }
        }
        for path in ["README.md", "CONTRIBUTING.md", ".ci/run", "Package.swift"] {
            for word in words { #expect(Repository.text(path)?.contains(word) != true, "\(path) names \(word)") }
        }
    }
}
