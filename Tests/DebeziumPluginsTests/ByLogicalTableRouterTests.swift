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
}
