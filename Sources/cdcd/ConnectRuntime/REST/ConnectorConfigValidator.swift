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
    /// - Throws: a `RESTError` of 400 if no connector class is named, or an unknown one, and of 500 if a config
    ///   provider fails.
    func validate(
        _ config: ConnectorConfig, nullNames: [String], enter: (_ stage: String) -> Void
    ) throws(RESTError) -> Validation {
        let resolved: [String: String]
        do {
            resolved = try worker.configProviders.resolved(config.dictionary)
        } catch {
            throw RESTError(500, "\(error)")
        }
        var (className, result) = try validate(config, resolved, nullNames: nullNames, enter: enter)
        Self.restoreVariables(of: config, resolved, in: &result)
        var groups: [String] = []
        for group in result.values.compactMap({ $0.key?.group }) where !groups.contains(group) { groups.append(group) }
        return Validation(className: className, result: result, groups: groups)
    }

    /// The properties whose items are parts of the names of other properties, which begin with the prefix.
    private static let namingSections = [
        (property: "transforms", prefix: "transforms."), (property: "predicates", prefix: "predicates."),
        (property: "topic.creation.groups", prefix: "topic.creation."),
    ]

    /// Shows variables as they are written. Connect shows their values, also in errors.
    private static func restoreVariables(
        of config: ConnectorConfig, _ resolved: [String: String], in result: inout ConfigValidation
    ) {
        let names = Set(config.namesWithVariables.filter { resolved[$0] != config[$0] })
        guard !names.isEmpty else { return }
        let sections = namingSections.filter { names.contains($0.property) }
        for index in result.values.indices {
            let name = result.values[index].name
            if names.contains(name) {
                let (raw, value) = (config[name] ?? "", JavaText.trim(resolved[name] ?? ""))
                result.values[index].value = raw
                if !value.isEmpty {
                    result.values[index].errors = result.values[index].errors.map { $0.replacing(value, with: raw) }
                }
            }
            result.values[index].errors = result.values[index].errors.map { LogSystem.shared.redacted($0) }
            if sections.contains(where: { name.hasPrefix($0.prefix) }) {
                result.values[index].name = LogSystem.shared.redacted(name)
                result.values[index].key?.redact()
            }
        }
        result.warnings = result.warnings.map { LogSystem.shared.redacted($0) }
    }

    private func validate(
        _ config: ConnectorConfig, _ resolved: [String: String], nullNames: [String], enter: (_ stage: String) -> Void
    ) throws(RESTError) -> (className: String, ConfigValidation) {
        guard let writtenClassName = config["connector.class"], let className = resolved["connector.class"] else {
            let names = JavaHashOrder.sorted(config.names, from: .copied, hash: \.javaHashCode)
            let shown = names.map { "\($0)=\(config[$0] ?? "")" }.joined(separator: ", ")
            throw RESTError(400, "Connector config {\(shown)} contains no connector type")
        }
        guard let connector = plugins.connectorPlugin(named: className) else {
            throw RESTError(400, plugins.unknownConnectorMessage(writtenClassName))
        }
        let plugin = connector.descriptor
        do throws(PluginVersionRange.SyntaxError) {
            _ = try PluginVersionRange(resolved["connector.plugin.version"])
        } catch {
            throw RESTError(400, LogSystem.shared.redacted(error.description))
        }
        enter("validating connector configuration")
        let versionError = plugins.versionError(of: plugin, resolved["connector.plugin.version"], for: resolved)
        let framework = ConnectorValidation(
            resolved, of: connector.kind, connectorVersion: plugin.version(for: resolved), versionError: versionError,
            workerConverters: ConnectorValidation.WorkerConverters(
                key: worker.keyConverter.className, value: worker.valueConverter.className,
                header: worker.headerConverter.className),
            plugins: plugins)
        if versionError != nil {
            return (className, ConfigValidation(values: framework.framework))
        }
        enter("performing multi-property validation for the connector")
        let own = connector.makeConnector(plugins).validate(resolved)
        enter("validating \(connector.kind == .source ? "producer" : "consumer") config overrides for the connector")
        // The framework's result counts for its own properties, even if the connector defines them too.
        let taken = Set(framework.framework.map(\.name))
        var result = ConfigValidation(
            values: framework.framework + own.values.filter { !taken.contains($0.name) }, warnings: own.warnings)
        Self.refuse(nullNames, in: &result)
        for error in ClientOverride(connector: resolved, worker: worker, kind: connector.kind).errors {
            result.values.append(
                ConfigValue(name: error.name, key: nil, value: error.value, errors: [error.message]))
        }
        if connector.kind == .sink { refuseGroupOfWorker(resolved, in: &result) }
        result.values += framework.converters
        return (className, result)
    }

    /// The consumers of a sink cannot be members of the workers' group.
    private func refuseGroupOfWorker(_ resolved: [String: String], in result: inout ConfigValidation) {
        let (property, workerGroup) = ("consumer.override.group.id", worker.groupID)
        if let group = resolved[property] {
            guard group == workerGroup else { return }
            let message = "Consumer group \(group) conflicts with Connect worker group \(workerGroup)"
            result.values.insert(ConfigValue(name: property, key: nil, value: group, errors: [message]), at: 0)
        } else if let name = resolved["name"], TaskClientProperties.groupID(of: name) == workerGroup,
            let index = result.values.firstIndex(where: { $0.name == "name" })
        {
            result.values[index].errors.append(
                "Consumer group for sink connector named \(name) conflicts with Connect worker group \(workerGroup)")
        }
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

extension ConfigKey {
    /// Shows variables in place of their values in the texts that contain names of other properties.
    fileprivate mutating func redact() {
        name = LogSystem.shared.redacted(name)
        displayName = LogSystem.shared.redacted(displayName)
        documentation = LogSystem.shared.redacted(documentation)
        group = group.map { LogSystem.shared.redacted($0) }
    }
}
