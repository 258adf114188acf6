import PluginTestSupport
import Testing

@Suite struct VectorToJsonConverterTests {
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/vector-to-json-converter").compare() }
}
