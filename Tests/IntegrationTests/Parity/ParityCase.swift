import ConnectData
import Foundation

/// A parity case: statements, and the connector that captures their changes. The program `parity` runs the same files
/// with Debezium.
struct ParityCase {
    struct Step {
        let verb: String
        let arguments: [String]
        let lines: [String]
    }

    /// The name of the file, without `.case`.
    let name: String
    let generation: DebeziumGeneration
    /// The properties of the connector in addition to the usual ones; `(unset)` removes one of those.
    let configuration: [String: String]
    let steps: [Step]
    /// SQL after the case, also if it fails.
    let cleanup: [String]

    /// Whether the value converter can write rows as bytes.
    var canWriteRows: Bool {
        let className = configuration["value.converter"] ?? "JsonConverter"
        return ["JsonConverter", "JsonSchemaConverter", "AvroConverter"].contains { className.hasSuffix($0) }
    }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The cases in `Tests/Parity`.
    static func ofProject() throws -> [ParityCase] { try cases(in: tests.appending(path: "Parity")) }

    /// The cases in the folder of the reference systems; nil if it does not exist.
    static func ofReferenceSystems() throws -> [ParityCase]? {
        let systems = ProcessInfo.processInfo.environment["CDCD_PEERS"].map { URL(filePath: $0) }
            ?? tests.appending(path: "../../shared/peers").standardized
        let folder = systems.appending(path: "cases")
        return FileManager.default.fileExists(atPath: folder.path) ? try cases(in: folder) : nil
    }

    private static func cases(in folder: URL) throws -> [ParityCase] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "case" }.sorted { $0.path < $1.path }.map { file in
                try ParityCase(
                    name: file.deletingPathExtension().lastPathComponent,
                    text: String(contentsOf: file, encoding: .utf8))
            }
    }

    init(name: String, text: String) {
        self.name = name
        var generation = DebeziumGeneration.v36
        var sections: [Step] = []
        var section: (words: [String], lines: [String])?
        func endSection() {
            guard let section, let verb = section.words.first else { return }
            sections.append(Step(verb: verb, arguments: Array(section.words.dropFirst()), lines: section.lines))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("--- ") {
                endSection()
                section = (line.dropFirst(4).split(separator: " ").map(String.init), [])
            } else if section != nil {
                section?.lines.append(line)
            } else if line.hasPrefix("profile ") {
                generation = line.hasSuffix(" 1.9") ? .v19 : .v36
            }
        }
        endSection()
        self.generation = generation
        configuration = Self.properties(sections.first { $0.verb == "config" }?.lines ?? [])
        cleanup = sections.first { $0.verb == "cleanup" }?.lines ?? []
        steps = Self.withStart(sections.filter { !["config", "cleanup", "deviations"].contains($0.verb) })
    }

    /// The connector is started after the setup if no step does it.
    private static func withStart(_ steps: [Step]) -> [Step] {
        guard !steps.contains(where: { $0.verb == "start" }) else { return steps }
        let index = steps.firstIndex { $0.verb != "setup" } ?? steps.count
        return steps[..<index] + [Step(verb: "start", arguments: [], lines: [])] + steps[index...]
    }

    static func properties(_ lines: [String]) -> [String: String] {
        var properties: [String: String] = [:]
        for line in lines where !line.hasPrefix("#") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let value = line[line.index(after: sign)...]
            properties[line[..<sign].trimmingCharacters(in: .whitespaces)] = value.trimmingCharacters(in: .whitespaces)
        }
        return properties
    }

    /// A statement ends with a semicolon at the end of a line.
    static func statements(_ lines: [String]) -> [String] {
        var statements: [String] = []
        var current: [String] = []
        for line in lines {
            current.append(line)
            guard line.trimmingCharacters(in: .whitespaces).hasSuffix(";") else { continue }
            statements.append(String(current.joined(separator: "\n").trimmingCharacters(in: .whitespaces).dropLast()))
            current = []
        }
        let rest = current.joined(separator: "\n")
        if !rest.allSatisfy(\.isWhitespace) { statements.append(rest) }
        return statements
    }
}
