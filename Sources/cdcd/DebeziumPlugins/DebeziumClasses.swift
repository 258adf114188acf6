import ConnectData

/// The plugins that Debezium ships beside its connectors.
package enum DebeziumClasses {
    /// Those that are built.
    package static let plugins = [ExtractNewRecordState.plugin]

    private static let converters = ["BinaryDataConverter", "ByteArrayConverter", "ByteBufferConverter"].map {
        "io.debezium.converters.\($0)"
    }

    /// All of them, built or not.
    package static let javaClasses: PluginRegistry.JavaClasses = [
        .transformation: [
            "ByLogicalTableRouter", "ContentBasedRouter", "EnforceRecordSize", "ExtractChangedRecordState",
            "ExtractNewRecordState", "ExtractSchemaToNewRecord", "Filter", "GeometryFormatTransformer", "HeaderToValue",
            "SchemaChangeEventFilter", "SwapGeometryCoordinates", "TimezoneConverter", "VectorToJsonConverter",
            "openlineage.OpenLineage", "outbox.EventRouter", "partitions.PartitionRouting",
            "tracing.ActivateTracingSpan",
        ].map { "io.debezium.transforms.\($0)" } + ["io.debezium.connector.mysql.transforms.ReadToInsertEvent"],
        .converter: converters + ["io.debezium.converters.CloudEventsConverter"],
        .headerConverter: converters,
    ]
}
