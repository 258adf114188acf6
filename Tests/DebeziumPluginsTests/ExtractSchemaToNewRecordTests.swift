import PluginTestSupport
import Testing

@Suite struct ExtractSchemaToNewRecordTests {
    @Test func recordsEqualDebeziums() throws {
        try TransformCases("debezium-3.6/extract-schema-to-new-record").compare()
    }
}
