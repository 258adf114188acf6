import WireCore

/// Everything about writing values of one schema as JSON that does not depend on the value, worked out once: names with
/// their quotes and commas, what a null is written as, which case a value must have.
///
/// A struct is a run of steps, one for each field; the steps of nested structs stand further behind in the same list, so
/// a row is written by walking flat arrays.
final class JSONWriterPlan {
    enum Kind: UInt8 {
        case integer, boolean, float32, float64, string, bytes, decimalAsNumber, array, object, pairs, structure
    }

    struct Step {
        let kind: Kind
        /// Where `{"name":` or `,"name":` stands in `constants`; empty for what is not a field.
        let prefix: Range<Int>
        /// Where the text for a null stands; nil where null is an error.
        let nullText: Range<Int>?
        /// Of a struct: an index into `structures`. Of an array or map: the step of the items or values.
        let child: Int
        /// Of a map that is written as pairs: the step of the keys.
        let keyStep: Int
        let decimalScale: Int
        /// The field's name, for errors.
        let name: String
    }

    struct Structure {
        let schema: Schema
        let firstStep: Int
        let stepCount: Int
        /// A schema that is another object but equal; remembered so that it is not compared again.
        var equalSchema: Schema?
    }

    /// Keeps the schema alive: plans are found by its identity.
    let schema: Schema
    private(set) var steps: ContiguousArray<Step> = []
    var structures: ContiguousArray<Structure> = []
    private(set) var constants: [UInt8] = []
    private(set) var root = 0
    /// `{"schema":…,"payload":`, where the converter writes an envelope.
    private(set) var envelope: Range<Int> = 0..<0

    init(_ schema: Schema, options: JSONConverterOptions) throws(DataError) {
        self.schema = schema
        if options.writesSchemas {
            var writer = ByteWriter()
            writer.literal("{\"schema\":")
            try writer.jsonSchema(schema, fieldName: nil, options: options)
            writer.literal(",\"payload\":")
            envelope = constant(writer.array())
        }
        root = append(try step(for: schema, prefix: [], name: "", options: options))
        // Steps of a struct must follow one another, so the structs are filled in level by level.
        var index = 0
        while index < structures.count {
            try fill(index, options: options)
            index += 1
        }
    }

    private func constant(_ bytes: [UInt8]) -> Range<Int> {
        let start = constants.count
        constants += bytes
        return start..<constants.count
    }

    private func append(_ step: Step) -> Int {
        steps.append(step)
        return steps.count - 1
    }

    private func fill(_ index: Int, options: JSONConverterOptions) throws(DataError) {
        let schema = structures[index].schema
        var own: [Step] = []
        for field in schema.fields {
            var writer = ByteWriter()
            writer.literal(own.isEmpty ? "{" : ",")
            writer.jsonString(field.name)
            writer.literal(":")
            own.append(try step(for: field.schema, prefix: writer.array(), name: field.name, options: options))
        }
        structures[index] = Structure(schema: schema, firstStep: steps.count, stepCount: own.count)
        steps.append(contentsOf: own)
    }

    private func step(
        for schema: Schema, prefix: [UInt8], name: String, options: JSONConverterOptions
    ) throws(DataError) -> Step {
        var child = 0
        var keyStep = 0
        let kind: Kind
        switch schema.type {
        case .int8, .int16, .int32, .int64: kind = .integer
        case .boolean: kind = .boolean
        case .float32: kind = .float32
        case .float64: kind = .float64
        case .string: kind = .string
        case .bytes: kind = schema.logicalType == .decimal && options.writesDecimalsAsNumbers ? .decimalAsNumber : .bytes
        case .array:
            kind = .array
            child = try element(of: schema, schema.valueSchema, name: name, options: options)
        case .map:
            child = try element(of: schema, schema.valueSchema, name: name, options: options)
            keyStep = try element(of: schema, schema.keySchema, name: name, options: options)
            kind = schema.keySchema?.type == .string ? .object : .pairs
        case .structure:
            kind = .structure
            child = structures.count
            structures.append(Structure(schema: schema, firstStep: 0, stepCount: 0))
        }
        return Step(
            kind: kind, prefix: constant(prefix), nullText: try nullText(of: schema, options: options), child: child,
            keyStep: keyStep, decimalScale: schema.decimalScale, name: name)
    }

    private func element(
        of container: Schema, _ schema: Schema?, name: String, options: JSONConverterOptions
    ) throws(DataError) -> Int {
        guard let schema else {
            throw DataError("The schema of \(name.isEmpty ? "the value" : name) is a \(container.type.rawValue) "
                + "without a schema for its elements")
        }
        return append(try step(for: schema, prefix: [], name: name, options: options))
    }

    private func nullText(of schema: Schema, options: JSONConverterOptions) throws(DataError) -> Range<Int>? {
        if let value = schema.defaultValue, !value.isNull, options.replacesNullWithDefault {
            var writer = ByteWriter()
            let plan = try JSONWriterPlan(schema.optional(droppingDefault: true), options: options.withoutSchemas)
            try plan.write(value, into: &writer)
            return constant(writer.array())
        }
        return schema.isOptional ? constant(Array("null".utf8)) : nil
    }
}
