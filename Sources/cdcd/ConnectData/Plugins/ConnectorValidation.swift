import WireCore

/// Checks the parts of a connector's configuration that the framework defines: its own properties, transforms,
/// predicates and converters.
///
/// A worker inserts the connector's own validation between `framework` and `converters`, as in Connect's response.
package struct ConnectorValidation: Sendable {
    /// The converters of the worker, which a connector uses if it names none.
    package struct WorkerConverters: Sendable {
        package var key: String
        package var value: String
        package var header: String

        package init(key: String, value: String, header: String) {
            self.key = key
            self.value = value
            self.header = header
        }
    }

    /// The framework's properties and those of the transforms and predicates, in the order in which they are shown.
    package let framework: [ConfigValue]
    /// The properties of the converters that the connector names.
    package let converters: [ConfigValue]

    /// - Parameter versionError: why `connector.plugin.version` selects no connector. The properties of the kind of
    ///   connector, of transforms and of converters are unknown then.
    package init(
        _ configuration: [String: String], of kind: ConnectorKind = .source, connectorVersion: String,
        versionError: String? = nil, workerConverters: WorkerConverters? = nil, plugins: PluginRegistry
    ) {
        let properties = ConnectorProperties(plugins: plugins)
        let definition =
            versionError == nil
            ? properties.definition(of: kind, connectorVersion: connectorVersion)
            : properties.commonDefinition(connectorVersion: connectorVersion)
        var values = definition.validate(configuration)
        var converters: [ConfigValue] = []
        let roles: [(role: String, workerClass: String?, kind: PluginKind)] = [
            ("key", workerConverters?.key, .converter), ("value", workerConverters?.value, .converter),
            ("header", workerConverters?.header, .headerConverter),
        ]
        for (role, workerClass, kind) in roles {
            let property = "\(role).converter"
            guard let index = values.firstIndex(where: { $0.name == property }) else { continue }
            values[index].key?.defaultValue = workerClass
            guard let name = configuration[property].map({ JavaText.trim($0) }) ?? workerClass else { continue }
            do throws(ConfigError) {
                let plugin = try plugins.resolve(name, as: kind, property: property)
                values[index].value = plugin.className
                Self.showVersion(plugin.selectableVersion(for: configuration), of: property, in: &values)
                let versionError = plugins.versionError(
                    of: plugin, configuration["\(property).plugin.version"], for: configuration)
                if configuration[property] != nil, Self.isSelected(property, versionError, &values) {
                    converters += Self.validate(plugin, property: property, role: role, configuration)
                }
            } catch {
                values[index].value = nil
                values[index].errors.append(error.message)
                if let version = values.firstIndex(where: { $0.name == "\(property).plugin.version" }) {
                    values[version].isVisible = false
                }
            }
        }
        if let versionError {
            Self.add(versionError, to: "connector.class", in: &values)
            Self.add(versionError, to: "connector.plugin.version", in: &values)
            self.converters = []
        } else {
            if kind == .sink {
                for error in SinkTopics.dependentErrors(configuration) {
                    Self.add(error.message, to: error.name, in: &values)
                }
            }
            values += TransformationSetup(configuration, plugins: plugins).values
            self.converters = converters
        }
        framework = values
    }

    private static func add(_ error: String, to name: String, in values: inout [ConfigValue]) {
        guard let index = values.firstIndex(where: { $0.name == name }) else { return }
        values[index].errors.append(error)
    }

    /// Whether the converter has a version that the configuration accepts; otherwise adds the error. That of a wrong
    /// syntax is one of `plugin.version` only, which has it already.
    private static func isSelected(
        _ property: String, _ versionError: String?, _ values: inout [ConfigValue]
    ) -> Bool {
        guard let versionError else { return true }
        let name = "\(property).plugin.version"
        guard let version = values.first(where: { $0.name == name }), version.errors.isEmpty else { return false }
        for name in [property, name] { add(versionError, to: name, in: &values) }
        return false
    }

    /// The version of a converter has a default once the converter is known.
    private static func showVersion(_ version: String, of property: String, in values: inout [ConfigValue]) {
        guard let index = values.firstIndex(where: { $0.name == "\(property).plugin.version" }) else { return }
        values[index].key?.defaultValue = version
        values[index].key?.recommendedValues = [version]
        if values[index].value == nil { values[index].value = version }
    }

    private static func validate(
        _ converter: PluginDescriptor, property: String, role: String, _ configuration: [String: String]
    ) -> [ConfigValue] {
        let prefix = property + "."
        var own = ["converter.type": role]
        for (name, value) in configuration {
            if let suffix = name.dropping(prefix: prefix) { own[suffix] = value }
        }
        let values = converter.properties(for: configuration).definition.validate(own)
        // Connect shows them in the order of a HashMap.
        return JavaHashOrder.sorted(values, hash: { $0.name.javaHashCode }).map { value in
            var value = value
            value.name = prefix + value.name
            value.key?.name = value.name
            return value
        }
    }
}
