import ConnectData

/// What a record passes on its way to the producer: transforms, then one converter each for headers, key and value.
package struct RecordPipeline {
    let transforms: TransformChain
    let keyConverter: any Converter
    let valueConverter: any Converter
    let headerConverter: any HeaderConverter

    /// As the connector's configuration says. A converter that it does not name is the worker's, with the worker's
    /// properties; those of the connector do not count then.
    package init(connector: [String: String], worker: WorkerConfiguration) throws(ConfigError) {
        func settings(
            _ name: String, _ fallback: WorkerConfiguration.ConverterSettings
        ) -> WorkerConfiguration.ConverterSettings {
            guard let className = JavaText.trimmedOrNil(connector[name]) else { return fallback }
            return WorkerConfiguration.ConverterSettings(
                className: className, properties: ProducerSettings.stripped(connector, prefix: "\(name)."))
        }
        transforms = try TransformChain(configuration: connector)
        let key = settings("key.converter", worker.keyConverter)
        keyConverter = try ConverterCatalog.make(className: key.className, configuration: key.properties, isKey: true)
        let value = settings("value.converter", worker.valueConverter)
        valueConverter = try ConverterCatalog.make(
            className: value.className, configuration: value.properties, isKey: false)
        let header = settings("header.converter", worker.headerConverter)
        headerConverter = try ConverterCatalog.makeHeaderConverter(
            className: header.className, configuration: header.properties)
    }
}
