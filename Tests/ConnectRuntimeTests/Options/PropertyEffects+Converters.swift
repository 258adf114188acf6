import ConnectData
import PluginTestSupport
import WireCore

@testable import ConnectRuntime

extension PropertyEffect {
    private enum Part: String { case key, value, header }

    /// The bytes of a text in a record of a connector that configures no converter.
    private static func converted(_ part: Part) -> Observation {
        { properties in
            let configuration: WorkerConfiguration
            do throws(WorkerConfigurationError) {
                configuration = try WorkerConfiguration(properties: properties, plugins: TestPlugins.registry)
            } catch {
                return error.problems.map(\.name).joined()
            }
            let writer = try RecordWriter(connector: [:], worker: configuration, plugins: TestPlugins.registry)
            var bytes = ByteWriter()
            let (text, schema) = (ConnectValue.string("x"), Schema(.string))
            switch part {
            case .key: _ = try writer.keyConverter.convert(text, schema: schema, topic: "t", into: &bytes)
            case .value: _ = try writer.valueConverter.convert(text, schema: schema, topic: "t", into: &bytes)
            case .header:
                _ = try writer.headerConverter.convert(text, schema: schema, header: "h", topic: "t", into: &bytes)
            }
            return String(decoding: bytes.array(), as: UTF8.self)
        }
    }

    private static let json = WorkerOptions.jsonConverter
    private static let withSchema = #"{"schema":{"type":"string","optional":false},"payload":"x"}"#

    /// The converters of connectors that configure none. Those for keys and values are required.
    static let converters = [
        PropertyEffect(
            "key.converter", json, with: ["key.converter": ""], from: "key.converter", to: withSchema, converted(.key)),
        PropertyEffect(
            "key.converter.schemas.enable", "false", of: "key.converter.*", from: withSchema, to: #""x""#,
            converted(.key)),
        PropertyEffect(
            "value.converter", json, with: ["value.converter": ""], from: "value.converter", to: withSchema,
            converted(.value)),
        PropertyEffect(
            "value.converter.schemas.enable", "false", of: "value.converter.*", from: withSchema, to: #""x""#,
            converted(.value)),
        PropertyEffect(
            "key.converter.plugin.version", "3", from: withSchema, to: "key.converter.plugin.version", converted(.key)),
        PropertyEffect(
            "value.converter.plugin.version", "3", from: withSchema, to: "value.converter.plugin.version",
            converted(.value)),
        PropertyEffect(
            "header.converter.plugin.version", "3", from: "x", to: "header.converter.plugin.version",
            converted(.header)),
        PropertyEffect("header.converter", json, from: "x", to: withSchema, converted(.header)),
        PropertyEffect(
            "header.converter.schemas.enable", "false", of: "header.converter.*", with: ["header.converter": json],
            from: withSchema, to: #""x""#, converted(.header)),
    ]
}
