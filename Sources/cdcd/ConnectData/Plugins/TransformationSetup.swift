import WireCore

/// Reads and checks `transforms`, `predicates` and the properties of each, as Connect's `EnrichablePlugin` does.
struct TransformationSetup {
    struct Item {
        let plugin: PluginDescriptor
        let context: PluginContext
        /// The alias of the predicate that determines whether a transform is applied.
        let predicate: String?
        let isNegated: Bool
    }

    /// The two sections of a configuration that list plugins by alias.
    private enum Section: String {
        case transforms, predicates

        var kind: PluginKind { self == .transforms ? .transformation : .predicate }
        var title: String { self == .transforms ? "Transforms" : "Predicates" }
        var noun: String { self == .transforms ? "transformation" : "predicate" }
        var displayNoun: String { self == .transforms ? "Transformation" : "Predicate" }
    }

    /// The properties of the transforms and predicates in the order in which they are shown. `transforms` and
    /// `predicates` themselves are not among them.
    private(set) var values: [ConfigValue] = []
    private(set) var errors: [ConfigError] = []
    /// The plugins without errors.
    private(set) var transformations: [Item] = []
    /// The plugins without errors, by alias.
    private(set) var predicates: [String: Item] = [:]

    private let configuration: [String: String]
    private let plugins: PluginRegistry

    init(_ configuration: [String: String], plugins: PluginRegistry) {
        self.configuration = configuration
        self.plugins = plugins
        for alias in aliases(.transforms) {
            if let item = read(alias, .transforms) { transformations.append(item) }
        }
        for alias in aliases(.predicates) { predicates[alias] = read(alias, .predicates) }
    }

    static let listKeys = [
        ConfigKey(
            "transforms", .list, defaultValue: "", importance: .low,
            documentation: "Aliases for the transformations to be applied to records.", group: "Transforms",
            orderInGroup: 12, width: .long, displayName: "Transforms", validator: .uniqueAliases),
        ConfigKey(
            "predicates", .list, defaultValue: "", importance: .low,
            documentation: "Aliases for the predicates used by transformations.", group: "Predicates", orderInGroup: 13,
            width: .long, displayName: "Predicates", validator: .uniqueAliases),
    ]

    /// The aliases, each once; adds an error if one repeats.
    private mutating func aliases(_ section: Section) -> [String] {
        let items = ConfigSetting.items(configuration[section.rawValue] ?? "")
        if let error = ConfigValidator.uniqueAliases.check(name: section.rawValue, value: .list(items)) {
            errors.append(error)
        }
        var seen: Set<String> = []
        return items.filter { seen.insert($0).inserted }
    }

    /// Reads the plugin of an alias. Returns nil if it has an error.
    private mutating func read(_ alias: String, _ section: Section) -> Item? {
        let prefix = "\(section.rawValue).\(alias)."
        let group = "\(section.title): \(alias)"
        let typeName = prefix + "type"
        let typeKey = ConfigKey(
            typeName, .classReference, isRequired: true, importance: .high,
            documentation: "Class for the '\(alias)' \(section.noun).", group: group, orderInGroup: 0, width: .long,
            displayName: "\(section.displayNoun) type for \(alias)",
            recommendedValues: plugins.plugins(section.kind).map(\.className))
        var type = ConfigValue(name: typeName, key: typeKey, value: nil)
        var plugin: PluginDescriptor?
        if let name = configuration[typeName].map({ JavaText.trim($0) }) {
            do throws(ConfigError) {
                let resolved = try plugins.resolve(name, as: section.kind, property: typeName)
                plugin = resolved
                type.value = resolved.className
            } catch {
                type.value = plugins.contains(name) ? name : nil
                type.errors = [error.message]
            }
        } else {
            type.errors = ["Missing required configuration \"\(typeName)\" which has no default value."]
        }
        var version = self.version(of: plugin, alias, section, prefix: prefix, group: group)
        if plugin != nil { type.errors = version.errors }
        if configuration[typeName] == nil { version.errors = [] }
        let hasUnusedNegation = configuration[prefix + "predicate"] == nil && configuration[prefix + "negate"] != nil
        if section == .transforms, hasUnusedNegation {
            // It replaces errors of a class that exists.
            if type.value != nil { type.errors = [] }
            type.errors.append(
                "Config '\(prefix)negate' was provided but there is no config '\(prefix)predicate' "
                    + "defining a predicate to be negated.")
        }
        add([type, version])
        guard let plugin, version.errors.isEmpty else { return nil }
        return readProperties(of: plugin, alias, section, prefix: prefix, group: group)
    }

    private mutating func add(_ shown: [ConfigValue]) {
        values += shown
        errors += shown.flatMap { value in
            value.errors.map { ConfigError(name: value.name, value: value.value, message: $0) }
        }
    }

    /// `plugin.version` of an alias. If its class is unknown, only the syntax is checked.
    private func version(
        of plugin: PluginDescriptor?, _ alias: String, _ section: Section, prefix: String, group: String
    ) -> ConfigValue {
        let available = plugin?.selectableVersion(for: configuration)
        let key = ConfigKey(
            prefix + "plugin.version", .string, defaultValue: available, importance: .high,
            documentation: "Version of the '\(alias)' \(section.noun).", group: group, orderInGroup: 1, width: .long,
            displayName: "\(section.displayNoun) version for \(alias)", recommendedValues: available.map { [$0] } ?? [],
            validator: .pluginVersionRange)
        var values = ConfigDefinition([key]).validate(configuration)
        if let plugin, let error = plugins.versionError(of: plugin, configuration[key.name], for: configuration) {
            values[0].errors = [error]
        }
        return values[0]
    }

    private mutating func readProperties(
        of plugin: PluginDescriptor, _ alias: String, _ section: Section, prefix: String, group: String
    ) -> Item? {
        let properties = plugin.properties(for: configuration)
        let common = section == .transforms ? Self.predicateKeys : ConfigDefinition([])
        var shown = (properties.definition + common).embedded(under: prefix, group: group, firstOrder: 2)
            .validate(configuration)
        shown += properties.hidden.embedded(under: prefix, group: group, firstOrder: 0).validate(configuration)
            .filter { !$0.errors.isEmpty }
        for refused in properties.refused {
            guard let value = configuration[prefix + refused.name] else { continue }
            let error = ConfigError(name: prefix + refused.name, value: value, reason: refused.reason)
            // The class itself may be refused.
            if let type = values.lastIndex(where: { $0.name == error.name }) {
                values[type].errors.append(error.message)
                errors.append(error)
                return nil
            }
            shown.append(ConfigValue(name: error.name, key: nil, value: value, errors: [error.message]))
        }
        var own: [String: String] = [:]
        for (name, value) in configuration {
            if let suffix = name.dropping(prefix: prefix) { own[suffix] = value }
        }
        if shown.allSatisfy(\.errors.isEmpty) {
            for error in properties.dependentErrors(own) {
                guard let index = shown.firstIndex(where: { $0.name == prefix + error.name }) else { continue }
                shown[index].errors.append(error.message)
            }
        }
        add(shown)
        guard shown.allSatisfy(\.errors.isEmpty) else { return nil }
        return Item(
            plugin: plugin,
            context: PluginContext(properties: own, connectorConfiguration: configuration, plugins: plugins),
            predicate: configuration[prefix + "predicate"].map { JavaText.trim($0) },
            isNegated: JavaText.trim(configuration[prefix + "negate"] ?? "").lowercased() == "true")
    }

    /// The properties that every transform has. A predicate that does not exist is an error only when the transforms
    /// are created.
    private static let predicateKeys = ConfigDefinition([
        ConfigKey(
            "negate", .boolean, defaultValue: "false",
            documentation: "Whether the configured predicate should be negated."),
        ConfigKey(
            "predicate", .string,
            documentation: "The alias of a predicate used to determine whether to apply this transformation."),
    ])
}
