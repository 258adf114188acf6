import ConnectData

/// The options that several transforms of Kafka have.
enum TransformKeys {
    /// Whether a null field is copied as its default.
    static let replaceNullWithDefault = ConfigKey(
        "replace.null.with.default", .boolean, defaultValue: "true",
        documentation: "Whether a null field whose schema has a default is taken as that default.")
}

/// A transform that makes a new struct of the fields of the record's key or value, or a new map of a map's entries: the
/// steps that these transforms have in common.
protocol StructTransform: Transformation {
    /// The part that is read and replaced.
    var part: RecordPart { get }
    /// What the transform does, for errors.
    var purpose: String { get }
    var plans: SchemaPlans<StructPlan> { get set }

    func makePlan(for schema: Schema) throws(DataError) -> StructPlan

    /// The entries of the new map.
    func entries(
        of entries: [ConnectValue.MapEntry], _ record: borrowing ConnectRecord
    ) throws(DataError) -> [ConnectValue.MapEntry]
}

extension StructTransform {
    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        let value = record.value(of: part)
        if value.isNull { return true }
        guard let schema = record.schema(of: part) else {
            record.set(part, nil, .map(try entries(of: try value.requiringMap(for: purpose), record)))
            return true
        }
        let structure = try value.requiringStruct(schema, for: purpose)
        let plan = try plan(for: structure.schema)
        record.set(part, plan.schema, try plan.structure(of: structure.values, record))
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        let value = shape.value(of: part)
        if value == .null { return .applied }
        guard let schema = shape.schema(of: part), let fields = value.fields else { return .dependsOnValues }
        let plan = try plan(for: schema)
        guard let changed = try plan.shape(of: fields, topic: shape.topic) else { return .dependsOnValues }
        shape.set(part, plan.schema, changed)
        return .applied
    }

    private func plan(for schema: Schema) throws(DataError) -> StructPlan {
        try plans.plan(for: schema) { schema throws(DataError) in try makePlan(for: schema) }
    }
}
