import PluginTestSupport
import Testing

@testable import ConnectPlugins

@Suite struct PluginOptionTests {
    @Test func everyOptionOfThePluginsIsConsumed() {
        let converter = OptionConsumption.unused(
            of: JSONConverter.options, into: JSONConverter.Settings(), values: ["decimal.format": "NUMERIC"])
        #expect(converter == [])
        #expect(OptionConsumption.unused(of: InsertHeader.options, into: InsertHeader.Settings()) == [])
        #expect(OptionConsumption.unused(of: RegexRouter.options, into: RegexRouter.Settings()) == [])
        let source = OptionConsumption.unused(
            of: FileStreamSourceConnector.options, into: FileStreamSourceConnector.Settings())
        #expect(source == [])
    }
}
