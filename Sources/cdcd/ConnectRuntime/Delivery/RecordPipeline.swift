import ConnectData

/// What a record passes on its way to the producer: transforms, then one converter each for headers, key and value.
package struct RecordPipeline {
    let transforms: TransformationChain
    let keyConverter: any Converter
    let valueConverter: any Converter
    let headerConverter: any HeaderConverter

    /// As the connector's configuration says. A converter that it does not name is the worker's, with the worker's
    /// properties; those of the connector do not count then.
    package init(
        connector: [String: String], worker: WorkerConfiguration, plugins: PluginRegistry
    ) throws(ConfigError) {
        func settings(
            _ name: String, _ fallback: WorkerConfiguration.ConverterSettings
        ) -> WorkerConfiguration.ConverterSettings {
            guard let className = JavaText.trimmedOrNil(connector[name]) else { return fallback }
            return WorkerConfiguration.ConverterSettings(
                className: className, properties: ProducerSettings.stripped(connector, prefix: "\(name)."))
        }
        transforms = try TransformationChain(configuration: connector, plugins: plugins)
        func context(_ settings: WorkerConfiguration.ConverterSettings, type: String) -> PluginContext {
            PluginContext(
                properties: settings.properties.merging(["converter.type": type]) { $1 },
                connectorConfiguration: connector, plugins: plugins)
        }
        let key = settings("key.converter", worker.keyConverter)
        keyConverter = try plugins.makeConverter(
            key.className, property: "key.converter", context(key, type: "key"))
        let value = settings("value.converter", worker.valueConverter)
        valueConverter = try plugins.makeConverter(
            value.className, property: "value.converter", context(value, type: "value"))
        let header = settings("header.converter", worker.headerConverter)
        headerConverter = try plugins.makeHeaderConverter(
            header.className, property: "header.converter", context(header, type: "header"))
    }
}
