import ConnectData

/// The plugins that Debezium ships in addition to its connectors.
package enum DebeziumClasses {
    /// The plugins that are built in.
    package static let plugins = [
        ActivateTracingSpan.plugin,
        ByLogicalTableRouter.plugin,
        CloudEventsConverter.plugin,
        ContentBasedRouter.plugin,
        EnforceRecordSize.plugin,
        EventRouter.plugin,
        ExtractChangedRecordState.plugin,
        ExtractNewRecordState.plugin,
        ExtractSchemaToNewRecord.plugin,
        Filter.plugin,
        GeometryFormatTransformer.plugin,
        HeaderToValue.plugin,
        PartitionRouting.plugin,
        ReadToInsertEvent.plugin,
        SchemaChangeEventFilter.plugin,
        SwapGeometryCoordinates.plugin,
        TimezoneConverter.plugin,
        VectorToJsonConverter.plugin,
    ] + BinaryConverter.plugins

    private static let converters = ["BinaryDataConverter", "ByteArrayConverter", "ByteBufferConverter"].map {
        "io.debezium.converters.\($0)"
    }

    /// All class names, built in or not.
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
