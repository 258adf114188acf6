/// The transforms that a configuration can name: those that are built, and those that are known and not built yet.
public enum TransformCatalog {
    private static let kafka = "org.apache.kafka.connect.transforms."
    private static let debezium = "io.debezium.transforms."

    /// Those of Kafka's that come as `$Key` and `$Value`.
    private static let withVariants = [
        "Cast", "ExtractField", "Flatten", "HeaderFrom", "HoistField", "InsertField", "MaskField", "ReplaceField",
        "SetSchemaMetadata", "TimestampConverter",
    ]

    /// What validation recommends for a transform's type.
    public static let supported = [ExtractNewRecordState.className, RegexRouter.className]

    private static let known: Set<String> = {
        var names = Set(withVariants.flatMap { ["\(kafka)\($0)$Key", "\(kafka)\($0)$Value"] })
        for name in ["DropHeaders", "Filter", "InsertHeader", "RegexRouter", "TimestampRouter", "ValueToKey"] {
            names.insert(kafka + name)
        }
        for name in [
            "ByLogicalTableRouter", "ContentBasedRouter", "EnforceRecordSize", "ExtractChangedRecordState",
            "ExtractNewRecordState", "ExtractSchemaToNewRecord", "Filter", "GeometryFormatTransformer", "HeaderToValue",
            "SchemaChangeEventFilter", "SwapGeometryCoordinates", "TimezoneConverter", "VectorToJsonConverter",
            "openlineage.OpenLineage", "outbox.EventRouter", "partitions.PartitionRouting",
            "tracing.ActivateTracingSpan",
        ] {
            names.insert(debezium + name)
        }
        names.insert("io.debezium.connector.mysql.transforms.ReadToInsertEvent")
        return names
    }()

    private static let knownPredicates: Set<String> = Set(
        ["HasHeaderKey", "RecordIsTombstone", "TopicNameMatches"].map { "\(kafka)predicates.\($0)" })

    /// Simple names that stand for one class only; a nested class has no simple name.
    private static func classesBySimpleName(_ classes: Set<String>) -> [String: String] {
        var result: [String: String] = [:]
        var ambiguous: Set<String> = []
        for className in classes where !className.contains("$") {
            let simpleName = PluginName.simple(className)
            if result.updateValue(className, forKey: simpleName) != nil { ambiguous.insert(simpleName) }
        }
        for name in ambiguous { result[name] = nil }
        return result
    }

    private static let transformsBySimpleName = classesBySimpleName(known)
    private static let predicatesBySimpleName = classesBySimpleName(knownPredicates)

    static func isKnown(_ className: String) -> Bool { known.contains(className) }

    /// The full class name for a full or simple one, as Connect resolves it.
    ///
    /// - Parameter property: the property that names the class, for the error.
    /// - Throws: where the class is unknown, abstract, no transform or not built yet.
    static func resolve(_ name: String, property: String) throws(ConfigError) -> String {
        if let className = known.contains(name) ? name : transformsBySimpleName[name] {
            guard supported.contains(className) else {
                throw .notSupported(property, value: name, what: "The transform \(className)")
            }
            return className
        }
        let base = name.hasPrefix(kafka) ? String(name.dropFirst(kafka.count)) : ""
        if withVariants.contains(base) {
            throw ConfigError(
                name: property, value: name,
                message: "This class is abstract and cannot be created. Did you mean \(name)$Key, \(name)$Value?")
        }
        throw notATransform(name, property: property, interface: "Transformation")
    }

    /// Why a predicate cannot be used: none is built.
    static func refusePredicate(_ name: String, property: String) -> ConfigError {
        if let className = knownPredicates.contains(name) ? name : predicatesBySimpleName[name] {
            return .notSupported(property, value: name, what: "The predicate \(className)")
        }
        return notATransform(name, property: property, interface: "Predicate")
    }

    private static func notATransform(_ name: String, property: String, interface: String) -> ConfigError {
        let isAnotherPlugin = ConverterCatalog.supportedForHeaders.contains(name) || known.contains(name)
            || knownPredicates.contains(name) || name.hasPrefix("java.lang.")
        if isAnotherPlugin {
            return ConfigError(
                name: property, value: name,
                message: "Class class \(name) does not implement the \(interface) interface")
        }
        return ConfigError(name: property, value: name, reason: "Class \(name) could not be found.")
    }

    /// The properties of a transform that is built, without their prefix.
    public static func definition(of className: String, generation: DebeziumGeneration) -> ConfigDefinition {
        className == RegexRouter.className
            ? RegexRouter.options.definition : ExtractNewRecordState.definition(generation)
    }

    /// The version that the real class reports.
    public static func version(of className: String, generation: DebeziumGeneration) -> String {
        className.hasPrefix(kafka) ? ConverterCatalog.version : generation.version
    }

    static func make(
        className: String, generation: DebeziumGeneration, configuration: [String: String]
    ) throws(ConfigError) -> any Transform {
        if className == RegexRouter.className { return try RegexRouter(configuration) }
        return try ExtractNewRecordState(generation: generation, configuration: configuration)
    }
}
