import Foundation
import Testing

/// Names of types, files and declarations.
@Suite struct NamingTests {
    private static let sources = Repository.files(in: "Sources")
    // This folder names declarations in order to check them.
    private static let users = ["Tests", "Benchmarks", "Fuzzing"].flatMap { Repository.files(in: $0) }
        .filter { !$0.path.hasPrefix("Tests/TidyTests/") }

    private static func expression(_ pattern: String) throws -> NSRegularExpression {
        try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
    }

    /// The captures of `group` in all matches.
    private static func captures(_ expression: NSRegularExpression, in text: String, group: Int = 1) -> [String] {
        expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            Range(match.range(at: group), in: text).map { String(text[$0]) }
        }
    }

    /// The text of a file without its comments.
    private static func code(of file: Repository.File, comment: NSRegularExpression) -> String {
        comment.stringByReplacingMatches(
            in: file.text, range: NSRange(file.text.startIndex..., in: file.text), withTemplate: "")
    }

    private static let comment = #"/\*(?:.|\n)*?\*/|//[^\n]*"#

    @Test func errorTypesEndInError() throws {
        let comment = try Self.expression(Self.comment)
        let errorType = try Self.expression(
            #"\b(?:struct|enum|class|actor)\s+(\w+)(?:<[^>]*>)?\s*:\s*(?:[^{\n]*[\s,])?Error\b"#)
        for file in Self.sources {
            for name in Self.captures(errorType, in: Self.code(of: file, comment: comment)) {
                #expect(name.hasSuffix("Error"), "\(file.path) declares the error type \(name)")
            }
        }
    }

    /// `Name.swift` declares or extends `Name`; `Name+Subject.swift` extends it, or types by a conformance to it.
    /// A file without declarations re-exports modules.
    @Test func filesAreNamedAfterATypeThatTheyDeclare() throws {
        let comment = try Self.expression(Self.comment)
        let type = #"\b(?:struct|class|enum|protocol|actor|extension|typealias)\s+(?:\w+\.)*"#
        let declaration = try Self.expression(
            #"^\s*(?:@?\w+(?:\(\w+\))?\s+)*(?:func|var|let|class|struct|enum|extension)\s"#)
        for file in Self.sources {
            let code = Self.code(of: file, comment: comment)
            let stem = file.name.split(separator: ".")[0].split(separator: "+")[0]
            // A generated file holds the request and the response of one API.
            let suffix = file.isGenerated ? "(?:Request|Response)?" : ""
            let named = "(?:\(type)|\\bextension\\s+[\\w.]+\\s*:[^{\\n]*\\b)(\(stem)\(suffix))\\b"
            let isNamedAfterType = !Self.captures(try Self.expression(named), in: code).isEmpty
            let isEmpty = Self.captures(declaration, in: code, group: 0).isEmpty
            #expect(isNamedAfterType || isEmpty, "\(file.path) declares no type \(stem)")
        }
    }

    /// Declarations whose users are not in the repository, or do not name them.
    private static let exceptions: [String: String] = [
        "CDCD": "an entry point", "BenchmarkCommand": "an entry point",
        "customMirror": "a requirement of CustomReflectable",
    ]

    /// Every declaration is named at least once more, in the sources, benchmarks, fuzz targets or tests. What the
    /// libraries declare `public` is used outside; requirements of a protocol are used through it.
    @Test func declarationsAreUsed() throws {
        let comment = try Self.expression(Self.comment)
        let word = try Self.expression(#"[A-Za-z_]\w*"#)
        let requirements = try Self.expression(#"\bprotocol\s+\w+[^{]*\{(?:[^{}]|\{[^{}]*\})*\}"#)
        let declaration = try Self.expression(
            #"^\s*((?:@?[A-Za-z]+(?:\(\w+\))?\s+)*?)(?:func|var|let|struct|class|enum|protocol|typealias)\s+`?([A-Za-z_]\w*)"#)
        var uses: [String: Int] = [:]
        var declared: [String: (count: Int, path: String)] = [:]
        var exported: [String: Int] = [:]
        for file in Self.sources + Self.users {
            let code = Self.code(of: file, comment: comment)
            for name in Self.captures(word, in: code, group: 0) { uses[name, default: 0] += 1 }
            guard !file.isGenerated, !file.path.hasPrefix("Tests/") else { continue }
            let own = requirements.stringByReplacingMatches(
                in: code, range: NSRange(code.startIndex..., in: code), withTemplate: "")
            for match in declaration.matches(in: own, range: NSRange(own.startIndex..., in: own)) {
                guard let modifiers = Range(match.range(at: 1), in: own), let name = Range(match.range(at: 2), in: own)
                else { continue }
                if own[modifiers].contains("public") || own[modifiers].contains("override") {
                    exported[String(own[name]), default: 0] += 1
                    continue
                }
                declared[String(own[name]), default: (0, file.path)].count += 1
            }
        }
        for (name, (count, path)) in declared where Self.exceptions[name] == nil && name != "_" {
            #expect(uses[name, default: 0] > count, "\(path) declares \(name), which nothing uses")
        }
        for name in Self.exceptions.keys {
            let count = declared[name, default: (0, "")].count + exported[name, default: 0]
            #expect(count == uses[name], "the exception \(name) is not needed any more")
        }
    }
}
