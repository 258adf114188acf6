import ConnectData
import WireCore

/// Decides how the values of a Connect schema are written with an Avro schema (`AvroData.fromConnectData`, and
/// `GenericDatumWriter`).
struct AvroFormBuilder {
    let schema: AvroSchema
    private let settings: AvroSettings
    private let names: AvroNames

    init(_ schema: AvroSchema, _ settings: AvroSettings) {
        self.schema = schema
        self.settings = settings
        names = AvroNames(settings)
    }

    /// The form of whole values.
    ///
    /// - Throws: `DataError` if the Avro schema is not one of the Connect schema.
    func form(_ source: Schema) throws(DataError) -> AvroForm {
        if settings.writesRawBytes, source.type == .bytes, case .bytes = schema.rootType.kind {
            return AvroForm(.rawBytes, source, name: "")
        }
        let form = try form(source, schema.root, name: "")
        // A null is Kafka's null.
        return AvroForm(form.kind, source, name: "", branch: form.branch)
    }

    /// - Parameter isField: null is replaced by the schema's default.
    private func form(
        _ source: Schema, _ id: AvroSchema.TypeID, name: String, isField: Bool = false
    ) throws(DataError) -> AvroForm {
        guard case .union(let branches) = schema[id].kind else {
            let kind = try kind(source, id, name: name)
            return try withNull(AvroForm(kind, source, name: name), nullBranch: nil, isField: isField)
        }
        let nullBranch = branches.firstIndex { schema[$0].isNull }
        if source.type == .structure, source.isAvroUnion {
            let form = AvroForm(.union(try fields(of: source, branches, name: name)), source, name: name)
            return try withNull(form, nullBranch: nullBranch, isField: isField)
        }
        for (branch, type) in branches.enumerated() where accepts(source, type, branches) {
            let form = AvroForm(try kind(source, type, name: name), source, name: name, branch: branch)
            return try withNull(form, nullBranch: nullBranch, isField: isField)
        }
        throw misfit(source, id, name)
    }

    private func withNull(
        _ form: AvroForm, nullBranch: Int?, isField: Bool
    ) throws(DataError) -> AvroForm {
        var null: [UInt8]?
        if isField, !settings.ignoresDefaultForNullables, let value = form.schema.defaultValue, !value.isNull {
            // A default that does not fit its schema is an error of the records that use it.
            null = try? AvroSink.bytes(of: value, form)
        } else if form.schema.isOptional, let nullBranch {
            null = [UInt8(truncatingIfNeeded: nullBranch) << 1]
        }
        return AvroForm(form.kind, form.schema, name: form.name, branch: form.branch, null: null)
    }

    /// Whether the type of a union is that of a schema.
    private func accepts(_ source: Schema, _ id: AvroSchema.TypeID, _ branches: [AvroSchema.TypeID]) -> Bool {
        let type = schema[id]
        if type.isNull { return false }
        if branches.count <= 2 { return true }
        switch (source.type, type.kind) {
        case (.int8, .int), (.int16, .int), (.int32, .int), (.int64, .long), (.float32, .float), (.float64, .double),
            (.boolean, .boolean), (.string, .string), (.bytes, .bytes), (.map, .map), (.array, .array), (.map, .array):
            return true
        case (.structure, .record), (.bytes, .fixed), (.string, .enumeration):
            return type.name?.fullName == source.name
        default: return false
        }
    }

    private func kind(_ source: Schema, _ id: AvroSchema.TypeID, name: String) throws(DataError) -> AvroForm.Kind {
        switch (source.type, schema[id].kind) {
        case (.int8, .int), (.int16, .int), (.int32, .int), (.int64, .long), (.int8, .long), (.int16, .long),
            (.int32, .long):
            return .integer
        case (.boolean, .boolean): return .boolean
        case (.float32, .float): return .float32
        case (.float64, .double): return .float64
        case (.string, .string): return .string
        case (.bytes, .bytes): return .bytes
        case (.string, .enumeration(let symbols, _)): return .enumeration(symbols: symbols)
        case (.bytes, .fixed(let byteCount)): return .fixed(byteCount: byteCount)
        case (.array, .array(let items)):
            return .array(try form(try element(source.valueSchema, name), items, name: name))
        case (.map, .map(let values)):
            return .map(try form(try element(source.valueSchema, name), values, name: name))
        case (.map, .array(let items)):
            guard case .record(let fields) = schema[items].kind, fields.count == 2 else { break }
            return .entries(
                key: try form(try element(source.keySchema, name), fields[0].type, name: name, isField: false),
                value: try form(try element(source.valueSchema, name), fields[1].type, name: name, isField: false))
        case (.structure, .record(let fields)): return .record(try self.fields(of: source, fields))
        default: break
        }
        throw misfit(source, id, name)
    }

    private func element(_ source: Schema?, _ name: String) throws(DataError) -> Schema {
        guard let source else { throw DataError("The schema of \(name) has no schema for its elements") }
        return source
    }

    private func fields(of source: Schema, _ fields: [AvroType.Field]) throws(DataError) -> [AvroForm] {
        guard source.fields.count == fields.count else { throw mismatch(source) }
        var forms: [AvroForm] = []
        for (own, field) in zip(source.fields, fields) {
            guard ExactName(names.field(own.name)) == ExactName(field.name) else { throw mismatch(source) }
            forms.append(try form(own.schema, field.type, name: own.name, isField: true))
        }
        return forms
    }

    /// The fields of a struct that stands for a union, in the order of the union's types.
    private func fields(
        of source: Schema, _ branches: [AvroSchema.TypeID], name: String
    ) throws(DataError) -> [AvroForm] {
        let types = branches.enumerated().filter { !schema[$0.element].isNull }
        guard types.count == source.fields.count else { throw mismatch(source) }
        var forms: [AvroForm] = []
        for (field, type) in zip(source.fields, types) {
            let kind = try kind(field.schema, type.element, name: field.name)
            let form = AvroForm(kind, field.schema, name: field.name, branch: type.offset)
            forms.append(try withNull(form, nullBranch: nil, isField: true))
        }
        return forms
    }

    private func mismatch(_ source: Schema) -> DataError {
        DataError(
            "The fields of the schema \(source.name ?? "without a name") are not those of the registry's schema, in its order")
    }

    private func misfit(_ source: Schema, _ id: AvroSchema.TypeID, _ name: String) -> DataError {
        let place = name.isEmpty ? "the value" : "the field \(name)"
        return DataError(
            "The type \(source.type.rawValue) of \(place) does not fit Avro's \(schema[id].typeName)")
    }
}
