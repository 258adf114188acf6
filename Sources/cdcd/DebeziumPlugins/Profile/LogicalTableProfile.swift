import ConnectData

/// Every decision of `ByLogicalTableRouter` that depends on the generation of Debezium, by name.
struct LogicalTableProfile: Sendable {
    private let isModern: Bool

    init(_ generation: DebeziumGeneration) { isModern = generation == .v36 }

    /// Whether `logical.table.cache.size` exists.
    var hasCacheSize: Bool { isModern }

    /// The default of `schema.name.adjustment.mode`.
    var defaultAdjustment: String { isModern ? "none" : "avro" }

    /// The values of `schema.name.adjustment.mode`, in the order of the error message.
    var adjustments: [String] { isModern ? ["none", "avro_unicode", "avro"] : ["none", "avro"] }

    /// Whether `_` precedes a digit at the start of an adjusted schema name; otherwise it replaces it.
    var keepsFirstDigit: Bool { isModern }

    /// Whether a null in a key or row becomes the default of its schema.
    var replacesNullWithDefault: Bool { !isModern }
}
