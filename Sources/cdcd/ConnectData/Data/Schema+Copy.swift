extension Schema {
    /// A struct with other fields and the name, version, documentation and parameters of this schema: what Java's
    /// `SchemaUtil.copySchemaBasics` and a `SchemaBuilder` make of it.
    ///
    /// - Throws: if a name is empty, or if two fields have the same name.
    package func copy(fields: [Field]) throws(DataError) -> Schema {
        try Schema.checkNames(of: fields)
        return Schema(
            .structure, name: name, version: version, documentation: documentation, parameters: parameters,
            fields: fields)
    }

    /// - Throws: if a name is empty, or if two fields have the same name.
    package static func checkNames(of fields: [Field]) throws(DataError) {
        var names: Set<String> = []
        for field in fields {
            if field.name.isEmpty { throw DataError("fieldName cannot be null.", as: .schemaBuilder) }
            guard names.insert(field.name).inserted else {
                throw DataError(
                    "Cannot create field because of field name duplication \(field.name)", as: .schemaBuilder)
            }
        }
    }

    /// The schema of a value of the same type with another optionality and default.
    package func copy(isOptional: Bool, defaultValue: ConnectValue?) -> Schema {
        Schema(
            type, isOptional: isOptional, name: name, version: version, documentation: documentation,
            parameters: parameters, defaultValue: defaultValue, fields: fields, keySchema: keySchema,
            valueSchema: valueSchema)
    }

    /// Java's `toString`, for messages.
    package var javaDescription: String { "Schema{\(name.map { "\($0):" } ?? "")\(type.javaName)}" }

    /// Checks a value before it becomes a field, as `Struct.put` does.
    ///
    /// - Throws: if it is null and the field is not optional, whether or not it has a default.
    package func checkNull(_ value: ConnectValue, field name: String) throws(DataError) {
        guard value.isNull, !isOptional else { return }
        throw DataError(
            "Invalid value: null used for required field: \"\(name)\", schema type: \(type.javaName)")
    }
}

extension Schema {
    /// Checks a value before it becomes a header, as `ConnectHeaders.add` does.
    package func checkHeader(_ value: ConnectValue) throws(DataError) {
        guard value.isNull, !isOptional else { return }
        throw DataError("A null value requires an optional schema but was \(javaDescription)")
    }
}

extension Schema.Field {
    /// The value that `Struct.get` gives for null; nil if that is null too.
    package var nonNullDefault: ConnectValue? {
        guard let value = schema.defaultValue, !value.isNull else { return nil }
        return value
    }
}
