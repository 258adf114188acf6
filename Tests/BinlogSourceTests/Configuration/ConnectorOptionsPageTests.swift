import BinlogSource
import ConnectData
import ConnectPlugins
import DebeziumPlugins
import PluginTestSupport
import Testing
import WireTestSupport

/// The tables of `docs/connector-options.md` are generated from the code.
@Suite(.serialized) struct ConnectorOptionsPageTests {
    private func code(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "" }
        return "`\(text.replacing("|", with: "\\|"))`"
    }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

    private func state(_ option: ConnectorOption) -> String {
        guard let declaration = option.declaration else { return "" }
        switch declaration.use {
        case .consumed, .consumedGroup: return "supported"
        case .withoutEffect, .javaOnly: return "no effect"
        case .refused:
            let choices = declaration.supportedValues.map { code($0) }.joined(separator: ", ")
            return choices.isEmpty ? "**not yet**" : "only " + choices
        }
    }

    private func defaults(_ option: ConnectorOption) -> String {
        guard let old = option.v19 else { return code(option.v36?.defaultValue) }
        guard let new = option.v36 else { return code(old.defaultValue) }
        if old.defaultValue == new.defaultValue { return code(new.defaultValue) }
        return "1.9: \(old.defaultValue.map { code($0) } ?? "none"), 3.6: \(new.defaultValue.map { code($0) } ?? "none")"
    }

    @Test func connectorOptionTablesAreUpToDate() throws {
        var text = ""
        for group in ConnectorOptions.groups {
            text += "\n### \(group.name)\n\n| option | 1.9 | 3.6 | default | state | |\n|---|---|---|---|---|---|\n"
            for option in group.options.sorted(by: { $0.name < $1.name }) {
                text += "| \(code(option.name)) | \(option.v19 == nil ? "" : "✓") | \(option.v36 == nil ? "" : "✓") "
                text += "| \(defaults(option)) | \(state(option)) | \(cell(option.documentation)) |\n"
            }
        }
        try expectGenerated(text + "\n", "options", in: "connector-options.md")
    }

    private func table(_ keys: [ConfigKey]) -> String {
        var text = "\n| property | type | default | |\n|---|---|---|---|\n"
        for key in keys {
            let fallback = key.isRequired ? "required" : code(key.defaultValue)
            text += "| \(code(key.name)) | \(key.type.rawValue.lowercased()) | \(fallback) | \(cell(key.documentation)) |\n"
        }
        return text + "\n"
    }

    @Test func frameworkPropertyTableIsUpToDate() throws {
        let keys = ConnectorProperties(plugins: TestPlugins.registry).definition(of: .source, connectorVersion: "3.6.1.Final").keys
        try expectGenerated(table(keys), "framework", in: "connector-options.md")
    }
}
