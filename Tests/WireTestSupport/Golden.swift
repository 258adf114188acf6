import Foundation
import Testing

/// Compares a text with the golden file of that name below `Fixtures/`; `UPDATE_GOLDEN=1` writes the file instead.
///
/// A difference is reported by its first line instead of the whole file.
package func expectGolden(_ text: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = Fixtures.folder.appending(path: path)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: file)
        return
    }
    guard FileManager.default.fileExists(atPath: file.path) else {
        Issue.record("\(path) is missing; UPDATE_GOLDEN=1 writes it", sourceLocation: sourceLocation)
        return
    }
    let expected = try Fixtures.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, pair) in zip(expected, found).enumerated() where pair.0 != pair.1 {
        Issue.record(
            "\(path):\(number + 1): expected \(pair.0), found \(pair.1)", sourceLocation: sourceLocation)
        return
    }
    #expect(expected.count == found.count, "\(path): number of lines", sourceLocation: sourceLocation)
}

/// Compares the part of a page in `docs/` between `<!-- NAME: generated -->` and `<!-- NAME: end -->` with a text made
/// from the code; `UPDATE_GOLDEN=1` writes it there instead.
package func expectGenerated(
    _ text: String, _ name: String, in page: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = Fixtures.folder.deletingLastPathComponent().appending(path: "docs/\(page)")
    let whole = try String(contentsOf: file, encoding: .utf8)
    guard let start = whole.range(of: "<!-- \(name): generated -->\n"), let end = whole.range(of: "<!-- \(name): end -->")
    else {
        Issue.record("docs/\(page) has no place for \(name)", sourceLocation: sourceLocation)
        return
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        let updated = whole[..<start.upperBound] + text + whole[end.lowerBound...]
        try Data(String(updated).utf8).write(to: file)
        return
    }
    let found = whole[start.upperBound..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    let expected = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (found, expected) in zip(found, expected) where found != expected {
        Issue.record(
            "docs/\(page) says: \(found)\nthe code: \(expected)\nUPDATE_GOLDEN=1 updates the page",
            sourceLocation: sourceLocation)
        return
    }
    #expect(found.count == expected.count, "docs/\(page), \(name): UPDATE_GOLDEN=1", sourceLocation: sourceLocation)
}
