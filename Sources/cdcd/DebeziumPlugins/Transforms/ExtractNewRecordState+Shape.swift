import ConnectData

/// The transform of shapes: what `apply` does to each record of a shape.
extension ExtractNewRecordState {
    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let schema = shape.valueSchema, let envelope = shape.value.fields else {
            switch shape.value {
            case .constant(.null): return applyToTombstones(&shape)
            // A null is a tombstone.
            case .input(_, nil): return .dependsOnValues
            case .constant, .input, .structure: return .applied
            }
        }
        guard let name = schema.name, name.hasSuffix(".Envelope") else { return .applied }
        // A route and dropped fields depend on values.
        guard options.routeByField == nil, options.dropFieldsHeader == nil else { return .dependsOnValues }
        let plan = try findPlan(for: schema)
        let isDelete = envelope[plan.afterIndex] == .null
        // The tombstone after it gets its headers.
        if isDelete, options.keepsTombstones, !plan.addedHeaders.isEmpty { return .dependsOnValues }
        for field in plan.addedHeaders {
            guard let isNull = field.isNull(in: envelope) else { return .dependsOnValues }
            shape.headers.append(
                .init(
                    field.newName, schema: isNull ? field.schemaOfNull : field.schema,
                    value: field.shape(in: envelope)))
        }
        guard isDelete else { return try extractRow(&shape, envelope, plan, isDeleted: false) }
        guard envelope[plan.beforeIndex].fields != nil else {
            if options.profile.dropsChangesWithoutRows { return .dropped }
            return .dependsOnValues
        }
        switch options.deletes {
        case .drop: return .dropped
        case .rewrite: return try extractRow(&shape, envelope, plan, isDeleted: true)
        case .nullValue: shape.valueSchema = plan.afterSchema
        case .tombstone: shape.valueSchema = nil
        }
        shape.value = .null
        return .applied
    }

    private func extractRow(
        _ shape: inout RecordShape, _ envelope: [ValueShape], _ plan: UnwrapPlan, isDeleted: Bool
    ) throws -> ShapeChange {
        let rows = try plan.rows.get()
        var hasAddedStructs = false
        for field in rows.addedStructs {
            guard let isNull = field.isNull(in: envelope) else { return .dependsOnValues }
            if !isNull { hasAddedStructs = true }
        }
        let rowPlan = rows.plan(isDeleted: isDeleted, hasAddedStructs: hasAddedStructs)
        guard var fields = envelope[isDeleted ? plan.beforeIndex : plan.afterIndex].fields else {
            return .dependsOnValues
        }
        for (index, value) in rowPlan.defaults { fields[index] = fields[index].replacingNull(by: value) }
        let mark = ValueShape.constant(.string(isDeleted ? "true" : "false"))
        let isMarkFirst = options.profile.marksDeletesBeforeAddedFields
        if options.rewritesDeletes, isMarkFirst { fields.append(mark) }
        fields += rows.addedFields.map { $0.shape(in: envelope) }
        if options.rewritesDeletes, !isMarkFirst { fields.append(mark) }
        shape.valueSchema = rowPlan.output
        shape.value = .structure(fields)
        return .applied
    }

    /// With added headers, a tombstone's headers are those of the delete before it.
    private func applyToTombstones(_ shape: inout RecordShape) -> ShapeChange {
        guard options.keepsTombstones else { return .dropped }
        return options.addedHeaders.isEmpty ? .applied : .dependsOnValues
    }
}
