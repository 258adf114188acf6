import ConnectData

/// One element of `add.fields` or `add.headers`: a part of an envelope and its new name.
///
/// `op`, `ts_ms` (from 3.x also `ts_us`, `ts_ns`) are taken from the envelope itself, `id`, `total_order` and
/// `data_collection_order` from its transaction, everything else from its source; `struct.field` names the struct
/// itself. `field:NAME` gives another name.
struct FieldReference: Hashable, Sendable {
    /// The envelope's field whose struct holds the field; nil for the envelope itself.
    let parent: String?
    let field: String
    /// Including the prefix.
    let newName: String

    init(_ text: String, prefix: String, profile: UnwrapProfile) throws(ConfigError) {
        let parts = Self.split(text, at: ":")
        guard parts.count <= 2 else {
            throw ConfigError(name: "", value: text, message: "Unexpected field name: \(text)")
        }
        let path = Self.split(parts[0], at: ".")
        if path.count == 1 {
            field = path[0]
            parent = Self.parent(of: path[0], profile)
            newName = prefix + (parts.count == 2 ? parts[1] : path[0])
        } else {
            field = path[1]
            parent = path[0]
            newName = prefix + (parts.count == 2 ? parts[1] : "\(path[0])_\(path[1])")
        }
    }

    private static func parent(of field: String, _ profile: UnwrapProfile) -> String? {
        switch field {
        case "op", "ts_ms": nil
        case "ts_us", "ts_ns": profile.envelopeHasPreciseTimes ? nil : "source"
        case "id", "data_collection_order", "total_order": "transaction"
        default: "source"
        }
    }

    /// Java's `split`: empty parts at the end are dropped, but there is always one part.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        while parts.count > 1, parts.last == "" { parts.removeLast() }
        return parts
    }
}

/// A field reference, resolved in envelopes of one schema.
struct ResolvedField {
    let newName: String
    /// Optional, without default.
    private(set) var schema: Schema
    /// Debezium's schema, which has none of a struct's fields, so that only null fits it.
    let schemaOfNull: Schema
    /// nil: the envelope itself.
    let parentIndex: Int?
    let index: Int

    /// - Returns: nil if the envelope has no such field and the profile leaves it out.
    init?(
        _ reference: FieldReference, in envelope: Schema, _ profile: UnwrapProfile, isHeader: Bool
    ) throws(DataError) {
        var parentIndex: Int?
        var holder = envelope
        if let parent = reference.parent {
            guard let index = envelope.index(of: parent) else {
                throw DataError("Unexpected field name: \(reference.field): the event has no field \(parent)")
            }
            parentIndex = index
            holder = envelope.fields[index].schema
        }
        var found = holder.index(of: reference.field)
        if found == nil, profile.looksForFieldsInEnvelope {
            parentIndex = nil
            holder = envelope
            found = envelope.index(of: reference.field)
            if found == nil { return nil }
        }
        guard let index = found else {
            let name = reference.field
            throw DataError(isHeader ? "\(name) is not a valid field name" : "Unexpected field name: \(name)")
        }
        let source = holder.fields[index].schema
        schema = Schema(
            source.type, isOptional: true, name: source.name, version: source.version,
            documentation: source.documentation, parameters: source.parameters, fields: source.fields,
            keySchema: source.keySchema, valueSchema: source.valueSchema)
        schemaOfNull = source.type == .structure ? schema.copy(name: schema.name, fields: []) : schema
        newName = reference.newName
        self.parentIndex = parentIndex
        self.index = index
    }

    var isStruct: Bool { schema.type == .structure }

    /// With the schema of null.
    var withSchemaOfNull: ResolvedField {
        var copy = self
        copy.schema = schemaOfNull
        return copy
    }

    /// Whether a struct is null, or nil if that depends on values; false for everything else, whose schema is the same.
    func isNull(in envelope: [ValueShape]) -> Bool? {
        guard isStruct else { return false }
        return switch shape(in: envelope) {
        case .null, .constant(.null): true
        case .input: nil
        case .constant, .structure: false
        }
    }

    /// The field's shape; null if its struct is null.
    func shape(in envelope: [ValueShape]) -> ValueShape {
        guard let parentIndex else { return envelope[index] }
        return envelope[parentIndex].fields?[index] ?? .null
    }

    /// The field's value; null if its struct is null.
    func value(in envelope: Struct) -> ConnectValue {
        guard let parentIndex else { return envelope.values[index] }
        guard case .structure(let parent) = envelope.values[parentIndex] else { return .null }
        return parent.values[index]
    }
}
