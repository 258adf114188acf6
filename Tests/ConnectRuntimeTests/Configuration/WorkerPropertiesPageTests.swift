import Testing
import WireTestSupport

@testable import ConnectRuntime

/// The tables of `docs/worker-properties.md` say what the code does.
@Suite(.serialized) struct WorkerPropertiesPageTests {
    private func row(_ name: String, _ rule: WorkerPropertyRule) -> String {
        switch rule {
        case .honoured: return "| `\(name)` | supported | |\n"
        case .withoutEffect: return "| `\(name)` | no effect | |\n"
        case .javaOnly: return "| `\(name)` | Java only | |\n"
        case .only(let values, let remedy):
            let choices = values.sorted().map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(name)` | \(choices.isEmpty ? "**not yet**" : "only \(choices)") | \(remedy) |\n"
        }
    }

    private func table(_ rules: [(String, WorkerPropertyRule)]) -> String {
        rules.reduce(into: "\n| property | state | |\n|---|---|---|\n") { $0 += row($1.0, $1.1) } + "\n"
    }

    @Test func listsEveryPropertyOfTheWorker() throws {
        let named = WorkerPropertyCatalog.rules.map { ($0.key, $0.value) }
        let prefixed = WorkerPropertyCatalog.prefixes.map { ("\($0.0)*", $0.1) }
        try expectGenerated(table((named + prefixed).sorted { $0.0 < $1.0 }), "worker", in: "worker-properties.md")
    }

    @Test func listsEveryPropertyOfTheProducer() throws {
        let named = WorkerPropertyCatalog.producerRules.map { ($0.key, $0.value) }
        try expectGenerated(table(named.sorted { $0.0 < $1.0 }), "producer", in: "worker-properties.md")
    }
}
