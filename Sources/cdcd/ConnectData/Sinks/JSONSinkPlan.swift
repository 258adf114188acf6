import WireCore

/// Everything about writing values of one schema as JSON that does not depend on the value, computed once: names with
/// their quotation marks and commas, the text for null, the kind that a value must have.
///
/// A step is a value of the schema. The steps are in the order in which values are written: a struct's step is followed
/// by those of its fields, an array's or map's by those of its items, keys and values.
@usableFromInline package final class JSONSinkPlan {
    @usableFromInline enum Kind: UInt8, BitwiseCopyable {
        case integer, boolean, float32, float64, string, bytes, decimalAsNumber, array, object, pairs, structure
        /// A map as an array of objects with `key` and `value`.
        case entries
        /// A struct of which only the value that is not null is written.
        case union
        /// An element of an array or a value of a map whose schema has none for them.
        case schemaless
        /// The step after the last one: no value fits it.
        case end
    }

    /// A range of `constants`.
    @usableFromInline struct Text: BitwiseCopyable {
        @usableFromInline let offset: Int32
        @usableFromInline let count: Int32
    }

    @usableFromInline struct Step: BitwiseCopyable {
        @usableFromInline let kind: Kind
        /// False: null is an error.
        @usableFromInline let mayBeNull: Bool
        /// The scale of a decimal that is written as a number.
        @usableFromInline let decimalScale: Int32
        /// `{"name":` or `,"name":`; empty if the step is not a field.
        @usableFromInline let prefix: Text
        /// The text for null.
        @usableFromInline let null: Text
        /// The step after this one and the steps within it.
        @usableFromInline var next: Int32
        /// The step of a map's values; those of the keys precede them.
        @usableFromInline var mapValue: Int32
        /// Of a struct: its index in `structures`.
        @usableFromInline let structure: Int32
    }

    /// The prefix of a step may be read beyond its end up to the next multiple of this number of bytes.
    @usableFromInline static let blockBytes = 16

    /// Retains itself and all nested schemas: plans and structs are looked up by identity.
    package let schema: Schema
    @usableFromInline let steps: UnsafeMutablePointer<Step>
    @usableFromInline let constants: UnsafeMutableRawPointer
    /// What is before the value, for example `{"schema":…,"payload":`.
    @usableFromInline let envelope: Text
    /// Whether the envelope is an object that ends after the value.
    @usableFromInline let isInObject: Bool
    /// The field of each step, for errors.
    let names: [String]
    /// For elements without a schema.
    let options: JSONSinkOptions
    private var structures: StructSchemas

    /// What surrounds a value.
    package enum Envelope {
        /// The schema, with `schemas.enable`.
        case byOptions
        /// The start of an object that ends after the value.
        case object(start: [UInt8])
        case prefix([UInt8])
    }

    /// - Throws: `DataError` if a map has no schema for its keys.
    package init(
        _ schema: Schema, options: JSONSinkOptions, envelope: Envelope = .byOptions
    ) throws(DataError) {
        var builder = JSONSinkPlanBuilder(options: options)
        (self.envelope, isInObject) = try builder.build(schema, envelope)
        self.schema = schema
        self.options = options.withoutSchemas
        names = builder.names
        structures = StructSchemas(builder.structures)
        steps = .allocate(capacity: builder.steps.count)
        steps.initialize(from: builder.steps, count: builder.steps.count)
        constants = .allocate(byteCount: builder.constants.count, alignment: 1)
        UnsafeMutableRawBufferPointer(start: constants, count: builder.constants.count)
            .copyBytes(from: builder.constants)
    }

    deinit {
        steps.deallocate()
        constants.deallocate()
    }

    /// Whether a struct with this schema fits the step's.
    func accepts(_ schema: Schema, structure index: Int) -> Bool { structures.accepts(schema, at: index) }
}

/// Collects the parts of a plan.
private struct JSONSinkPlanBuilder {
    private(set) var steps: [JSONSinkPlan.Step] = []
    private(set) var names: [String] = []
    private(set) var structures: [Schema] = []
    private(set) var constants: [UInt8] = []
    private let options: JSONSinkOptions

    init(options: JSONSinkOptions) { self.options = options }

    /// Returns the text before the value, and whether it starts an object.
    mutating func build(
        _ schema: Schema, _ envelope: JSONSinkPlan.Envelope
    ) throws(DataError) -> (envelope: JSONSinkPlan.Text, isInObject: Bool) {
        var text = constant([])
        var isInObject = true
        switch envelope {
        case .byOptions where options.writesSchemas:
            var writer = ByteWriter()
            writer.literal("{\"schema\":")
            try writer.jsonSchema(schema, fieldName: nil, options: options)
            writer.literal(",\"payload\":")
            text = constant(writer.array())
        case .byOptions: isInObject = false
        case .object(let start): text = constant(start)
        case .prefix(let bytes):
            text = constant(bytes)
            isInObject = false
        }
        try append(schema, prefix: [], name: "")
        let end = Int32(clamping: steps.count)
        steps.append(
            .init(
                kind: .end, mayBeNull: false, decimalScale: 0, prefix: constant([]), null: constant([]), next: end,
                mapValue: end, structure: 0))
        names.append("")
        constants += repeatElement(0, count: JSONSinkPlan.blockBytes)
        return (text, isInObject)
    }

    private mutating func constant(_ bytes: [UInt8]) -> JSONSinkPlan.Text {
        let start = constants.count
        constants += bytes
        return JSONSinkPlan.Text(offset: Int32(clamping: start), count: Int32(clamping: bytes.count))
    }

    private mutating func append(_ schema: Schema, prefix: [UInt8], name: String) throws(DataError) {
        let null = try nullText(of: schema)
        let index = steps.count
        steps.append(
            JSONSinkPlan.Step(
                kind: kind(of: schema), mayBeNull: null != nil, decimalScale: Int32(clamping: schema.decimalScale),
                prefix: constant(prefix), null: constant(null ?? []), next: 0, mapValue: 0,
                structure: Int32(clamping: structures.count)))
        names.append(name)
        switch schema.type {
        case .int8, .int16, .int32, .int64, .boolean, .float32, .float64, .string, .bytes: break
        case .array: try append(element: schema.valueSchema, name: name)
        case .map:
            guard let keySchema = schema.keySchema else {
                throw DataError("The schema of \(name.isEmpty ? "the value" : name) is a map without a schema for its keys")
            }
            try append(keySchema, prefix: [], name: name)
            steps[index].mapValue = Int32(clamping: steps.count)
            try append(element: schema.valueSchema, name: name)
        case .structure:
            structures.append(schema)
            for (position, field) in schema.fields.enumerated() {
                guard steps[index].kind != .union else {
                    try append(field.schema, prefix: [], name: field.name)
                    continue
                }
                var writer = ByteWriter()
                writer.literal(position == 0 ? "{" : ",")
                writer.jsonString(field.name)
                writer.literal(":")
                try append(field.schema, prefix: writer.array(), name: field.name)
            }
        }
        steps[index].next = Int32(clamping: steps.count)
    }

    private mutating func append(element: Schema?, name: String) throws(DataError) {
        if let element { return try append(element, prefix: [], name: name) }
        let index = steps.count
        steps.append(
            JSONSinkPlan.Step(
                kind: .schemaless, mayBeNull: true, decimalScale: 0, prefix: constant([]), null: constant(Array("null".utf8)),
                next: Int32(clamping: index + 1), mapValue: 0, structure: 0))
        names.append(name)
    }

    private func kind(of schema: Schema) -> JSONSinkPlan.Kind {
        switch schema.type {
        case .int8, .int16, .int32, .int64: .integer
        case .boolean: .boolean
        case .float32: .float32
        case .float64: .float64
        case .string: .string
        case .bytes: schema.logicalType == .decimal && options.writesDecimalsAsNumbers ? .decimalAsNumber : .bytes
        case .array: .array
        case .map: mapKind(schema.keySchema)
        case .structure: options.followsConfluent && schema.isUnion ? .union : .structure
        }
    }

    private func mapKind(_ keySchema: Schema?) -> JSONSinkPlan.Kind {
        let hasTextKeys = keySchema?.type == .string
        if options.followsConfluent { return hasTextKeys && keySchema?.isOptional == false ? .object : .entries }
        return hasTextKeys ? .object : .pairs
    }

    private func nullText(of schema: Schema) throws(DataError) -> [UInt8]? {
        if let value = schema.defaultValue, !value.isNull, options.replacesNullWithDefault {
            return try JSONSink.text(of: value, schema.optional(droppingDefault: true), options)
        }
        return schema.isOptional ? Array("null".utf8) : nil
    }
}
