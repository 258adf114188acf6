import WireCore

/// Reads and checks `transforms`, `predicates` and the properties of each, as Connect's `EnrichablePlugin` does.
struct TransformSetup {
    struct Item {
        let className: String
        /// Without their prefix.
        let configuration: [String: String]
    }

    let generation: DebeziumGeneration
    /// The properties of the transforms and predicates in the order in which they are shown. `transforms` and
    /// `predicates` themselves are not among them.
    private(set) var values: [ConfigValue] = []
    private(set) var errors: [ConfigError] = []
    /// Those without errors.
    private(set) var transforms: [Item] = []

    private let configuration: [String: String]

    init(_ configuration: [String: String]) {
        self.configuration = configuration
        generation = DebeziumGeneration(configuration: configuration)
        for alias in aliases("transforms") { readTransform(alias) }
        for alias in aliases("predicates") { readPredicate(alias) }
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

    /// The aliases, each once; an error where one repeats.
    private mutating func aliases(_ name: String) -> [String] {
        let items = ConfigSetting.items(configuration[name] ?? "")
        if let error = ConfigValidator.uniqueAliases.check(name: name, value: .list(items)) { errors.append(error) }
        var seen: Set<String> = []
        return items.filter { seen.insert($0).inserted }
    }

    // MARK: Transforms

    private mutating func readTransform(_ alias: String) {
        let prefix = "transforms.\(alias)."
        let group = "Transforms: \(alias)"
        let typeName = prefix + "type"
        let typeKey = ConfigKey(
            typeName, .classReference, isRequired: true, importance: .high,
            documentation: "Class for the '\(alias)' transformation.", group: group, orderInGroup: 0, width: .long,
            displayName: "Transformation type for \(alias)", recommendedValues: TransformCatalog.supported)
        var type = ConfigValue(name: typeName, key: typeKey, value: nil)
        var className: String?
        var found: [ConfigError] = []
        if let name = configuration[typeName] {
            type.value = name
            do throws(ConfigError) {
                let resolved = try TransformCatalog.resolve(JavaText.trim(name), property: typeName)
                className = resolved
                type.value = resolved
            } catch {
                found.append(error)
            }
        } else {
            found.append(Self.missing(typeName))
        }
        if configuration[prefix + "predicate"] == nil, configuration[prefix + "negate"] != nil {
            found.append(
                ConfigError(
                    name: typeName,
                    message: "Config '\(prefix)negate' was provided but there is no config '\(prefix)predicate' "
                        + "defining a predicate to be negated."))
        }
        type.errors = found.map(\.message)
        errors += found
        values.append(type)
        guard let className else { return }
        readProperties(of: className, alias: alias, prefix: prefix, group: group)
    }

    private static func missing(_ name: String) -> ConfigError {
        ConfigError(name: name, message: "Missing required configuration \"\(name)\" which has no default value.")
    }

    private mutating func readProperties(of className: String, alias: String, prefix: String, group: String) {
        let visible = TransformCatalog.definition(of: className, generation: generation)
        let version = TransformCatalog.version(of: className, generation: generation)
        let versionKey = ConfigKey(
            prefix + "plugin.version", .string, defaultValue: version, importance: .high,
            documentation: "Version of the transformation.", group: group, orderInGroup: 1, width: .long,
            displayName: "Transformation version for \(alias)", recommendedValues: [version],
            validator: .onlyVersion(version, of: className))
        let common = ConfigDefinition([
            ConfigKey(
                "negate", .boolean, defaultValue: "false",
                documentation: "Whether the configured predicate should be negated."),
            ConfigKey(
                "predicate", .string,
                documentation: "The alias of a predicate used to determine whether to apply this transformation.",
                validator: .supportedOnly(what: "A predicate of a transform") { $0 == .text("") }),
        ])
        let definition =
            ConfigDefinition([versionKey])
            + (visible + common).embedded(under: prefix, group: group, firstOrder: 2)
        var shown = definition.validate(configuration)
        let isUnwrap = className == ExtractNewRecordState.className
        let hidden = isUnwrap ? ExtractNewRecordState.hiddenKeys(generation) : []
        shown += ConfigDefinition(hidden).embedded(under: prefix, group: group, firstOrder: 0).validate(configuration)
            .filter { !$0.errors.isEmpty }
        if isUnwrap {
            for foreign in ExtractNewRecordState.foreignKeys(generation) {
                guard let value = configuration[prefix + foreign.name] else { continue }
                let error = ConfigError(name: prefix + foreign.name, value: value, reason: foreign.advice)
                shown.append(ConfigValue(name: error.name, key: nil, value: value, errors: [error.message]))
            }
        }
        values += shown
        let found = shown.flatMap { value in
            value.errors.map { ConfigError(name: value.name, value: value.value, message: $0) }
        }
        errors += found
        guard found.isEmpty else { return }
        var own: [String: String] = [:]
        for (name, value) in configuration {
            if let suffix = name.dropping(prefix: prefix) { own[suffix] = value }
        }
        transforms.append(Item(className: className, configuration: own))
    }

    // MARK: Predicates

    private mutating func readPredicate(_ alias: String) {
        let name = "predicates.\(alias).type"
        let key = ConfigKey(
            name, .classReference, isRequired: true, importance: .high,
            documentation: "Class for the '\(alias)' predicate.", group: "Predicates: \(alias)", orderInGroup: 0,
            width: .long, displayName: "Predicate type for \(alias)")
        let value = configuration[name]
        let error =
            value.map { TransformCatalog.refusePredicate(JavaText.trim($0), property: name) } ?? Self.missing(name)
        errors.append(error)
        values.append(ConfigValue(name: name, key: key, value: value, errors: [error.message]))
    }
}
