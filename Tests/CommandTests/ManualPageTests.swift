import Foundation
import Testing

/// The manual's pages, as the README names them.
@Suite struct ManualPageTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyPageLinkedFromTheReadmeExists() throws {
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        let pages = readme.matches(of: /\]\(([A-Za-z\/.-]+\.md)\)/).map { String($0.output.1) }
        #expect(pages.count > 4)
        for page in pages {
            let file = Self.root.appendingPathComponent(page)
            #expect(FileManager.default.fileExists(atPath: file.path), "README.md names \(page)")
        }
    }

    // MARK: Deviations

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The tests and cases in the last column of the tables in `docs/deviations.md`.
    private static func evidence() throws -> [String] {
        let rows = try text("docs/deviations.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
        return rows.flatMap { row in
            let cell = row.split(separator: " | ").last ?? ""
            return cell.matches(of: /`([^`]+)`/).map { String($0.output.1) }
        }
    }

    private static func names(in folder: String, endingWith suffix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix(suffix) }
    }

    @Test func everyDeviationNamesATestOrCase() throws {
        let rows = try Self.text("docs/deviations.md").split(separator: "\n")
            .filter { $0.hasPrefix("| ") && !$0.hasSuffix("| evidence |") }
        #expect(rows.count > 9)
        for row in rows {
            let cells = row.split(separator: " | ")
            #expect(cells.count == 5 && cells[4].contains("`"), "\(row)")
            #expect(cells.count == 5 && ["wrong", "stops", "silent", "refused", "other"].contains(cells[3]), "\(row)")
        }
    }

    @Test func everyTestAndCaseOfADeviationExists() throws {
        let tests = FileManager.default.enumerator(atPath: Self.root.appendingPathComponent("Tests").path)?
            .compactMap { $0 as? String } ?? []
        for name in try Self.evidence() {
            if name.hasSuffix(".case") || name.hasSuffix(".py") {
                #expect(tests.contains { $0 == "Parity/" + name || $0 == "Scenarios/" + name }, "\(name)")
                continue
            }
            let parts = name.split(separator: ".")
            guard let file = tests.first(where: { $0.hasSuffix("/\(parts[0]).swift") }) else {
                Issue.record("docs/deviations.md names \(name)")
                continue
            }
            guard parts.count == 2 else { continue }
            #expect(try Self.text("Tests/" + file).contains("func \(parts[1])("), "\(name)")
        }
    }

    @Test func everyCaseThatAllowsADeviationIsListed() throws {
        let evidence = try Self.evidence()
        for name in try Self.names(in: "Tests/Parity", endingWith: ".case") {
            let lines = try Self.text("Tests/Parity/" + name).split(separator: "\n")
            let allows = lines.contains { $0 == "--- deviations" || $0.hasPrefix("reference-fails ") }
            #expect(!allows || evidence.contains(name), "\(name) is not in docs/deviations.md")
        }
    }
}
