import ConnectData

/// Every decision of the outbox event router that depends on the generation of Debezium, by name.
struct OutboxProfile: Sendable {
    private let isModern: Bool

    init(_ generation: DebeziumGeneration) { isModern = generation == .v36 }

    // MARK: Properties

    /// The column of the key, if the configuration names none; nil: the column of `table.field.event.payload.id`.
    var defaultKeyField: String? { isModern ? "aggregateid" : nil }

    /// Whether `table.field.event.payload.id` and `debezium.op.invalid.behavior` exist.
    var hasFormerProperties: Bool { !isModern }

    /// Whether `table.field.additional.missing`, `table.json.payload.null.behavior` and `field.name.adjustment.mode`
    /// exist.
    var hasLaterProperties: Bool { isModern }

    /// Whether blanks around the parts of an additional field's placement are removed.
    var trimsPlacements: Bool { isModern }

    /// The error for a value with a problem that Debezium's own validation finds; 1.9's does not show the value.
    func error(_ name: String, _ value: String?, _ problem: String) -> ConfigError {
        isModern
            ? ConfigValidator.fieldError(name, value, problem) : ConfigError(name: name, value: nil, reason: problem)
    }

    // MARK: Value schemas

    /// Whether the envelope has a schema for each schema of the payload, which is named after the first topic of such a
    /// payload; else one name, after the first topic, serves all.
    var namesEnvelopesByPayload: Bool { isModern }

    // MARK: JSON

    /// Whether the schema of an object inside a payload is named after its path.
    var namesObjects: Bool { isModern }

    /// Whether objects of an array that differ get a schema that is not optional.
    var requiresMergedObjects: Bool { isModern }
}
