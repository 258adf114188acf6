import ConnectData
import Testing
import WireTestSupport

@testable import ConnectRuntime

/// The tables of `docs/worker-properties.md` are printed from the declarations.
@Suite(.serialized) struct WorkerPropertiesPageTests {
    private func row<Target>(_ option: ConfigOption<Target>) -> String {
        let name = option.key.name
        let choices = option.supportedValues.map { "`\($0)`" }.joined(separator: ", ")
        switch option.use {
        case .consumedGroup where KafkaClientProperties.Role.allCases.contains { name == "\($0.rawValue).*" }:
            return "| `\(name)` | see below | |\n"
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

    private func table<Target>(_ options: ConfigOptions<Target>) -> String {
        options.options.sorted { $0.key.name < $1.key.name }
            .reduce(into: "\n| property | state | |\n|---|---|---|\n") { $0 += row($1) } + "\n"
    }

    @Test func workerPropertyTableIsUpToDate() throws {
        try expectGenerated(table(WorkerOptions.all), "worker", in: "worker-properties.md")
    }

    @Test(arguments: [KafkaClientProperties.Role.producer, .consumer, .admin])
    func clientPropertyTablesAreUpToDate(role: KafkaClientProperties.Role) throws {
        try expectGenerated(table(KafkaClientProperties.of(role).options), role.rawValue, in: "worker-properties.md")
    }
}
