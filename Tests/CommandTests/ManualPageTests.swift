import Foundation
import Testing

@testable import ConnectRuntime
@testable import MySQLSource
@testable import cdcd

/// The manual's tables are made from the program's own; these tests fail where a page is older than the code.
///
/// `UPDATE_GOLDEN=1 swift test --filter ManualPageTests` writes the pages anew.
@Suite struct ManualPageTests {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")

    private func check(_ page: String, _ text: String) throws {
        let file = Self.docs.appendingPathComponent(page)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let stored = try String(contentsOf: file, encoding: .utf8)
        #expect(
            stored == text, "docs/\(page) is older than the code: UPDATE_GOLDEN=1 swift test --filter ManualPageTests")
    }

    private func cell(_ text: String) -> String {
        text.split(separator: "\n").joined(separator: " ").split(separator: "|", omittingEmptySubsequences: false)
            .joined(separator: "\\|")
    }

    @Test func connectorOptionsPageIsUpToDate() throws {
        var text = """
            # The connector's options

            Made from the program's own table. `supported` does what it says; `tuning` is checked, kept and shown, and has no
            effect but a line in the log, since it tunes Java's way of doing what is done differently here; `not yet` is refused by name
            where its value is not the default. A configuration with `database.server.name` is read as one for Debezium 1.9, one with
            `topic.prefix` as one for 3.6; `cdcd.debezium.profile=1.9` or `3.6` overrides that.

            """
        for group in ConnectorOptions.groups {
            text += "\n## \(group.name)\n\n| option | state | 1.9 | 3.6 | what |\n|---|---|---|---|---|\n"
            for option in group.options {
                let state =
                    switch option.support {
                    case .supported: "supported"
                    case .tuning: "tuning"
                    case .notYet:
                        option.supportedValues.isEmpty
                            ? "not yet" : "only " + option.supportedValues.map { "`\($0)`" }.joined(separator: ", ")
                    }
                text +=
                    "| `\(cell(option.name))` | \(cell(state)) | \(presence(option.v19)) | \(presence(option.v36)) | "
                text += "\(cell(option.documentation)) |\n"
            }
        }
        try check("connector-options.md", text)
    }

    private func presence(_ presence: ConnectorOption.Presence?) -> String {
        guard let presence else { return "–" }
        return presence.defaultValue.map { $0.isEmpty ? "empty" : "`\(cell($0))`" } ?? "no default"
    }

    @Test func workerPropertiesPageIsUpToDate() throws {
        var text = """
            # The worker's properties

            Made from the program's own table. The properties file of a Java worker is accepted as it is. `honoured` has its effect;
            `no effect` tunes a part that works differently here and is named in one line of the log; `Java only` means something to a JVM
            alone. A value that is not built yet stops the start, with the name and the remedy. Unknown properties are named in a warning.

            | property | state |
            |---|---|

            """
        for (name, rule) in WorkerPropertyCatalog.rules.sorted(by: { $0.key < $1.key }) {
            text += "| `\(name)` | \(cell(state(rule))) |\n"
        }
        text += "\n## By prefix\n\n| prefix | state |\n|---|---|\n"
        for (prefix, rule) in WorkerPropertyCatalog.prefixes { text += "| `\(prefix)` | \(cell(state(rule))) |\n" }
        text +=
            "\n## Producers\n\nBelow `producer.`, and below `producer.override.` of a connector.\n\n| property | state |\n|---|---|\n"
        for (name, rule) in WorkerPropertyCatalog.producerRules.sorted(by: { $0.key < $1.key }) {
            text += "| `\(name)` | \(cell(state(rule))) |\n"
        }
        try check("worker-properties.md", text)
    }

    private func state(_ rule: WorkerPropertyRule) -> String {
        switch rule {
        case .honoured: "honoured"
        case .withoutEffect: "no effect"
        case .javaOnly: "Java only"
        case .only(let values, let remedy) where values.isEmpty: "not yet: \(remedy)"
        case .only(let values, let remedy):
            "only \(values.sorted().map { "`\($0)`" }.joined(separator: ", ")): \(remedy)"
        }
    }

    @Test func everyPageThatTheReadmeNamesIsThere() throws {
        let readme = try String(
            contentsOf: Self.docs.deletingLastPathComponent().appendingPathComponent("README.md"), encoding: .utf8)
        let pages = readme.matches(of: /\]\(([A-Za-z\/.-]+\.md)\)/).map { String($0.output.1) }
        #expect(pages.count > 4)
        for page in pages {
            let file = Self.docs.deletingLastPathComponent().appendingPathComponent(page)
            #expect(FileManager.default.fileExists(atPath: file.path), "README.md names \(page)")
        }
    }
}
