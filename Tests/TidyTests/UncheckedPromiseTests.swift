import Foundation
import Testing

/// What the compiler is made to accept without a check is listed in `docs/architecture.md`, with the reason.
@Suite struct UncheckedPromiseTests {
    private struct Promise: Hashable, CustomStringConvertible {
        let kind: String
        let path: String
        var description: String { "`\(kind)` in \(path)" }
    }

    private static let files = ["Sources", "Benchmarks", "Fuzzing"].flatMap { Repository.files(in: $0) }

    /// The number of occurrences of each promise, by kind and file.
    private static func promises(in files: [Repository.File]) throws -> [Promise: [Int]] {
        let patterns = try [
            "@unchecked Sendable": "@unchecked Sendable",
            "nonisolated(unsafe)": #"nonisolated\(unsafe\)"#,
            "@preconcurrency": "@preconcurrency",
            "Unmanaged": #"\bUnmanaged\b"#,
            "unsafeBitCast": #"\bunsafeBitCast\b"#,
            "@exclusivity(unchecked)": #"@exclusivity\(unchecked\)"#,
            // `Int64(bitPattern:)` and its like convert numbers; these convert addresses.
            "pointer as integer": #"\b(?:U?Int|OpaquePointer|Unsafe\w*Pointer(?:<[^>]*>)?)\(bitPattern:"#,
        ].mapValues { try NSRegularExpression(pattern: $0) }
        var found: [Promise: [Int]] = [:]
        for file in files {
            for (number, line) in file.lines.enumerated() {
                let code = String(Repository.code(of: line))
                for (kind, pattern) in patterns
                where pattern.firstMatch(in: code, range: NSRange(code.startIndex..., in: code)) != nil {
                    found[Promise(kind: kind, path: file.path), default: []].append(number)
                }
            }
        }
        return found
    }

    /// The rows of the table in `docs/architecture.md`.
    private static func documented() throws -> [Promise] {
        let page = try #require(Repository.text("docs/architecture.md"))
        let section = try #require(page.components(separatedBy: "### Unchecked promises").last)
        let lines = try #require(section.components(separatedBy: "\n## ").first).split(separator: "\n")
        return lines.filter { $0.hasPrefix("| `") }.map { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
            return Promise(kind: cells[0], path: cells[1])
        }
    }

    @Test func promisesAreThoseThatTheDocumentLists() throws {
        let documented = try Self.documented()
        let found = try Self.promises(in: Self.files)
        #expect(Set(documented).count == documented.count, "docs/architecture.md lists one twice")
        for promise in Set(found.keys).subtracting(documented) {
            Issue.record("\(promise) is not listed in docs/architecture.md")
        }
        for promise in Set(documented).subtracting(found.keys) {
            Issue.record("\(promise) is listed in docs/architecture.md and no longer in the sources")
        }
        // One row stands for one declaration.
        for (promise, lines) in found where promise.kind == "@unchecked Sendable" {
            #expect(lines.count == 1, "\(promise) occurs \(lines.count) times")
        }
    }

    @Test func invariantStandsAboveEachUncheckedSendable() throws {
        for (promise, lines) in try Self.promises(in: Self.files) where promise.kind == "@unchecked Sendable" {
            let file = try #require(Self.files.first { $0.path == promise.path })
            for number in lines {
                let above = number > 0 ? file.lines[number - 1].trimmingCharacters(in: .whitespaces) : ""
                #expect(above.hasPrefix("// "), "\(promise.path):\(number + 1) has no invariant above it")
            }
        }
    }

    @Test(arguments: [
        ("final class Box: @unchecked Sendable {}", "@unchecked Sendable"),
        ("let address = UInt(bitPattern: bytes.baseAddress)", "pointer as integer"),
        ("let start = UnsafeMutablePointer<UInt8>(bitPattern: block.address)", "pointer as integer"),
        ("UnsafeRawPointer(bitPattern: address)", "pointer as integer"),
        ("nonisolated(unsafe) var count = 0", "nonisolated(unsafe)"),
        ("let box = Unmanaged.passRetained(body)", "Unmanaged"),
        ("@exclusivity(unchecked) var isPending = false", "@exclusivity(unchecked)"),
    ])
    func promiseIsFound(line: String, kind: String) throws {
        let file = Repository.File(path: "Sources/Example.swift", text: "\n\(line)\n")
        #expect(try Self.promises(in: [file]) == [Promise(kind: kind, path: file.path): [1]])
    }

    @Test func conversionsOfNumbersAreNoPromise() throws {
        let file = Repository.File(
            path: "Sources/Example.swift", text: "Int64(bitPattern: raw)\nUInt8.init(bitPattern:)\n// Unmanaged\n")
        #expect(try Self.promises(in: [file]).isEmpty)
    }
}
