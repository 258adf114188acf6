import ConnectData
import PluginTestSupport
import Testing

@testable import DebeziumPlugins

@Suite struct UnwrapOptionsTests {
    @Test(arguments: DebeziumGeneration.allCases) func everyOptionIsConsumed(generation: DebeziumGeneration) throws {
        let unused = OptionConsumption.unused(
            of: UnwrapOptions.options(UnwrapProfile(generation)),
            into: try UnwrapOptions(generation: generation, configuration: [:]),
            values: ["delete.tombstone.handling.mode": "rewrite", "delete.handling.mode": "rewrite"])
        #expect(unused == [])
    }
}
