/// What `ExtractNewRecordState` does with envelopes of one schema, worked out once.
final class UnwrapPlan {
    /// How a row becomes the new value: what is appended, and under which schema.
    struct RowPlan {
        let source: Schema
        let output: Schema
        /// Columns whose null becomes the default, with that default.
        let defaults: [(index: Int, value: ConnectValue)]
        let routeIndex: Int?
    }

    /// Keeps the schema alive: plans are found by its identity.
    let envelope: Schema
    let beforeIndex: Int
    let afterIndex: Int
    let after: RowPlan
    let before: RowPlan
    let addedFields: [ResolvedField]
    let addedHeaders: [ResolvedField]

    init(_ envelope: Schema, options: UnwrapOptions) throws(DataError) {
        self.envelope = envelope
        guard let beforeIndex = envelope.index(of: "before"), let afterIndex = envelope.index(of: "after") else {
            throw DataError("The schema \(envelope.name ?? "of the event") has no field before or after")
        }
        self.beforeIndex = beforeIndex
        self.afterIndex = afterIndex
        addedFields = try Self.resolve(options.addedFields, envelope, options.generation)
        addedHeaders = try Self.resolve(options.addedHeaders, envelope, options.generation)
        after = try Self.rowPlan(envelope.fields[afterIndex].schema, addedFields, options)
        before =
            envelope.fields[beforeIndex].schema == after.source
            ? after : try Self.rowPlan(envelope.fields[beforeIndex].schema, addedFields, options)
    }

    private static func resolve(
        _ references: [FieldReference], _ envelope: Schema, _ generation: DebeziumGeneration
    ) throws(DataError) -> [ResolvedField] {
        var resolved: [ResolvedField] = []
        for reference in references {
            if let field = try ResolvedField(reference, in: envelope, generation) { resolved.append(field) }
        }
        return resolved
    }

    private static func rowPlan(
        _ row: Schema, _ added: [ResolvedField], _ options: UnwrapOptions
    ) throws(DataError) -> RowPlan {
        var fields = row.fields
        let deleted = Schema.Field("__deleted", Schema(.string, isOptional: true))
        if options.rewritesDeletes, options.generation == .v36 { fields.append(deleted) }
        fields += added.map { Schema.Field($0.newName, $0.schema) }
        if options.rewritesDeletes, options.generation == .v19 { fields.append(deleted) }
        var names: Set<String> = []
        for field in fields where !names.insert(field.name).inserted {
            throw DataError("Cannot create field because of field name duplication \(field.name)")
        }
        var defaults: [(index: Int, value: ConnectValue)] = []
        if options.replacesNullWithDefault {
            for (index, field) in row.fields.enumerated() {
                if let value = field.schema.defaultValue, !value.isNull { defaults.append((index, value)) }
            }
        }
        return RowPlan(
            source: row,
            output: Schema(
                .structure, name: row.name, version: row.version, documentation: row.documentation,
                parameters: row.parameters, fields: fields),
            defaults: defaults, routeIndex: options.routeByField.flatMap { row.index(of: $0) })
    }
}
