import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct ActivateTracingSpanTests {
    /// Of events without a context; Debezium fails at others without OpenTelemetry.
    @Test(arguments: ["3.6", "1.9"]) func recordsEqualDebeziums(version: String) throws {
        try TransformCases("debezium-\(version)/activate-tracing-span").compare()
    }

    @Test func optionsAreChecked() {
        let value = ActivateTracingSpan.plugin.properties().definition
            .validate(["tracing.with.context.field.only": "maybe"])
            .first { !$0.errors.isEmpty }
        #expect(value?.name == "tracing.with.context.field.only")
    }
}
