import ConnectData

/// Debezium's `io.debezium.transforms.GeometryFormatTransformer`: adds the SRID to the bytes of geometries (EWKB), or
/// removes it (WKB).
///
/// Debezium 3.6.1 converts in the direction opposite to the option's name: `wkb` adds the SRID and `ewkb` removes it.
/// The first geometry that has one switches the transform to removing.
package final class GeometryFormatTransformer: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.GeometryFormatTransformer", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try GeometryFormatTransformer(context.properties) }

    struct Settings: Sendable {
        var addsSRID = true
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "format", .string, default: "wkb", .low, .medium, "Target Format",
                "'wkb' adds the SRID to geometries, as EWKB has it; 'ewkb' removes it.", .fieldIsOneOf(["ewkb", "wkb"]))
        ) { input, settings in settings.addsSRID = input.trimmed?.lowercased() != "ewkb" }
    ])

    private var addsSRID: Bool
    private var plans = SchemaPlans<GeometryPlan>()

    init(_ properties: [String: String]) throws(ConfigError) {
        addsSRID = try Self.options.parse(properties, into: Settings()).addsSRID
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard case .structure(let value) = record.value else { return true }
        let plan = plans.plan(for: value.schema) { GeometryPlan($0, entersCollections: false) }
        try plan.apply(&record.value) { bytes, srid throws(DataError) in
            var geometry = WellKnownBinary(bytes)
            if geometry.isExtended { addsSRID = false }
            if addsSRID {
                guard let srid else { throw DataError("Cannot convert to EWKB when SRID is null") }
                try geometry.extend(srid: srid)
            } else {
                geometry.removeSRID()
            }
            bytes = geometry.bytes
        }
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.type == .structure else { return .applied }
        return GeometryPlan(schema, entersCollections: false).apply(&shape.value) ? .applied : .dependsOnValues
    }
}
