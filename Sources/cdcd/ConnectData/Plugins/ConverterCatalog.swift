/// The converters that a configuration can name: those that are built, and those that are known and not built yet.
public enum ConverterCatalog {
    static let kafkaStorage = "org.apache.kafka.connect.storage."
    static let kafkaConverters = "org.apache.kafka.connect.converters."

    /// The version that Kafka's converters and transforms report: that of the Connect whose behaviour is given.
    public static let version = "4.3.1"

    /// What validation recommends for `key.converter` and `value.converter`.
    public static let supported = [JSONConverter.className]
    /// What validation recommends for `header.converter`.
    public static let supportedForHeaders = [JSONConverter.className, SimpleHeaderConverter.className]

    private static let known: Set<String> = [
        "StringConverter", "SimpleHeaderConverter",
    ].reduce(into: Set([
        "BooleanConverter", "ByteArrayConverter", "DoubleConverter", "FloatConverter", "IntegerConverter",
        "LongConverter", "ShortConverter",
    ].map { kafkaConverters + $0 })) { $0.insert(kafkaStorage + $1) }.union([
        JSONConverter.className,
        "io.apicurio.registry.utils.converter.AvroConverter",
        "io.apicurio.registry.utils.converter.ExtJsonConverter",
        "io.apicurio.registry.utils.converter.ProtobufConverter",
        "io.apicurio.registry.utils.converter.SerdeBasedConverter",
        "io.confluent.connect.avro.AvroConverter",
        "io.confluent.connect.json.JsonSchemaConverter",
        "io.confluent.connect.protobuf.ProtobufConverter",
        "io.debezium.converters.BinaryDataConverter",
        "io.debezium.converters.ByteArrayConverter",
        "io.debezium.converters.ByteBufferConverter",
        "io.debezium.converters.CloudEventsConverter",
    ])

    /// Two classes share the simple name `ByteArrayConverter`: such a name stands for neither.
    private static let classesBySimpleName: [String: String] = {
        var classes: [String: String] = [:]
        var ambiguous: Set<String> = []
        for className in known {
            let simpleName = PluginName.simple(className)
            if classes.updateValue(className, forKey: simpleName) != nil { ambiguous.insert(simpleName) }
        }
        for name in ambiguous { classes[name] = nil }
        return classes
    }()

    /// The full class name for a full or simple one (`JsonConverter`, `Json`), as Connect resolves it.
    ///
    /// - Parameter property: the property that names the class, for the error.
    /// - Throws: where the class is unknown, no converter or not built yet.
    public static func resolve(_ name: String, property: String, forHeaders: Bool) throws(ConfigError) -> String {
        let found = known.contains(name)
            ? name : classesBySimpleName[name] ?? classesBySimpleName[name + "Converter"]
            ?? (forHeaders ? classesBySimpleName[name + "HeaderConverter"] : nil)
        guard let className = found else {
            if TransformCatalog.isKnown(name) || name.hasPrefix("java.lang.") {
                let interface = forHeaders ? "HeaderConverter" : "Converter"
                throw ConfigError(
                    name: property, value: name,
                    message: "Class class \(name) does not implement the \(interface) interface")
            }
            throw ConfigError(name: property, value: name, reason: "Class \(name) could not be found.")
        }
        if className == SimpleHeaderConverter.className, !forHeaders {
            throw ConfigError(
                name: property, value: name,
                message: "Class class \(className) does not implement the Converter interface")
        }
        guard (forHeaders ? supportedForHeaders : supported).contains(className) else {
            throw .notSupported(property, value: name, what: "The converter \(className)")
        }
        return className
    }

    /// The properties of a converter that is built, without their prefix.
    public static func definition(of className: String) -> ConfigDefinition {
        className == JSONConverter.className ? JSONConverter.definition : ConfigDefinition([])
    }

    /// Builds a converter for keys or values.
    ///
    /// - Parameter configuration: its properties without their prefix.
    public static func make(
        className: String, configuration: [String: String], isKey: Bool
    ) throws(ConfigError) -> any Converter {
        _ = try resolve(className, property: isKey ? "key.converter" : "value.converter", forHeaders: false)
        return try JSONConverter(configuration: configuration)
    }

    /// Builds a converter for headers.
    public static func makeHeaderConverter(
        className: String, configuration: [String: String]
    ) throws(ConfigError) -> any HeaderConverter {
        let resolved = try resolve(className, property: "header.converter", forHeaders: true)
        if resolved == SimpleHeaderConverter.className { return SimpleHeaderConverter() }
        return try JSONConverter(configuration: configuration)
    }
}

enum PluginName {
    /// The part behind the last dot.
    static func simple(_ className: String) -> String {
        className.split(separator: ".").last.map(String.init) ?? className
    }
}
