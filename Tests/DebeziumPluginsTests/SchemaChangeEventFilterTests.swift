import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct SchemaChangeEventFilterTests {
    @Test func recordsEqualDebeziums() throws { try TransformCases("debezium-3.6/schema-change-event-filter").compare() }

    @Test func everyOptionIsConsumed() {
        let unused = OptionConsumption.unused(
            of: SchemaChangeEventFilter.options, into: SchemaChangeEventFilter.Settings())
        #expect(unused == [])
    }
}
