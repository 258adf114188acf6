import ConnectData
import Testing
import WireTestSupport

@testable import ConnectRuntime

/// The tables of `docs/worker-properties.md` are printed from the declarations.
@Suite(.serialized) struct WorkerPropertiesPageTests {
    private static let link = "[kafka-client-properties.md](kafka-client-properties.md)"

    private func row<Target>(_ option: ConfigOption<Target>) -> String {
        let name = option.key.name
        let choices = option.supportedValues.map { "`\($0)`" }.joined(separator: ", ")
        switch option.use {
        case .consumedGroup where KafkaClientProperties.Role.allCases.contains { name == "\($0.rawValue).*" }:
            return "| `\(name)` | see \(Self.link) | |\n"
        case .consumed, .consumedGroup:
            let defaultValue = option.key.defaultValue.flatMap { $0.isEmpty ? nil : "default `\($0)`" }
            let limit = choices.isEmpty ? nil : "only \(choices)"
            let details = [defaultValue, limit].compactMap(\.self).joined(separator: "; ")
            return "| `\(name)` | supported | \(details)\(details.isEmpty ? "" : " ")|\n"
        case .withoutEffect(let reason): return "| `\(name)` | no effect | \(reason) |\n"
        case .javaOnly: return "| `\(name)` | Java only | |\n"
        case .refused(let remedy):
            return "| `\(name)` | \(choices.isEmpty ? "**not yet**" : "only \(choices)") | \(remedy) |\n"
        }
    }

    /// Those of all clients, which `docs/kafka-client-properties.md` lists.
    private static let sections = ["ssl.", "sasl."]

    private func table<Target>(_ options: ConfigOptions<Target>) -> String {
        let linked = Self.sections.map { ("\($0)*", "| `\($0)*` | see \(Self.link) | |\n") }
        let rows = options.options.filter { option in !Self.sections.contains { option.key.name.hasPrefix($0) } }
            .map { ($0.key.name, row($0)) }
        return (rows + linked).sorted { $0.0 < $1.0 }
            .reduce(into: "\n| property | state | |\n|---|---|---|\n") { $0 += $1.1 } + "\n"
    }

    @Test func workerPropertyTableIsUpToDate() throws {
        try expectGenerated(table(WorkerOptions.all), "worker", in: "worker-properties.md")
    }
}
