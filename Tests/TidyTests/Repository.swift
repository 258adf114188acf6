import Foundation

/// The files of the checkout that this test was built from.
struct Repository {
    struct File {
        /// Relative to the repository's root.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var name: Substring { path.split(separator: "/").last ?? "" }
        /// Written by a script.
        var isGenerated: Bool { path.contains(".generated.") }

        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1,
                    words[..<index].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
                else { return nil }
                return String(words[index + 1])
            }
        }
    }

    /// The line without its comment, which may contain forbidden tokens.
    static func code(of line: Substring) -> Substring {
        line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Written by a build or by the fuzzer, and not part of the repository.
    private static func isMade(_ path: String) -> Bool {
        [".build/", ".corpus/", ".crashes/"].contains { path.contains($0) }
    }

    /// All files below `folder` whose names end with one of `suffixes`, in the order of their paths.
    static func files(in folder: String, endingWith suffixes: [String] = [".swift"]) -> [File] {
        let start = root.appendingPathComponent(folder)
        guard let walker = FileManager.default.enumerator(atPath: start.path) else { return [] }
        return walker.compactMap { $0 as? String }.sorted()
            .filter { path in suffixes.contains { path.hasSuffix($0) } && !isMade(path) }
            .compactMap { path in
                (try? String(contentsOf: start.appendingPathComponent(path), encoding: .utf8))
                    .map { File(path: "\(folder)/\(path)", text: $0) }
            }
    }

    /// The paths of all files below `folder`.
    static func paths(in folder: String) -> [String] {
        let start = root.appendingPathComponent(folder).path
        guard let walker = FileManager.default.enumerator(atPath: start) else { return [] }
        return walker.compactMap { $0 as? String }.sorted().map { "\(folder)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            let full = root.appendingPathComponent(path).path
            return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) && !isFolder.boolValue
                && !path.contains("__pycache__") && !isMade(path)
        }
    }

    /// Nil if the file is missing or not UTF-8.
    static func text(_ path: String) -> String? {
        (try? Data(contentsOf: root.appendingPathComponent(path))).flatMap { String(validating: $0, as: UTF8.self) }
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
