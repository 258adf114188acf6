import ConnectData
import WireCore

/// Everything about writing values of one schema as JSON that does not depend on the value, computed once: names with
/// their quotes and commas, the text for null, the case that a value must have.
///
/// A struct is a run of steps, one for each field; the steps of nested structs follow later in the same block, so
/// writing a row iterates over contiguous memory: no array, name or reference count is touched for a cell.
final class JSONWriterPlan {
    enum Kind: UInt8 {
        case integer, boolean, float32, float64, string, bytes, decimalAsNumber, array, object, pairs, structure
    }

    /// A range of `constants`.
    struct Text: BitwiseCopyable {
        let offset: Int32
        let count: Int32
    }

    struct Step: BitwiseCopyable {
        let kind: Kind
        /// False: null is an error.
        let mayBeNull: Bool
        /// `{"name":` or `,"name":`; empty if the step is not a field.
        let prefix: Text
        /// The text for null.
        let null: Text
        /// For a struct: an index into `structures`. For an array or map: the step of the items or values.
        let child: Int32
        /// For a map that is written as pairs: the step of the keys.
        let keyStep: Int32
        let decimalScale: Int32
    }

    struct Structure: BitwiseCopyable {
        /// The schema of the step; the plan's own schema retains it.
        let schemaID: ObjectIdentifier
        let firstStep: Int32
        let stepCount: Int32
    }

    /// Retains itself and all nested schemas: plans and structures are looked up by identity.
    let schema: Schema
    let steps: UnsafeMutableBufferPointer<Step>
    let structures: UnsafeMutableBufferPointer<Structure>
    let constants: UnsafeMutableRawBufferPointer
    let root: Int
    /// `{"schema":…,"payload":`, if the converter writes an envelope.
    let envelope: Text
    /// The field of each step, for errors.
    let names: [String]
    /// The schema of each structure.
    let structureSchemas: [Schema]
    /// For each structure an equal schema that is another object; retained so that it is not compared again.
    var equalSchemas: [Schema?]
    /// For each structure the text of the last shared values.
    var sharedTexts: [SharedText?]

    struct SharedText {
        /// Retained, so that their address is not reused for other values.
        let values: ContiguousArray<ConnectValue>
        let text: [UInt8]
    }

    init(_ schema: Schema, options: JSONConverterOptions) throws(DataError) {
        var builder = JSONWriterPlanBuilder(options: options)
        let (root, envelope) = try builder.build(schema)
        self.schema = schema
        self.root = root
        self.envelope = envelope
        names = builder.names
        structureSchemas = builder.structureSchemas
        equalSchemas = Array(repeating: nil, count: builder.structureSchemas.count)
        sharedTexts = Array(repeating: nil, count: builder.structureSchemas.count)
        steps = .allocate(capacity: builder.steps.count)
        _ = steps.initialize(from: builder.steps)
        structures = .allocate(capacity: builder.structures.count)
        _ = structures.initialize(from: builder.structures)
        constants = .allocate(byteCount: builder.constants.count, alignment: 1)
        constants.copyBytes(from: builder.constants)
    }

    deinit {
        steps.deallocate()
        structures.deallocate()
        constants.deallocate()
    }
}

/// Collects the parts of a plan.
struct JSONWriterPlanBuilder {
    private(set) var steps: [JSONWriterPlan.Step] = []
    private(set) var names: [String] = []
    private(set) var structures: [JSONWriterPlan.Structure] = []
    private(set) var structureSchemas: [Schema] = []
    private(set) var constants: [UInt8] = []
    private let options: JSONConverterOptions

    init(options: JSONConverterOptions) { self.options = options }

    mutating func build(_ schema: Schema) throws(DataError) -> (root: Int, envelope: JSONWriterPlan.Text) {
        var envelope = constant([])
        if options.writesSchemas {
            var writer = ByteWriter()
            writer.literal("{\"schema\":")
            try writer.jsonSchema(schema, fieldName: nil, options: options)
            writer.literal(",\"payload\":")
            envelope = constant(writer.array())
        }
        let root = append(try step(for: schema, prefix: [], name: ""), name: "")
        // Steps of a struct must be contiguous, so the structs are filled in level by level.
        var index = 0
        while index < structures.count {
            try fill(index)
            index += 1
        }
        return (Int(root), envelope)
    }

    private mutating func constant(_ bytes: [UInt8]) -> JSONWriterPlan.Text {
        let start = constants.count
        constants += bytes
        return JSONWriterPlan.Text(
            offset: Int32(truncatingIfNeeded: start), count: Int32(truncatingIfNeeded: bytes.count))
    }

    private mutating func append(_ step: JSONWriterPlan.Step, name: String) -> Int32 {
        steps.append(step)
        names.append(name)
        return Int32(truncatingIfNeeded: steps.count - 1)
    }

    private mutating func fill(_ index: Int) throws(DataError) {
        let schema = structureSchemas[index]
        var own: [JSONWriterPlan.Step] = []
        for field in schema.fields {
            var writer = ByteWriter()
            writer.literal(own.isEmpty ? "{" : ",")
            writer.jsonString(field.name)
            writer.literal(":")
            own.append(try step(for: field.schema, prefix: writer.array(), name: field.name))
        }
        structures[index] = JSONWriterPlan.Structure(
            schemaID: ObjectIdentifier(schema), firstStep: Int32(truncatingIfNeeded: steps.count),
            stepCount: Int32(truncatingIfNeeded: own.count))
        steps += own
        names += schema.fields.map(\.name)
    }

    private mutating func step(
        for schema: Schema, prefix: [UInt8], name: String
    ) throws(DataError) -> JSONWriterPlan.Step {
        var child: Int32 = 0
        var keyStep: Int32 = 0
        let kind: JSONWriterPlan.Kind
        switch schema.type {
        case .int8, .int16, .int32, .int64: kind = .integer
        case .boolean: kind = .boolean
        case .float32: kind = .float32
        case .float64: kind = .float64
        case .string: kind = .string
        case .bytes:
            kind = schema.logicalType == .decimal && options.writesDecimalsAsNumbers ? .decimalAsNumber : .bytes
        case .array:
            kind = .array
            child = try element(of: schema, schema.valueSchema, name: name)
        case .map:
            child = try element(of: schema, schema.valueSchema, name: name)
            keyStep = try element(of: schema, schema.keySchema, name: name)
            kind = schema.keySchema?.type == .string ? .object : .pairs
        case .structure:
            kind = .structure
            child = Int32(truncatingIfNeeded: structures.count)
            structureSchemas.append(schema)
            structures.append(.init(schemaID: ObjectIdentifier(schema), firstStep: 0, stepCount: 0))
        }
        let null = try nullText(of: schema)
        return JSONWriterPlan.Step(
            kind: kind, mayBeNull: null != nil, prefix: constant(prefix), null: constant(null ?? []), child: child,
            keyStep: keyStep, decimalScale: Int32(clamping: schema.decimalScale))
    }

    private mutating func element(of container: Schema, _ schema: Schema?, name: String) throws(DataError) -> Int32 {
        guard let schema else {
            throw DataError(
                "The schema of \(name.isEmpty ? "the value" : name) is a \(container.type.rawValue) "
                    + "without a schema for its elements")
        }
        return append(try step(for: schema, prefix: [], name: name), name: name)
    }

    private func nullText(of schema: Schema) throws(DataError) -> [UInt8]? {
        if let value = schema.defaultValue, !value.isNull, options.replacesNullWithDefault {
            var writer = ByteWriter()
            let plan = try JSONWriterPlan(schema.optional(droppingDefault: true), options: options.withoutSchemas)
            try plan.write(value, into: &writer)
            return writer.array()
        }
        return schema.isOptional ? Array("null".utf8) : nil
    }
}
