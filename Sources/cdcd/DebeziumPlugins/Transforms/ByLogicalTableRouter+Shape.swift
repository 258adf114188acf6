import ConnectData

/// The transform of shapes: what `apply` does to each record of a shape.
extension ByLogicalTableRouter {
    package func apply(to shape: inout RecordShape) throws -> ShapeChange {
        guard let route = try route(of: shape.topic) else { return .applied }
        if shape.key == .null {
            shape.keySchema = nil
        } else {
            guard let old = shape.keySchema, var fields = shape.key.fields else { return .dependsOnValues }
            let schema = try keySchema(old, route.topic)
            replaceNulls(in: &fields, by: old)
            if options.addsKeyField { fields.append(.constant(.string(try route.tableIdentifier.get()))) }
            shape.keySchema = schema
            shape.key = .structure(fields)
        }
        shape.topic = route.topic
        guard let envelope = shape.valueSchema, envelope.isEnvelope, shape.value != .null else { return .applied }
        guard var fields = shape.value.fields else { return .dependsOnValues }
        let plan = try LogicalTableEnvelope(envelope, topic: route.topic, options)
        for (index, value) in plan.defaults { fields[index] = fields[index].replacingNull(by: value) }
        for index in plan.rowIndexes {
            guard var columns = fields[index].fields else {
                if fields[index] == .null { continue }
                return .dependsOnValues
            }
            // Another transform may have added fields to one of the two rows.
            guard columns.count == plan.row.fields.count else {
                throw DataError("A row of \(shape.topic) does not have the columns of its schema")
            }
            replaceNulls(in: &columns, by: envelope.fields[index].schema)
            fields[index] = .structure(columns)
        }
        shape.valueSchema = plan.schema
        shape.value = .structure(fields)
        return .applied
    }

    private func replaceNulls(in fields: inout [ValueShape], by schema: Schema) {
        guard options.profile.replacesNullWithDefault else { return }
        for (index, field) in schema.fields.enumerated() {
            if let value = field.schema.defaultValue { fields[index] = fields[index].replacingNull(by: value) }
        }
    }
}
