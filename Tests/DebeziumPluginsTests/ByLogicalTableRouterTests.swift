import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct ByLogicalTableRouterTests {
    @Test(arguments: ["3.6", "1.9"]) func recordsEqualDebeziums(version: String) throws {
        for name in ["by-logical-table-router", "by-logical-table-router-types"] {
            try TransformCases("debezium-\(version)/\(name)").compare()
        }
    }

    @Test(arguments: DebeziumGeneration.allCases) func everyOptionIsConsumed(generation: DebeziumGeneration) {
        let profile = LogicalTableProfile(generation)
        let unused = OptionConsumption.unused(
            of: LogicalTableOptions.options(profile), into: LogicalTableOptions(profile),
            values: ["schema.name.adjustment.mode": generation == .v36 ? "avro" : "none"])
        #expect(unused == [])
    }

    @Test func optionsOfOtherGenerationAreRefused() {
        let properties = ByLogicalTableRouter.plugin.properties(for: ["database.server.name": "d"])
        #expect(properties.refused.map(\.name) == ["logical.table.cache.size"])
    }

    /// Another transform may have added a field to the row after the change only.
    @Test func rowsWithDifferentFieldsAreAnErrorOfRecordsAndShapes() throws {
        let transform = try ByLogicalTableRouter(
            generation: .v36, configuration: ["topic.regex": "(.*)", "topic.replacement": "all"])
        func row(_ names: [String]) -> Schema {
            Schema(.structure, isOptional: true, fields: names.map { .init($0, Schema(.int32)) })
        }
        let schema = Schema(
            .structure, name: "t.Envelope",
            fields: [.init("before", row(["id"])), .init("after", row(["id", "added"]))])
        var shape = RecordShape(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: .structure([.structure([.input(0)]), .structure([.input(1), .input(2)])]), headers: [])
        var record = ConnectRecord(
            topic: "t", keySchema: nil, key: .null, valueSchema: schema,
            value: shape.value.value(schema) { .integer(Int64($0)) })
        let error = DataError("A row of all does not have the columns of its schema")
        #expect(throws: error) { try transform.apply(&record) }
        #expect(throws: error) { try transform.apply(to: &shape) }
    }
}
