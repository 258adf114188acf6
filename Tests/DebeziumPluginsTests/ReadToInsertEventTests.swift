import PluginTestSupport
import Testing

@Suite struct ReadToInsertEventTests {
    @Test(arguments: ["3.6", "1.9"]) func recordsEqualDebeziums(version: String) throws {
        try TransformCases("debezium-\(version)/read-to-insert-event").compare()
    }
}
