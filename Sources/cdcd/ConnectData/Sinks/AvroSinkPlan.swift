import WireCore

/// How the values of one schema are written as Avro: compiled once for a schema, a topic's id of it and a converter's
/// options.
///
/// Each step is a value of the schema. The steps are in the order in which values are written: a struct's step is
/// followed by those of its fields, an array's or map's by those of its items, keys and values.
@usableFromInline package final class AvroSinkPlan {
    @usableFromInline enum Kind: UInt8, BitwiseCopyable {
        case integer, boolean, float32, float64, string, bytes, rawBytes, enumeration, fixed
        case array, map, entries, record, union
        /// The step after the last one: no value fits it.
        case end
    }

    @usableFromInline struct Step: BitwiseCopyable {
        @usableFromInline let kind: Kind
        /// The branch of a union as a varint, if `branchCount` is 1.
        @usableFromInline let branch: UInt8
        /// 1 if the value is in a union, otherwise 0.
        @usableFromInline let branchCount: UInt8
        /// The first of the bytes for null.
        @usableFromInline let nullByte: UInt8
        /// 0: null is an error.
        @usableFromInline let nullCount: Int32
        @usableFromInline let nullOffset: Int32
        /// The step after this one and the steps within it.
        @usableFromInline var next: Int32
        /// The step of a map's values; those of the keys precede them.
        @usableFromInline var mapValue: Int32
        /// The index in `structures` or `enumerations`, or the size of a fixed.
        @usableFromInline let detail: Int32
    }

    /// Retains itself and all nested schemas: plans and structs are looked up by identity.
    package let schema: Schema
    @usableFromInline let steps: UnsafeMutablePointer<Step>
    /// The prefix and the bytes for null.
    @usableFromInline let constants: UnsafeMutableRawPointer
    @usableFromInline let prefixCount: Int
    /// The field of each step, for errors.
    let names: [String]
    private var structures: StructSchemas
    /// The numbers of an enumeration's symbols.
    let enumerations: [[ExactName: Int]]

    /// - Parameter prefix: is written before each value, for example the schema's id.
    /// - Throws: `DataError` if the schema has more than Avro's sink can write: a union of more than 64 branches.
    package init(_ form: AvroForm, prefix: [UInt8]) throws(DataError) {
        var builder = AvroSinkPlanBuilder(prefix: prefix)
        try builder.build(form)
        schema = form.schema
        prefixCount = prefix.count
        names = builder.names
        structures = StructSchemas(builder.structures)
        enumerations = builder.enumerations
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
private struct AvroSinkPlanBuilder {
    /// A branch's number is one byte.
    static let branchCountMax = 64

    private(set) var steps: [AvroSinkPlan.Step] = []
    private(set) var names: [String] = []
    private(set) var structures: [Schema] = []
    private(set) var enumerations: [[ExactName: Int]] = []
    private(set) var constants: [UInt8]

    init(prefix: [UInt8]) { constants = prefix }

    mutating func build(_ form: AvroForm) throws(DataError) {
        try append(form)
        let end = Int32(clamping: steps.count)
        steps.append(
            .init(
                kind: .end, branch: 0, branchCount: 0, nullByte: 0, nullCount: 0, nullOffset: 0, next: end,
                mapValue: end, detail: 0))
        names.append("")
        // Memory of no bytes has no address.
        constants.append(0)
    }

    private mutating func append(_ form: AvroForm) throws(DataError) {
        if let branch = form.branch, branch < 0 || branch >= Self.branchCountMax {
            throw DataError("\(form.place) is in a union of more than \(Self.branchCountMax) types, which cannot be written")
        }
        let index = steps.count
        let (kind, detail) = kind(of: form)
        let null = form.null ?? []
        steps.append(
            .init(
                kind: kind, branch: UInt8(form.branch ?? 0) &<< 1, branchCount: form.branch == nil ? 0 : 1,
                nullByte: null.first ?? 0, nullCount: Int32(clamping: null.count),
                nullOffset: Int32(clamping: constants.count), next: 0, mapValue: 0, detail: Int32(clamping: detail)))
        constants += null
        names.append(form.name)
        switch form.kind {
        case .integer, .boolean, .float32, .float64, .string, .bytes, .rawBytes, .enumeration, .fixed: break
        case .array(let item): try append(item)
        case .map(let value):
            steps[index].mapValue = Int32(clamping: steps.count)
            try append(value)
        case .entries(let key, let value):
            try append(key)
            steps[index].mapValue = Int32(clamping: steps.count)
            try append(value)
        case .record(let fields), .union(let fields): for field in fields { try append(field) }
        }
        steps[index].next = Int32(clamping: steps.count)
    }

    private mutating func kind(of form: AvroForm) -> (kind: AvroSinkPlan.Kind, detail: Int) {
        switch form.kind {
        case .integer: return (.integer, 0)
        case .boolean: return (.boolean, 0)
        case .float32: return (.float32, 0)
        case .float64: return (.float64, 0)
        case .string: return (.string, 0)
        case .bytes: return (.bytes, 0)
        case .rawBytes: return (.rawBytes, 0)
        case .fixed(let byteCount): return (.fixed, byteCount)
        case .enumeration(let symbols):
            enumerations.append(
                Dictionary(
                    symbols.enumerated().map { (ExactName($1), $0) }, uniquingKeysWith: { first, _ in first }))
            return (.enumeration, enumerations.count - 1)
        case .array: return (.array, 0)
        case .map: return (.map, 0)
        case .entries: return (.entries, 0)
        case .record, .union:
            structures.append(form.schema)
            if case .union = form.kind { return (.union, structures.count - 1) }
            return (.record, structures.count - 1)
        }
    }
}

extension AvroForm {
    fileprivate var place: String { name.isEmpty ? "The value" : "The field \(name)" }
}
