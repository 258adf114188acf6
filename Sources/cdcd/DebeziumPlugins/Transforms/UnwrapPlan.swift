import ConnectData

/// The work of `ExtractNewRecordState` for envelopes of one schema, computed once.
final class UnwrapPlan {
    /// The conversion of a row to the new value: the appended fields, and the schema.
    struct RowPlan {
        let output: Schema
        /// Columns whose null is replaced by their default, and that default.
        let defaults: [(index: Int, value: ConnectValue)]
    }

    /// Retains the schema: plans are looked up by its identity.
    let envelope: Schema
    let beforeIndex: Int
    let afterIndex: Int
    let afterSchema: Schema
    let beforeSchema: Schema
    /// An error in `add.fields` is thrown for the first extracted row, as in Debezium: dropped deletes do not cause it.
    let rows: Result<Rows, DataError>
    let addedHeaders: [ResolvedField]

    struct Rows {
        fileprivate typealias Plans = (after: RowPlan, before: RowPlan)

        fileprivate let plans: Plans
        /// For events in which all added structs are null; nil: none is added.
        fileprivate let plansWithoutStructs: Plans?
        let addedFields: [ResolvedField]
        let addedStructs: [ResolvedField]

        /// The conversion of the row after a change, or before a delete.
        ///
        /// In Debezium the schema of an added struct has no fields, so that only null fits it. If all of them are null
        /// the schema is Debezium's, otherwise it has the structs' fields.
        func plan(isDeleted: Bool, hasAddedStructs: Bool) -> RowPlan {
            let plans = hasAddedStructs ? plans : plansWithoutStructs ?? plans
            return isDeleted ? plans.before : plans.after
        }
    }

    init(_ envelope: Schema, options: UnwrapOptions) throws(DataError) {
        self.envelope = envelope
        guard let beforeIndex = envelope.index(of: "before"), let afterIndex = envelope.index(of: "after") else {
            throw DataError("The schema \(envelope.name ?? "of the event") has no field before or after")
        }
        self.beforeIndex = beforeIndex
        self.afterIndex = afterIndex
        afterSchema = envelope.fields[afterIndex].schema
        beforeSchema = envelope.fields[beforeIndex].schema
        addedHeaders = try Self.resolve(options.addedHeaders, envelope, options.profile, areHeaders: true)
        do throws(DataError) {
            rows = .success(try Self.rows(envelope, afterSchema, beforeSchema, options))
        } catch {
            rows = .failure(error)
        }
    }

    private static func rows(
        _ envelope: Schema, _ afterSchema: Schema, _ beforeSchema: Schema, _ options: UnwrapOptions
    ) throws(DataError) -> Rows {
        let addedFields = try resolve(options.addedFields, envelope, options.profile, areHeaders: false)
        func plans(_ addedFields: [ResolvedField]) throws(DataError) -> Rows.Plans {
            let after = try rowPlan(afterSchema, addedFields, options)
            return (after, beforeSchema == afterSchema ? after : try rowPlan(beforeSchema, addedFields, options))
        }
        let structs = addedFields.filter(\.isStruct)
        return Rows(
            plans: try plans(addedFields),
            plansWithoutStructs: structs.isEmpty ? nil : try plans(addedFields.map(\.withSchemaOfNull)),
            addedFields: addedFields, addedStructs: structs)
    }

    private static func resolve(
        _ references: [FieldReference], _ envelope: Schema, _ profile: UnwrapProfile, areHeaders: Bool
    ) throws(DataError) -> [ResolvedField] {
        var resolved: [ResolvedField] = []
        for reference in references {
            if let field = try ResolvedField(reference, in: envelope, profile, isHeader: areHeaders) {
                resolved.append(field)
            }
        }
        return resolved
    }

    private static func rowPlan(
        _ row: Schema, _ added: [ResolvedField], _ options: UnwrapOptions
    ) throws(DataError) -> RowPlan {
        var fields = row.fields
        let deleted = Schema.Field("__deleted", Schema(.string, isOptional: true))
        let isFirst = options.profile.marksDeletesBeforeAddedFields
        if options.rewritesDeletes, isFirst { fields.append(deleted) }
        fields += added.map { Schema.Field($0.newName, $0.schema) }
        if options.rewritesDeletes, !isFirst { fields.append(deleted) }
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
            output: Schema(
                .structure, name: row.name, version: row.version, documentation: row.documentation,
                parameters: row.parameters, fields: fields),
            defaults: defaults)
    }
}
