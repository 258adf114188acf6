import ConnectData

/// The fields of an outbox table's change events, resolved once for each schema of the events.
final class OutboxPlan {
    struct Additional {
        let placement: AdditionalField.Placement
        let alias: String
        let column: FieldAccess
    }

    let operation: FieldAccess
    let processingTime: FieldAccess
    let afterIndex: Int?
    let rowSchema: Schema?

    let id: FieldAccess
    let payload: FieldAccess
    let route: FieldAccess
    /// nil: not configured.
    let key: FieldAccess?
    let eventTime: FieldAccess?
    let version: FieldAccess?
    /// The column of the key if the configured one is null or there is none; nil if the table does not have it.
    let formerKey: FieldAccess?
    /// Without the missing ones that may be missing.
    let additional: [Additional]

    init(_ envelope: Schema, _ options: OutboxOptions) {
        operation = FieldAccess("op", in: envelope)
        processingTime = FieldAccess("ts_ms", in: envelope)
        afterIndex = envelope.index(of: "after")
        let row = afterIndex.map { envelope.fields[$0].schema }
        rowSchema = row
        id = FieldAccess(options.idField, in: row)
        payload = FieldAccess(options.payloadField, in: row)
        route = FieldAccess(options.routeField, in: row)
        key = options.keyField.map { FieldAccess($0, in: row) }
        eventTime = options.timestampField.map { FieldAccess($0, in: row) }
        version = options.versionField.map { FieldAccess($0, in: row) }
        let former = options.formerKeyField.map { FieldAccess($0, in: row) }
        formerKey = former?.index == nil ? nil : former
        additional = options.additionalFields.compactMap { field in
            let column = FieldAccess(field.column, in: row)
            if column.index == nil, options.ignoresMissingFields { return nil }
            return Additional(placement: field.placement, alias: field.alias, column: column)
        }
    }

    /// The record's timestamp in milliseconds: that of the configured column, else when the change was processed.
    func timestamp(_ event: Struct, _ row: Struct) throws(DataError) -> Int64? {
        guard let eventTime else { return try processingTime.integer(.int64, in: event) }
        guard let schema = eventTime.schema else {
            throw DataError("Unable to find timestamp field \(eventTime.name) in event")
        }
        guard let time = try eventTime.integer(.int64, in: row) else {
            return try processingTime.integer(.int64, in: event)
        }
        switch schema.name {
        case "io.debezium.time.Timestamp": return time
        case "io.debezium.time.MicroTimestamp": return time / 1000
        case "io.debezium.time.NanoTimestamp": return time / 1_000_000
        case let name?: throw DataError("Unsupported field type \(name) for event timestamp")
        case nil:
            throw DataError(
                "Unsupported field type \(schema.type.javaName) (without logical schema name) for event timestamp")
        }
    }

    /// The key, and its schema: that of the configured column also for the value of the other one, if it has its type.
    /// If it does not, or if the table has neither, Debezium's schema does not fit the key.
    func keyOf(_ row: Struct) throws(DataError) -> SchemaAndValue {
        let value = try key?.value(in: row) ?? .null
        guard value.isNull, let formerKey, let formerSchema = formerKey.schema else {
            return SchemaAndValue(key?.schema, value)
        }
        let isSameType = key?.schema?.type == formerSchema.type && key?.schema?.name == formerSchema.name
        return SchemaAndValue(isSameType ? key?.schema : formerSchema, try formerKey.value(in: row))
    }
}
