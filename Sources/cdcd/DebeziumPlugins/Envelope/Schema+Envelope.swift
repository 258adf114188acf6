import ConnectData

extension Schema {
    /// Whether values are change events (`Envelope.isEnvelopeSchema`).
    var isEnvelope: Bool { name?.hasSuffix(".Envelope") ?? false }

    /// Whether values are keys or values of the schema change topic (`SchemaFactory.isSchemaChangeSchema`).
    var isSchemaChange: Bool {
        name.map { $0.hasSuffix(".SchemaChangeValue") || $0.hasSuffix(".SchemaChangeKey") } ?? false
    }

    /// A copy of a struct's schema: version, documentation, parameters and whether it is optional, but no default.
    func copy(name: String?, fields: [Field]) -> Schema {
        Schema(
            .structure, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, fields: fields)
    }

    /// The fields if their names are distinct.
    ///
    /// - Throws: `SchemaBuilder`'s error.
    static func distinct(_ fields: [Field]) throws(DataError) -> [Field] {
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw DataError("Cannot create field because of field name duplication \(field.name)")
        }
        return fields
    }
}
