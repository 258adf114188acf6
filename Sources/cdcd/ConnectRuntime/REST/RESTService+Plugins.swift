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
        func entry(_ className: String, _ type: String, _ version: String) -> JSONValue {
            .object(["class": .string(className), "type": .string(type), "version": .string(version)])
        }
        var list = plugins.connectors.map { entry($0.className, "source", $0.version(for: [:])) }
        if let flag = query.values("connectorsOnly").first, flag.lowercased() != "true" {
            list += TransformCatalog.supported.map { className in
                let isDebezium = className.hasPrefix("io.debezium.")
                return entry(className, "transformation", isDebezium ? DebeziumGeneration.v36.version : Self.version)
            }
            list += ConverterCatalog.supported.map { entry($0, "converter", Self.version) }
            list += ConverterCatalog.supportedForHeaders.map { entry($0, "header_converter", Self.version) }
        }
        return json(200, .array(list))
    }

    func showPluginConfig(_ name: String, _ query: QueryParameters) throws -> HTTPResponse {
        guard let plugin = plugins.connector(named: name) else { return try showTransformConfig(name) }
        if let wanted = query.values("version").first {
            let version = plugin.version(for: [:])
            guard wanted == version else {
                throw RESTError(
                    400, "Plugin \(plugin.className) not found that matches the version range [\(wanted),\(wanted)], "
                        + "available versions: [\(version)]")
            }
        }
        let own = plugin.validate(["connector.class": plugin.className]).values.compactMap(\.key)
        let framework = SourceConnectorDefinition.definition(connectorVersion: plugin.version(for: [:])).keys
        let taken = Set(own.map(\.name))
        let keys = own + framework.filter { !taken.contains($0.name) }
        return json(200, .array(keys.map(RESTDocuments.definition)))
    }

    /// Transforms and converters are plugins too.
    private func showTransformConfig(_ name: String) throws(RESTError) -> HTTPResponse {
        func isNamed(_ className: String) -> Bool {
            className == name || className.split(separator: ".").last.map(String.init) == name
        }
        if let className = TransformCatalog.supported.first(where: isNamed) {
            let definition = TransformCatalog.definition(of: className, generation: .v36)
            return json(200, .array(definition.keys.map(RESTDocuments.definition)))
        }
        let converters = ConverterCatalog.supported + ConverterCatalog.supportedForHeaders
        if let className = converters.first(where: isNamed) {
            return json(200, .array(ConverterCatalog.definition(of: className).keys.map(RESTDocuments.definition)))
        }
        throw RESTError(404, "Unknown plugin \(name).")
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
            // Here Connect reports what is a bad request as its own fault.
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
    /// - Throws: a `RESTError` of 400 where no connector class is named, or an unknown one.
    func validation(of config: ConnectorConfig, nullNames: [String]) throws(RESTError) -> Validation {
        guard let className = config["connector.class"] else {
            let shown = JavaHashOrder.sorted(config.names).map { "\($0)=\(config[$0] ?? "")" }.joined(separator: ", ")
            throw RESTError(400, "Connector config {\(shown)} contains no connector type")
        }
        guard let plugin = plugins.connector(named: className) else { throw RESTError(400, plugins.unknown(className)) }
        let framework = SourceConnectorDefinition.validate(
            config.dictionary, connectorVersion: plugin.version(for: config.dictionary),
            workerConverters: SourceConnectorDefinition.WorkerConverters(
                key: configuration.keyConverter.className, value: configuration.valueConverter.className,
                header: configuration.headerConverter.className))
        let own = plugin.validate(config.dictionary)
        // A property of the framework's stays the framework's, even if the connector knows it too.
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
        for (name, message) in ProducerSettings.overrideErrors(config.dictionary, worker: configuration) {
            result.values.append(ConfigValue(name: name, key: nil, value: config[name], errors: [message]))
        }
        result.values += framework.converters
        var groups: [String] = []
        for group in result.values.compactMap({ $0.key?.group }) where !groups.contains(group) { groups.append(group) }
        return Validation(className: className, result: result, groups: groups)
    }
}
