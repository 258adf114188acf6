import ConnectData
import HTTPWire
import WireCore

/// `/connector-plugins` and what lies below.
extension RESTService {
    /// The outcome of validating a configuration, with the groups in which forms show it.
    struct Validation {
        var className: String
        var result: ConfigValidation
        var groups: [String]
    }

    func listPlugins(_ query: QueryParameters) -> HTTPResponse {
        let listsConnectorsOnly = query.values("connectorsOnly").first.map { $0.lowercased() == "true" } ?? true
        let list = PluginKind.allCases
            .filter { $0.isConnector || !listsConnectorsOnly && $0 != .configProvider }
            .flatMap { plugins.plugins($0) }
        return json(
            200,
            .array(
                list.map {
                    .object([
                        "class": .string($0.className), "type": .string($0.kind.rawValue),
                        "version": .string($0.version()),
                    ])
                }))
    }

    func showPluginConfig(_ name: String, _ query: QueryParameters) throws -> HTTPResponse {
        guard let plugin = plugins.plugin(named: name) else { throw RESTError(404, "Unknown plugin \(name).") }
        if let wanted = query.values("version").first, wanted != plugin.version() {
            throw RESTError(
                400, "Plugin \(plugin.className) not found that matches the version range [\(wanted),\(wanted)], "
                    + "available versions: [\(plugin.version())]")
        }
        var keys = plugin.properties().definition.keys
        if plugin.kind == .sourceConnector {
            let taken = Set(keys.map(\.name))
            keys += SourceConnectorProperties(plugins: plugins).definition(connectorVersion: plugin.version()).keys
                .filter { !taken.contains($0.name) }
        }
        return json(200, .array(keys.map(RESTDocuments.definition)))
    }

    func validate(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        let body = try RequestBody.configuration(request)
        let config = body.config
        if let className = config["connector.class"], !Self.normalized(className).hasSuffix(Self.normalized(name)) {
            throw RESTError(400, "Included connector type \(className) does not match request type \(name)")
        }
        let validation: Validation
        do throws(RESTError) {
            validation = try self.validation(of: config, nullNames: body.nullNames)
        } catch {
            // Here Connect reports a bad request as an internal error.
            throw RESTError(500, error.message)
        }
        return json(200, RESTDocuments.validation(validation.className, validation.result, groups: validation.groups))
    }

    private static func normalized(_ className: String) -> String {
        let suffix = "Connector"
        return className.hasSuffix(suffix) ? String(className.dropLast(suffix.count)) : className
    }

    /// Validates by the framework's rules and the connector's own.
    ///
    /// - Parameter nullNames: members that were given without a value.
    /// - Throws: a `RESTError` of 400 if no connector class is named, or an unknown one.
    func validation(of config: ConnectorConfig, nullNames: [String]) throws(RESTError) -> Validation {
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
        let framework = ConnectorValidation(
            config.dictionary, connectorVersion: plugin.version(for: config.dictionary),
            workerConverters: ConnectorValidation.WorkerConverters(
                key: configuration.keyConverter.className, value: configuration.valueConverter.className,
                header: configuration.headerConverter.className),
            plugins: plugins)
        let own = factory.makeConnector(plugins).validate(config.dictionary)
        // The framework's result counts for its own properties, even if the connector defines them too.
        let taken = Set(framework.framework.map(\.name))
        var result = ConfigValidation(
            values: framework.framework + own.values.filter { !taken.contains($0.name) }, warnings: own.warnings)
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
        for error in ClientOverride(connector: config.dictionary, worker: configuration).errors {
            result.values.append(
                ConfigValue(name: error.name, key: nil, value: config[error.name], errors: [error.message]))
        }
        result.values += framework.converters
        var groups: [String] = []
        for group in result.values.compactMap({ $0.key?.group }) where !groups.contains(group) { groups.append(group) }
        return Validation(className: className, result: result, groups: groups)
    }
}
