/// All plugins of this program, and the class names that exist only in Java. Immutable.
///
/// Runtime and REST look plugins up here and refer to none by name.
package struct PluginRegistry: Sendable {
    /// Class names that exist in Java, by kind. Those that are not registered are refused by name.
    package typealias JavaClasses = [PluginKind: [String]]

    private let pluginsByKind: [PluginKind: [PluginDescriptor]]
    private let namesByKind: [PluginKind: ClassNames]

    /// - Parameter javaClasses: includes or omits the registered classes, which makes no difference.
    package init(_ plugins: [PluginDescriptor], javaClasses: JavaClasses...) {
        pluginsByKind = Dictionary(grouping: plugins, by: \.kind)
            .mapValues { $0.sorted { $0.className < $1.className } }
        var names: [PluginKind: Set<String>] = [:]
        for plugin in plugins { names[plugin.kind, default: []].insert(plugin.className) }
        for classes in javaClasses {
            for (kind, list) in classes { names[kind, default: []].formUnion(list) }
        }
        namesByKind = Dictionary(
            uniqueKeysWithValues: names.map { kind, classNames in
                (kind, ClassNames(classNames, optionalSuffixes: kind.optionalSuffixes))
            })
    }

    /// The registered plugins of a kind, sorted by class name.
    package func plugins(_ kind: PluginKind) -> [PluginDescriptor] { pluginsByKind[kind] ?? [] }

    /// The registered plugin of this full or simple class name, whatever its kind; connectors first.
    package func plugin(named name: String) -> PluginDescriptor? {
        connector(named: name) ?? PluginKind.allCases.lazy.compactMap { plugin(named: name, kind: $0) }.first
    }

    /// The connector of this class name, simple name, or simple name without `Connector`.
    package func connector(named name: String) -> PluginDescriptor? {
        plugin(named: name, kind: .sourceConnector) ?? plugin(named: name, kind: .sinkConnector)
    }

    /// The registered plugin of this full or simple class name and this kind.
    func plugin(named name: String, kind: PluginKind) -> PluginDescriptor? {
        guard let className = namesByKind[kind]?.resolve(name) else { return nil }
        return plugins(kind).first { $0.className == className }
    }

    /// Whether the class exists in Java or is registered, whatever its kind; abstract ones with variants count.
    func contains(_ name: String) -> Bool {
        name.hasPrefix("java.lang.")
            || namesByKind.values.contains { $0.resolve(name) != nil || $0.contains("\(name)$Key") }
    }

    /// Connect's message about a connector class that does not exist.
    package func unknownConnectorMessage(_ name: String) -> String {
        let known = (plugins(.sinkConnector) + plugins(.sourceConnector)).map(\.className).joined(separator: ", ")
        return "Failed to find any class that implements Connector and which name matches \(name), "
            + "available connectors are: \(known)"
    }

    /// The plugin for a full or simple class name, as Connect resolves it.
    ///
    /// - Parameter property: the property that names the class, for the error.
    /// - Throws: if the class is unknown, abstract, of another kind or not built in.
    package func resolve(
        _ name: String, as kind: PluginKind, property: String
    ) throws(ConfigError) -> PluginDescriptor {
        if let plugin = plugin(named: name, kind: kind) { return plugin }
        if let className = namesByKind[kind]?.resolve(name) {
            throw .notSupported(property, value: name, what: "The \(kind.noun) \(className)")
        }
        if let names = namesByKind[kind], names.contains("\(name)$Key"), names.contains("\(name)$Value") {
            throw ConfigError(
                name: property, value: name,
                message: "This class is abstract and cannot be created. Did you mean \(name)$Key, \(name)$Value?")
        }
        let other = PluginKind.allCases.lazy.compactMap { namesByKind[$0]?.resolve(name) }.first
        if let className = other ?? (name.hasPrefix("java.lang.") ? name : nil) {
            throw ConfigError(
                name: property, value: name,
                message: "Class class \(className) does not implement the \(kind.interfaceName) interface")
        }
        throw ConfigError(name: property, value: name, reason: "Class \(name) could not be found.")
    }

    /// Connect's message if the value of `plugin.version` is no range, or one without the plugin's version.
    package func versionError(
        of plugin: PluginDescriptor, _ value: String?, for connectorConfiguration: [String: String] = [:]
    ) -> String? {
        let range: PluginVersionRange?
        do throws(PluginVersionRange.SyntaxError) {
            range = try PluginVersionRange(value)
        } catch {
            return error.description
        }
        let version = plugin.selectableVersion(for: connectorConfiguration)
        guard let range, !range.contains(version) else { return nil }
        // Connect lists a version once for each kind of plugin that the class is.
        let kinds = PluginKind.allCases.filter { self.plugin(named: plugin.className, kind: $0) != nil }
        let versions = kinds.map { _ in version }.joined(separator: ", ")
        return "Plugin \(plugin.className) not found that matches the version range \(range), "
            + "available versions: [\(versions)]"
    }

    // MARK: Instances

    /// Creates a converter for keys or values.
    ///
    /// - Parameters:
    ///   - name: the class name, as `property` gives it.
    ///   - context: its properties include or omit `converter.type`.
    package func makeConverter(
        _ name: String, property: String, _ context: PluginContext
    ) throws(ConfigError) -> any Converter {
        let plugin = try resolve(name, as: .converter, property: property)
        guard case .converter(let make) = plugin.factory else { preconditionFailure("resolved by kind") }
        return try make(context)
    }

    /// Creates a converter for headers.
    package func makeHeaderConverter(
        _ name: String, property: String, _ context: PluginContext
    ) throws(ConfigError) -> any HeaderConverter {
        let plugin = try resolve(name, as: .headerConverter, property: property)
        guard case .headerConverter(let make) = plugin.factory else { preconditionFailure("resolved by kind") }
        return try make(context)
    }

    /// Creates a config provider.
    package func makeConfigProvider(
        _ name: String, property: String, _ context: PluginContext
    ) throws(ConfigError) -> any ConfigProvider {
        let plugin = try resolve(name, as: .configProvider, property: property)
        guard case .configProvider(let make) = plugin.factory else { preconditionFailure("resolved by kind") }
        return try make(context)
    }
}

/// The class names of one kind, with their aliases.
private struct ClassNames: Sendable {
    private let names: Set<String>
    private let classesByAlias: [String: String]

    init(_ names: Set<String>, optionalSuffixes: [String]) {
        self.names = names
        var classes: [String: String] = [:]
        var ambiguous: Set<String> = []
        // A nested class has no simple name.
        for className in names where !className.contains("$") {
            let simpleName = Self.simpleName(className)
            var aliases: Set = [simpleName]
            for suffix in optionalSuffixes where simpleName.hasSuffix(suffix) && simpleName.count > suffix.count {
                aliases.insert(String(simpleName.dropLast(suffix.count)))
            }
            for alias in aliases where classes.updateValue(className, forKey: alias) != nil { ambiguous.insert(alias) }
        }
        // An ambiguous alias refers to neither class.
        for alias in ambiguous { classes[alias] = nil }
        classesByAlias = classes
    }

    func contains(_ className: String) -> Bool { names.contains(className) }

    func resolve(_ name: String) -> String? { names.contains(name) ? name : classesByAlias[name] }

    /// The part of a class name after its last dot.
    private static func simpleName(_ className: String) -> String {
        className.split(separator: ".").last.map(String.init) ?? className
    }
}
