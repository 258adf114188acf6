import Foundation
import Testing

/// The manual's pages, as the README names them.
@Suite struct ManualPageTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyPageThatTheReadmeNamesIsThere() throws {
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        let pages = readme.matches(of: /\]\(([A-Za-z\/.-]+\.md)\)/).map { String($0.output.1) }
        #expect(pages.count > 4)
        for page in pages {
            let file = Self.root.appendingPathComponent(page)
            #expect(FileManager.default.fileExists(atPath: file.path), "README.md names \(page)")
        }
    }
}
