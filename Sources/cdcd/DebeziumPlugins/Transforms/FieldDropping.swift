import ConnectData

/// `drop.fields.*` of `ExtractNewRecordState`: a header lists fields that are removed from the value, and from the key.
final class FieldDropping {
    private let header: String
    private let dropsFromKey: Bool
    private let keepsSchemaCompatible: Bool
    private var plans = BoundedCache<Key, Plan>(countMax: 4096)

    private struct Key: Hashable {
        let schema: ObjectIdentifier
        let fields: [String]
        let protectedFrom: Int
    }

    private struct Plan {
        /// Retains the schema, by whose identity the plan is looked up.
        let source: Schema
        /// nil: nothing is dropped.
        let output: Schema?
        let kept: [Int]
    }

    init?(_ options: UnwrapOptions) {
        guard let header = options.dropFieldsHeader else { return nil }
        self.header = header
        dropsFromKey = options.dropsFieldsFromKey
        keepsSchemaCompatible = options.dropKeepsSchemaCompatible
    }

    /// - Parameter protectedFrom: the index of the value's first field that is never removed.
    func apply(_ record: inout ConnectRecord, protectedFrom: Int = .max) throws {
        guard let value = record.headers.first(where: { $0.name == header })?.value, !value.isNull else { return }
        guard case .array(let items) = value else {
            throw DataError("The header \(header) holds \(value.kindName) instead of a list of field names")
        }
        let names = items.compactMap(\.stringValue)
        if names.isEmpty { return }
        if dropsFromKey { drop(names, from: &record.key, schema: &record.keySchema, .max) }
        drop(names, from: &record.value, schema: &record.valueSchema, protectedFrom)
    }

    private func drop(
        _ names: [String], from value: inout ConnectValue, schema: inout Schema?, _ protectedFrom: Int
    ) {
        guard case .structure(let row) = value else { return }
        let plan = plan(for: row.schema, names, protectedFrom)
        guard let output = plan.output else { return }
        var values = ContiguousArray<ConnectValue>()
        values.reserveCapacity(plan.kept.count)
        for index in plan.kept {
            // Kafka's ReplaceField, which Debezium uses, turns nulls into defaults.
            let isDefaulted = row.values[index].isNull
            values.append(isDefaulted ? row.schema.fields[index].schema.defaultValue ?? .null : row.values[index])
        }
        value = .structure(Struct(schema: output, values: values))
        schema = output
    }

    private func plan(for schema: Schema, _ names: [String], _ protectedFrom: Int) -> Plan {
        let key = Key(schema: ObjectIdentifier(schema), fields: names, protectedFrom: protectedFrom)
        return plans.value(for: key) {
            let kept = schema.fields.indices.filter { index in
                let field = schema.fields[index]
                let mayGo = index < protectedFrom && (!keepsSchemaCompatible || field.schema.isOptional)
                return !(mayGo && names.contains(field.name))
            }
            let output = Schema(
                .structure, name: schema.name, version: schema.version, documentation: schema.documentation,
                parameters: schema.parameters, fields: kept.map { schema.fields[$0] })
            let isUnchanged = kept.count == schema.fields.count && keepsSchemaCompatible
            return Plan(source: schema, output: isUnchanged ? nil : output, kept: kept)
        }
    }
}
