import ConnectData

/// Debezium's `io.debezium.transforms.SwapGeometryCoordinates`: exchanges the coordinates of geometries of some spatial
/// reference systems.
package final class SwapGeometryCoordinates: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.SwapGeometryCoordinates", PluginProperties(options.definition)
    ) { context throws(ConfigError) in try SwapGeometryCoordinates(context.properties) }

    struct Settings: Sendable {
        var srids: Set<Int32> = [4326, 3857, 4269]
    }

    static let options = ConfigOptions<Settings>([
        ConfigOption(
            ConfigKey.field(
                "srids", .string, .low, .medium, "Geometry SRIDs that should be considered for coordinate swapping",
                "The SRIDs of the geometries whose coordinates are exchanged, separated by commas. By default 4326, 3857 "
                    + "and 4269.")
        ) { input, settings throws(ConfigError) in
            guard case .text(let text) = input.setting else { return }
            settings.srids = []
            let items = text.split(separator: ",", omittingEmptySubsequences: false).map { JavaText.trim(String($0)) }
            for item in text.isEmpty ? [""] : DebeziumList.items(items) {
                guard let number = Int32(item) else {
                    throw ConfigError(name: input.name, value: text, message: "For input string: \"\(item)\"")
                }
                settings.srids.insert(number)
            }
        }
    ])

    private let srids: Set<Int32>
    private var plans = SchemaPlans<GeometryPlan>()

    init(_ properties: [String: String]) throws(ConfigError) {
        srids = try Self.options.parse(properties, into: Settings()).srids
    }

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard case .structure(let value) = record.value else { return true }
        let plan = plans.plan(for: value.schema) { GeometryPlan($0, entersCollections: true) }
        try plan.apply(&record.value) { bytes, srid throws(DataError) in
            guard let srid, srids.contains(srid) else { return }
            var geometry = WellKnownBinary(bytes)
            try geometry.swapCoordinates()
            bytes = geometry.bytes
        }
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, schema.type == .structure else { return .applied }
        return GeometryPlan(schema, entersCollections: true).apply(&shape.value) ? .applied : .dependsOnValues
    }
}
