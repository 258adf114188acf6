import PluginTestSupport
import Testing

@testable import ConnectPlugins

@Suite struct PluginOptionTests {
    @Test func everyOptionOfThePluginsIsConsumed() {
        let converter = OptionConsumption.unused(
            of: JSONConverter.options, into: JSONConverter.Settings(), values: ["decimal.format": "NUMERIC"])
        #expect(converter == [])
        let mapping = ["renames": "a:b"]
        let lists = ["blacklist": "x", "whitelist": "x"]
        #expect(OptionConsumption.unused(of: Cast.options, into: Cast.Settings(), values: ["spec": "int8"]) == [])
        #expect(OptionConsumption.unused(of: DropHeaders.options, into: DropHeaders.Settings()) == [])
        let extraction = OptionConsumption.unused(
            of: ExtractField.options, into: ExtractField.Settings(), values: ["field.syntax.version": "V2"])
        #expect(extraction == [])
        #expect(OptionConsumption.unused(of: Flatten.options, into: Flatten.Settings()) == [])
        let headerFrom = OptionConsumption.unused(
            of: HeaderFrom.options, into: HeaderFrom.Settings(), values: ["operation": "move"])
        #expect(headerFrom == [])
        #expect(OptionConsumption.unused(of: HoistField.options, into: HoistField.Settings()) == [])
        #expect(OptionConsumption.unused(of: HasHeaderKey.options, into: HasHeaderKey.Settings()) == [])
        #expect(OptionConsumption.unused(of: InsertField.options, into: InsertField.Settings()) == [])
        #expect(OptionConsumption.unused(of: MaskField.options, into: MaskField.Settings()) == [])
        let replacement = OptionConsumption.unused(
            of: ReplaceField.options, into: ReplaceField.Settings(), values: mapping)
        #expect(replacement == [])
        let former = OptionConsumption.unused(
            of: ReplaceField.formerOptions, into: ReplaceField.Settings(), values: lists)
        #expect(former == [])
        #expect(OptionConsumption.unused(of: SetSchemaMetadata.options, into: SetSchemaMetadata.Settings()) == [])
        let encodings = ["converter.encoding": "UTF-16"]
        let strings = OptionConsumption.unused(
            of: StringConverter.options, into: StringConverter.Settings(), values: encodings)
        #expect(strings == [])
        let timestamps = OptionConsumption.unused(
            of: TimestampConverter.options, into: TimestampConverter.Settings(),
            values: ["target.type": "unix", "unix.precision": "seconds"])
        #expect(timestamps == [])
        #expect(OptionConsumption.unused(of: TimestampRouter.options, into: TimestampRouter.Settings()) == [])
        #expect(OptionConsumption.unused(of: TopicNameMatches.options, into: TopicNameMatches.Settings()) == [])
        #expect(OptionConsumption.unused(of: ValueToKey.options, into: ValueToKey.Settings()) == [])
        #expect(OptionConsumption.unused(of: InsertHeader.options, into: InsertHeader.Settings()) == [])
        #expect(OptionConsumption.unused(of: RegexRouter.options, into: RegexRouter.Settings()) == [])
        let paths = OptionConsumption.unused(of: AllowedPaths.options, into: AllowedPaths.Settings())
        #expect(paths == [])
        let variables = OptionConsumption.unused(
            of: EnvVarConfigProvider.options, into: EnvVarConfigProvider.Settings())
        #expect(variables == [])
        let source = OptionConsumption.unused(
            of: FileStreamSourceConnector.options, into: FileStreamSourceConnector.Settings())
        #expect(source == [])
    }
}
