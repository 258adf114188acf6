import ConnectData
import ConnectPlugins
import DebeziumPlugins
import PluginTestSupport
import Testing
import WireTestSupport

/// The tables of `docs/plugins.md` are generated from the plugin registry.
@Suite(.serialized) struct PluginsPageTests {
    private static let titles: [(kind: PluginKind, title: String)] = [
        (.transformation, "Transforms"), (.predicate, "Predicates"), (.converter, "Converters"),
        (.headerConverter, "Header converters"), (.configProvider, "Config providers"),
    ]

    private static let generations: [(generation: DebeziumGeneration, configuration: [String: String])] = [
        (.v19, ["database.server.name": "s"]), (.v36, ["topic.prefix": "p"]),
    ]

    private func code(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "" }
        return "`\(text.replacing("|", with: "\\|").replacing("\n", with: "\\n"))`"
    }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

    private func table(_ properties: PluginProperties) -> String {
        let keys = properties.definition.keys + properties.hidden.keys
        if keys.isEmpty, properties.refused.isEmpty { return "\nNo properties.\n" }
        var text = "\n| property | type | default | |\n|---|---|---|---|\n"
        for key in keys {
            var about = cell(key.documentation)
            switch key.support {
            case .full: break
            case .withoutEffect(let reason): about += " **No effect**: \(cell(reason))."
            case .refused(let remedy): about += " **Refused**: \(cell(remedy))."
            }
            let fallback = key.isRequired ? "required" : code(key.defaultValue)
            text += "| \(code(key.name)) | \(key.type.rawValue.lowercased()) | \(fallback) | \(about) |\n"
        }
        for refused in properties.refused {
            text += "| \(code(refused.name)) | | | **Refused**: \(cell(refused.reason)). |\n"
        }
        return text
    }

    private func section(_ plugins: [PluginDescriptor]) -> String {
        guard let plugin = plugins.first else { return "" }
        var text = "\n### \(plugins.map { code($0.className) }.joined(separator: "<br>"))\n"
        let tables = Self.generations.map { ($0.generation, table(plugin.properties(for: $0.configuration))) }
        if let first = tables.first?.1, tables.allSatisfy({ $0.1 == first }) { return text + first }
        for (generation, table) in tables { text += "\nGeneration \(generation.rawValue):\n\(table)" }
        return text
    }

    @Test func tablesAreUpToDate() throws {
        var text = ""
        for (kind, title) in Self.titles {
            let plugins = TestPlugins.registry.plugins(kind)
            if plugins.isEmpty { continue }
            text += "\n## \(title)\n"
            // The variants of a transform have one section.
            var index = 0
            while index < plugins.count {
                let base = plugins[index].className.split(separator: "$").first
                var end = index + 1
                while end < plugins.count, plugins[end].className.split(separator: "$").first == base { end += 1 }
                text += section(Array(plugins[index..<end]))
                index = end
            }
        }
        let known = [KafkaClasses.javaClasses, DebeziumClasses.javaClasses].flatMap { $0 }
        let registered = Set(PluginKind.allCases.flatMap { TestPlugins.registry.plugins($0) }.map(\.className))
        let refused = Set(known.flatMap(\.value)).subtracting(registered).sorted()
        if !refused.isEmpty {
            text += "\n## Classes that are refused by name\n\n"
            text += refused.map { "- \(code($0))\n" }.joined()
        }
        try expectGenerated(text + "\n", "plugins", in: "plugins.md")
    }
}
