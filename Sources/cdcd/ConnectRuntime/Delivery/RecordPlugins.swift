import ConnectData
import WireCore

/// The transforms and converters that a connector's configuration names. Without a converter class in it, the converter
/// is the worker's, with the worker's properties; the connector's properties of that converter then have no effect.
struct RecordPlugins {
    /// A converter, with the name of its Java class.
    struct Named<Plugin> {
        let plugin: Plugin
        let className: String
    }

    let transforms: TransformationChain
    let keyConverter: Named<any Converter>
    let valueConverter: Named<any Converter>
    let headerConverter: Named<any HeaderConverter>

    /// - Parameter control: of the task that uses the plugins.
    init(
        connector: [String: String], worker: WorkerConfiguration, plugins: PluginRegistry, control: TaskControl?
    ) throws(ConfigError) {
        func settings(
            _ name: String, _ fallback: WorkerConfiguration.ConverterSettings
        ) -> WorkerConfiguration.ConverterSettings {
            guard let className = JavaText.trimmedOrNil(connector[name]) else { return fallback }
            return WorkerConfiguration.ConverterSettings(
                className: className, properties: ConfigProperties.below("\(name).", in: connector))
        }
        func context(_ settings: WorkerConfiguration.ConverterSettings, type: String) -> PluginContext {
            PluginContext(
                properties: settings.properties.merging(["converter.type": type]) { $1 },
                connectorConfiguration: connector, plugins: plugins, control: control)
        }
        func converter(
            _ name: String, _ fallback: WorkerConfiguration.ConverterSettings, type: String
        ) throws(ConfigError) -> Named<any Converter> {
            let settings = settings(name, fallback)
            let className = try plugins.resolve(settings.className, as: .converter, property: name).className
            return Named(
                plugin: try plugins.makeConverter(className, property: name, context(settings, type: type)),
                className: className)
        }
        transforms = try TransformationChain(configuration: connector, plugins: plugins)
        keyConverter = try converter("key.converter", worker.keyConverter, type: "key")
        valueConverter = try converter("value.converter", worker.valueConverter, type: "value")
        let header = settings("header.converter", worker.headerConverter)
        let headerClass = try plugins.resolve(header.className, as: .headerConverter, property: "header.converter")
        headerConverter = Named(
            plugin: try plugins.makeHeaderConverter(
                headerClass.className, property: "header.converter", context(header, type: "header")),
            className: headerClass.className)
    }
}
