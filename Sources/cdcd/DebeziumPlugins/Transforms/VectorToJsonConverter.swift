import ConnectData
import WireCore

/// Debezium's `io.debezium.transforms.VectorToJsonConverter`: replaces vectors by JSON texts.
package final class VectorToJsonConverter: Transformation {
    package static let plugin = PluginDescriptor.since2(
        "io.debezium.transforms.VectorToJsonConverter", PluginProperties(ConfigDefinition([]))
    ) { _ in VectorToJsonConverter() }

    private var plans = SchemaPlans<VectorPlan>()

    package var keepsHeaders: Bool { true }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        if record.value.isNull { return true }
        let value = try record.value.requiringStruct(record.valueSchema, for: "Value should be a struct")
        let plan = plans.plan(for: value.schema) { VectorPlan($0) }
        record.value = .structure(plan.apply(value))
        record.valueSchema = plan.schema
        return true
    }

    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        if shape.value == .null { return .applied }
        guard let schema = shape.valueSchema, schema.type == .structure else { return .dependsOnValues }
        let plan = VectorPlan(schema)
        guard plan.apply(&shape.value) else { return .dependsOnValues }
        shape.valueSchema = plan.schema
        return .applied
    }
}

/// The conversion of structs of one schema.
private final class VectorPlan {
    private enum Step {
        /// Null becomes the default.
        case field(default: ConnectValue?)
        case vector
        case sparseVector
        case nested(VectorPlan)
    }

    let schema: Schema
    private let steps: [Step]

    init(_ source: Schema) {
        var fields: [Schema.Field] = []
        var steps: [Step] = []
        for field in source.fields {
            var schema = field.schema
            switch field.schema.name {
            case "io.debezium.data.DoubleVector", "io.debezium.data.FloatVector":
                schema = Self.json(schema)
                steps.append(.vector)
            case "io.debezium.data.SparseDoubleVector":
                schema = Self.json(schema)
                steps.append(.sparseVector)
            default:
                if schema.type == .structure {
                    let plan = VectorPlan(schema)
                    schema = plan.schema
                    steps.append(.nested(plan))
                } else {
                    steps.append(.field(default: schema.defaultValue))
                }
            }
            fields.append(.init(field.name, schema))
        }
        schema = source.copy(name: source.name, fields: fields)
        self.steps = steps
    }

    private static func json(_ vector: Schema) -> Schema {
        Schema(.string, isOptional: vector.isOptional, name: "io.debezium.data.Json", version: 1)
    }

    func apply(_ row: Struct) -> Struct {
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(steps.count)
        for (step, value) in zip(steps, row.values) {
            switch (step, value) {
            case (.field(let replacement), .null): values.append(replacement ?? .null)
            case (.vector, .array(let items)):
                let text = items.map { $0.javaText(nil) }.joined(separator: ", ")
                values.append(.string("{ \"values\": [\(text)] }"))
            case (.sparseVector, .structure(let vector)): values.append(.string(Self.text(vector)))
            case (.nested(let plan), .structure(let inner)): values.append(.structure(plan.apply(inner)))
            case (.field, let value): values.append(value)
            default: values.append(.null)
            }
        }
        return Struct(schema: schema, values: values)
    }

    private static func text(_ vector: Struct) -> String {
        var entries: [ConnectValue.MapEntry] = []
        if case .map(let map) = vector["vector"] ?? .null {
            entries = map.sorted { ($0.key.integerValue ?? 0) < ($1.key.integerValue ?? 0) }
        }
        let texts = entries.map { "\"\($0.key.javaText(nil))\": \($0.value.javaText(nil))" }
        let dimensions = (vector["dimensions"] ?? .null).javaText(nil)
        return "{ \"dimensions\": \(dimensions), \"vector\": { \(texts.joined(separator: ", ")) } }"
    }

    /// - Returns: false if there are vectors.
    func apply(_ shape: inout ValueShape) -> Bool {
        if shape == .null { return true }
        guard var fields = shape.fields else { return false }
        for (index, step) in steps.enumerated() {
            switch step {
            case .field(let replacement):
                if let replacement { fields[index] = fields[index].replacingNull(by: replacement) }
            case .vector, .sparseVector: if fields[index] != .null { return false }
            case .nested(let plan): if !plan.apply(&fields[index]) { return false }
            }
        }
        shape = .structure(fields)
        return true
    }
}
