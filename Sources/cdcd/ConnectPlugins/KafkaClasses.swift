import ConnectData

/// The plugins of Apache Kafka, Confluent and Apicurio.
package enum KafkaClasses {
    /// The plugins that are built in.
    package static let plugins = [
        ApicurioAvroConverter.plugin,
        ConfluentAvroConverter.plugin,
        ExtJSONConverter.plugin,
        FileStreamSinkConnector.plugin,
        FileStreamSourceConnector.plugin,
        DirectoryConfigProvider.plugin,
        EnvVarConfigProvider.plugin,
        FileConfigProvider.plugin,
        ByteArrayConverter.headerPlugin,
        ByteArrayConverter.plugin,
        JSONConverter.plugin,
        JSONConverter.headerPlugin,
        JSONSchemaConverter.plugin,
        ProtobufConverter.plugin,
        SimpleHeaderConverter.plugin,
        StringConverter.headerPlugin,
        StringConverter.plugin,
        DropHeaders.plugin,
        Filter.plugin,
        HasHeaderKey.plugin,
        InsertHeader.plugin,
        RecordIsTombstone.plugin,
        RegexRouter.plugin,
        TimestampRouter.plugin,
        TopicNameMatches.plugin,
        ValueToKey.plugin,
    ] + PrimitiveConverter.plugins + variants

    /// Those with variants for keys and values.
    private static let variants = [
        Cast.plugins,
        ExtractField.plugins,
        Flatten.plugins,
        HeaderFrom.plugins,
        HoistField.plugins,
        InsertField.plugins,
        MaskField.plugins,
        ReplaceField.plugins,
        SetSchemaMetadata.plugins,
        TimestampConverter.plugins,
    ].flatMap(\.self)

    private static let transforms = "org.apache.kafka.connect.transforms."
    private static let primitives = [
        "BooleanConverter", "ByteArrayConverter", "DoubleConverter", "FloatConverter", "IntegerConverter",
        "LongConverter", "ShortConverter",
    ].map { "org.apache.kafka.connect.converters.\($0)" } + [
        "org.apache.kafka.connect.json.JsonConverter", "org.apache.kafka.connect.storage.StringConverter",
    ]

    /// All class names, built in or not.
    package static let javaClasses: PluginRegistry.JavaClasses = [
        .transformation: [
            "Cast", "ExtractField", "Flatten", "HeaderFrom", "HoistField", "InsertField", "MaskField", "ReplaceField",
            "SetSchemaMetadata", "TimestampConverter",
        ].flatMap { ["\(transforms)\($0)$Key", "\(transforms)\($0)$Value"] } + [
            "DropHeaders", "Filter", "InsertHeader", "RegexRouter", "TimestampRouter", "ValueToKey",
        ].map { transforms + $0 },
        .predicate: ["HasHeaderKey", "RecordIsTombstone", "TopicNameMatches"].map { "\(transforms)predicates.\($0)" },
        .converter: primitives + [
            "io.apicurio.registry.utils.converter.AvroConverter",
            "io.apicurio.registry.utils.converter.ExtJsonConverter",
            "io.apicurio.registry.utils.converter.ProtobufConverter",
            "io.apicurio.registry.utils.converter.SerdeBasedConverter",
            "io.confluent.connect.avro.AvroConverter",
            "io.confluent.connect.json.JsonSchemaConverter",
            "io.confluent.connect.protobuf.ProtobufConverter",
        ],
        .configProvider: ["DirectoryConfigProvider", "EnvVarConfigProvider", "FileConfigProvider"].map {
            "org.apache.kafka.common.config.provider.\($0)"
        },
        .headerConverter: primitives + ["org.apache.kafka.connect.storage.SimpleHeaderConverter"],
    ]
}
