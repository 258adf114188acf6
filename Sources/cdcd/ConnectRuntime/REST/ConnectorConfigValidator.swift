import ConnectData
import WireCore

/// Validates the configuration of a connector by the rules of the framework, of the connector's plugin, of converters
/// and of overridden client properties.
struct ConnectorConfigValidator: Sendable {
    /// The result, with the groups in which forms show the properties.
    struct Validation: Sendable {
        var className: String
        var result: ConfigValidation
        var groups: [String]
    }

    let plugins: PluginRegistry
    let worker: WorkerConfiguration

    /// Calls the plugin, which may connect to other systems and block without limit.
    ///
    /// - Parameters:
    ///   - nullNames: members that were given without a value.
    ///   - enter: called at the begin of each stage.
    /// - Throws: a `RESTError` of 400 if no connector class is named, or an unknown one.
    func validate(
        _ config: ConnectorConfig, nullNames: [String], enter: (_ stage: String) -> Void
    ) throws(RESTError) -> Validation {
        guard let className = config["connector.class"] else {
            let names = JavaHashOrder.sorted(config.names, from: .copied, hash: JavaHashOrder.hash)
            let shown = names.map { "\($0)=\(config[$0] ?? "")" }.joined(separator: ", ")
            throw RESTError(400, "Connector config {\(shown)} contains no connector type")
        }
        guard let plugin = plugins.connector(named: className),
            case .sourceConnector(let factory) = plugin.factory
        else {
            throw RESTError(400, plugins.unknownConnectorMessage(className))
        }
        enter("validating connector configuration")
        let framework = ConnectorValidation(
            config.dictionary, connectorVersion: plugin.version(for: config.dictionary),
            workerConverters: ConnectorValidation.WorkerConverters(
                key: worker.keyConverter.className, value: worker.valueConverter.className,
                header: worker.headerConverter.className),
            plugins: plugins)
        enter("performing multi-property validation for the connector")
        let own = factory.makeConnector(plugins).validate(config.dictionary)
        enter("validating producer config overrides for the connector")
        // The framework's result counts for its own properties, even if the connector defines them too.
        let taken = Set(framework.framework.map(\.name))
        var result = ConfigValidation(
            values: framework.framework + own.values.filter { !taken.contains($0.name) }, warnings: own.warnings)
        Self.refuse(nullNames, in: &result)
        for error in ClientOverride(connector: config.dictionary, worker: worker).errors {
            result.values.append(
                ConfigValue(name: error.name, key: nil, value: config[error.name], errors: [error.message]))
        }
        result.values += framework.converters
        var groups: [String] = []
        for group in result.values.compactMap({ $0.key?.group }) where !groups.contains(group) { groups.append(group) }
        return Validation(className: className, result: result, groups: groups)
    }

    private static func refuse(_ nullNames: [String], in result: inout ConfigValidation) {
        let message = "Null value can not be supplied as the configuration value."
        var places = NameMap<Int>()
        for (index, value) in result.values.enumerated() where places[value.name] == nil { places[value.name] = index }
        for name in nullNames {
            if let index = places[name] {
                result.values[index].errors.append(message)
            } else {
                result.values.append(ConfigValue(name: name, key: nil, value: nil, errors: [message]))
            }
        }
    }
}
