import ConnectData

/// Debezium's `io.debezium.transforms.ExtractNewRecordState`: replaces a change event's envelope by its row.
///
/// The behaviour is that of the generation that the connector's configuration selects. Everything that depends on the
/// schema is computed once per schema; for a row only values are moved.
package final class ExtractNewRecordState: Transformation {
    package static let className = "io.debezium.transforms.ExtractNewRecordState"

    package static let plugin = PluginDescriptor(
        className, version: { DebeziumGeneration(configuration: $0).version },
        properties: { properties(DebeziumGeneration(configuration: $0)) },
        factory: .transformation { context throws(ConfigError) in
            let generation = DebeziumGeneration(configuration: context.connectorConfiguration)
            return try ExtractNewRecordState(generation: generation, configuration: context.properties)
        })

    let options: UnwrapOptions
    private let fieldDropping: FieldDropping?
    private var plans: [ObjectIdentifier: UnwrapPlan] = [:]
    private var lastPlan: UnwrapPlan?
    private var lastRoute: (schema: Schema, index: Int)?
    private var deleteHeaders = DeleteHeaders()

    init(generation: DebeziumGeneration, configuration: [String: String]) throws(ConfigError) {
        options = try UnwrapOptions(generation: generation, configuration: configuration)
        fieldDropping = FieldDropping(options)
    }

    package func apply(_ record: inout ConnectRecord) throws -> Bool {
        guard case .structure(let envelope) = record.value, let schema = record.valueSchema else {
            return record.value.isNull ? handleTombstone(&record) : true
        }
        let plan: UnwrapPlan
        if let lastPlan, lastPlan.envelope === schema {
            plan = lastPlan
        } else {
            guard let name = schema.name, name.hasSuffix(".Envelope") else { return true }
            plan = try findPlan(for: schema)
        }
        let isDelete = envelope.values[plan.afterIndex].isNull
        if !plan.addedHeaders.isEmpty { addHeaders(to: &record, envelope, plan, isDelete: isDelete) }
        return try isDelete
            ? handleDelete(&record, envelope, plan)
            : handleRow(&record, envelope, plan, isDeleted: false)
    }

    func findPlan(for schema: Schema) throws -> UnwrapPlan {
        let id = ObjectIdentifier(schema)
        let plan: UnwrapPlan
        if let known = plans[id] {
            plan = known
        } else {
            plan = try UnwrapPlan(schema, options: options)
            // Each version of a table has its own schema; old ones are not kept.
            if plans.count >= 4096 { plans.removeAll(keepingCapacity: true) }
            plans[id] = plan
        }
        lastPlan = plan
        return plan
    }

    /// The row after the change, or before a delete, becomes the value, with the added fields after its columns.
    private func handleRow(
        _ record: inout ConnectRecord, _ envelope: Struct, _ plan: UnwrapPlan, isDeleted: Bool
    ) throws -> Bool {
        let rows = try plan.rows.get()
        let rowPlan = rows.plan(
            isDeleted: isDeleted, hasAddedStructs: rows.addedStructs.contains { !$0.value(in: envelope).isNull })
        let index = isDeleted ? plan.beforeIndex : plan.afterIndex
        guard case .structure(let row) = envelope.values[index] else {
            throw DataError("The event of \(record.topic) holds \(envelope.values[index].kindName) instead of a row")
        }
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(rowPlan.output.fields.count)
        values.append(contentsOf: row.values)
        for (index, value) in rowPlan.defaults where values[index].isNull { values[index] = value }
        let profile = options.profile
        if !isDeleted, profile.routesByDefaults {
            try route(&record, values, plan.afterSchema)
        } else if !isDeleted || profile.routesRewrittenDeletes {
            try route(&record, row.values, row.schema)
        }
        let isMarkFirst = profile.marksDeletesBeforeAddedFields
        if options.rewritesDeletes, isMarkFirst { values.append(.string(isDeleted ? "true" : "false")) }
        for field in rows.addedFields { values.append(field.value(in: envelope)) }
        if options.rewritesDeletes, !isMarkFirst { values.append(.string(isDeleted ? "true" : "false")) }
        guard values.count == rowPlan.output.fields.count else {
            throw DataError("A row of \(record.topic) does not have the columns of its schema")
        }
        record.valueSchema = rowPlan.output
        record.value = .structure(Struct(schema: rowPlan.output, values: values))
        if let fieldDropping {
            // Debezium adds fields to a rewritten delete after dropping others, and to every other change before.
            let protectedFrom = isDeleted ? rowPlan.output.fields.count - rows.addedFields.count : .max
            try fieldDropping.apply(&record, protectedFrom: protectedFrom)
        }
        return true
    }

    private func handleDelete(_ record: inout ConnectRecord, _ envelope: Struct, _ plan: UnwrapPlan) throws -> Bool {
        guard case .structure(let row) = envelope.values[plan.beforeIndex] else {
            if options.profile.dropsChangesWithoutRows { return false }
            throw DataError("An event of \(record.topic) has neither a row before nor one after the change")
        }
        let topic = record.topic
        if options.profile.routesDeletesFirst { try route(&record, row.values, row.schema) }
        switch options.deletes {
        case .drop: return false
        case .rewrite:
            record.topic = topic
            return try handleRow(&record, envelope, plan, isDeleted: true)
        case .nullValue: record.valueSchema = plan.afterSchema
        case .tombstone: record.valueSchema = nil
        }
        if !options.profile.routesDeletesFirst { try route(&record, row.values, row.schema) }
        record.value = .null
        if let fieldDropping { try fieldDropping.apply(&record) }
        return true
    }

    private func handleTombstone(_ record: inout ConnectRecord) -> Bool {
        guard options.keepsTombstones else { return false }
        guard !options.addedHeaders.isEmpty else { return true }
        deleteHeaders.add(to: &record)
        for reference in options.addedHeaders where reference.field == "op" {
            record.headers.append(.init(reference.newName, schema: Self.requiredString, value: .string("d")))
        }
        return true
    }

    private func addHeaders(to record: inout ConnectRecord, _ envelope: Struct, _ plan: UnwrapPlan, isDelete: Bool) {
        let before = record.headers
        for field in plan.addedHeaders {
            let value = field.value(in: envelope)
            record.headers.append(
                .init(field.newName, schema: value.isNull ? field.schemaOfNull : field.schema, value: value))
        }
        guard isDelete, options.keepsTombstones else { return }
        deleteHeaders.keep(of: record, headersBefore: before)
    }

    private func route(
        _ record: inout ConnectRecord, _ row: ContiguousArray<ConnectValue>, _ schema: Schema
    ) throws {
        guard let field = options.routeByField else { return }
        guard let index = routeIndex(field, schema) else { throw DataError("\(field) is not a valid field name") }
        // The type of the column is checked, and not of its value, which may be null.
        guard schema.fields[index].schema.type == .string else {
            throw DataError("Field '\(field)' is not of type STRING")
        }
        switch row[index] {
        case .string(let topic):
            if options.profile.ignoresBlankRoutes, topic.allSatisfy(\.isWhitespace) { return }
            record.topic = topic
        case .null: return
        case .boolean, .integer, .float32, .float64, .bytes, .array, .map, .structure, .instant:
            throw DataError("The event holds \(row[index].kindName) instead of a text in \(field)")
        }
    }

    private func routeIndex(_ field: String, _ schema: Schema) -> Int? {
        if let lastRoute, lastRoute.schema === schema { return lastRoute.index }
        guard let index = schema.index(of: field) else { return nil }
        lastRoute = (schema, index)
        return index
    }

    private static let requiredString = Schema(.string)
}
