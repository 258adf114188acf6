import ConnectData

/// Every decision of `ExtractNewRecordState` that depends on the generation of Debezium, by name.
///
/// No other code of the transforms tests for a generation.
struct UnwrapProfile: Sendable {
    private let isModern: Bool

    init(_ generation: DebeziumGeneration) { isModern = generation == .v36 }

    // MARK: Properties

    /// Whether `delete.tombstone.handling.mode` decides about deletes and tombstones; else `drop.tombstones` and
    /// `delete.handling.mode` do.
    var hasCombinedDeleteMode: Bool { isModern }

    /// Whether the definition lists the properties of the prefixes; else Debezium reads them without listing them.
    var listsPrefixes: Bool { isModern }

    /// Whether `drop.fields.*` and `replace.null.with.default` exist.
    var hasFieldDropping: Bool { isModern }

    // MARK: Added fields

    /// Whether `ts_us` and `ts_ns` are taken from the envelope itself; else from its source.
    var envelopeHasPreciseTimes: Bool { isModern }

    /// Whether a field that its struct lacks is taken from the envelope, and left out if that lacks it too; else it is
    /// an error.
    var looksForFieldsInEnvelope: Bool { isModern }

    /// Whether `__deleted` stands before the added fields; else after them.
    var marksDeletesBeforeAddedFields: Bool { isModern }

    // MARK: Deletes and routes

    /// Whether a change without rows (TRUNCATE) is dropped; else it is an error.
    var dropsChangesWithoutRows: Bool { isModern }

    /// Whether `route.by.field` is resolved for a delete before it is decided whether the delete is kept; else after.
    var routesDeletesFirst: Bool { !isModern }

    /// Whether a rewritten delete goes to the topic that `route.by.field` gives; else that topic is lost.
    var routesRewrittenDeletes: Bool { isModern }

    /// Whether rows other than deleted ones are routed after nulls became defaults; else before.
    var routesByDefaults: Bool { isModern }

    /// Whether a blank value of `route.by.field` leaves the topic as it is.
    var ignoresBlankRoutes: Bool { isModern }
}
