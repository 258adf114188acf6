import Foundation

/// The checkout that this test was built from, read as text.
struct Repository {
    struct File {
        /// Relative to the repository's root.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All files below `folder` whose names end with one of `suffixes`, in the order of their paths.
    static func files(in folder: String, endingWith suffixes: [String] = [".swift"]) -> [File] {
        let start = root.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(atPath: start.path) else { return [] }
        return walker.compactMap { $0 as? String }.sorted()
            .filter { path in suffixes.contains { path.hasSuffix($0) } && !path.contains(".build/") }
            .compactMap { path in
                (try? String(contentsOf: start.appendingPathComponent(path), encoding: .utf8))
                    .map { File(path: "\(folder)/\(path)", text: $0) }
            }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
