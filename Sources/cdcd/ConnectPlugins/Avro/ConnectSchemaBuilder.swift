import ConnectData
import WireCore

/// Makes Connect's schema of an Avro schema (`AvroData.toConnectSchema`).
struct ConnectSchemaBuilder {
    /// The nesting of types, which records are read with recursively.
    static let depthMax = 64

    private let schema: AvroSchema
    private let settings: AvroSettings
    private let logger: Logger
    /// The types that are being converted, which contain the present one.
    private var open: Set<AvroSchema.TypeID> = []
    /// The maximum number of parameters: the types of fields with defaults are completed for each field.
    private static let parameterCountMax = 1_000_000
    private var parameterCount = 0
    private var known: [Key: Converted] = [:]
    private var records: [AvroSchema.TypeID: SchemaDraft] = [:]
    /// Of generalized unions.
    private var unionCount = 0

    private struct Key: Hashable {
        let type: AvroSchema.TypeID
        let isOptional: Bool
        let documentation: String?
    }

    private struct Converted {
        let schema: Schema
        let depth: Int
    }

    /// - Throws: `DataError` if Connect cannot express the schema; also for types that contain themselves.
    static func schema(
        of schema: AvroSchema, _ settings: AvroSettings, _ logger: Logger
    ) throws(DataError) -> Schema {
        var builder = ConnectSchemaBuilder(schema, settings, logger)
        return try builder.convert(schema.root, isOptional: false).schema
    }

    private init(_ schema: AvroSchema, _ settings: AvroSettings, _ logger: Logger) {
        self.schema = schema
        self.settings = settings
        self.logger = logger
    }

    /// - Parameters:
    ///   - fieldDefault: of the record's field that has the type.
    ///   - documentation: of that field.
    private mutating func convert(
        _ id: AvroSchema.TypeID, isOptional: Bool, fieldDefault: JSONValue? = nil, documentation: String? = nil
    ) throws(DataError) -> Converted {
        let key = Key(type: id, isOptional: isOptional, documentation: documentation)
        // The types of fields with defaults are completed again; what they contain is not converted again.
        if fieldDefault == nil, let found = known[key] { return found }
        guard open.count < Self.depthMax else {
            throw DataError("The Avro schema is nested deeper than \(Self.depthMax) types")
        }
        guard open.insert(id).inserted else {
            throw DataError(
                "The Avro type \(schema[id].name?.fullName ?? schema[id].typeName) contains itself, which cdcd cannot read")
        }
        defer { open.remove(id) }
        let converted: Converted
        if let inner = flattened(id) {
            converted = try convert(inner.type, isOptional: inner.isOptional, documentation: documentation)
        } else {
            var draft = try draft(id)
            guard draft.depth <= Self.depthMax else {
                throw DataError("The Avro schema is nested deeper than \(Self.depthMax) types")
            }
            draft.isOptional = draft.isOptional || isOptional
            try complete(&draft, id, fieldDefault, documentation)
            parameterCount += draft.parameters.count
            guard parameterCount <= Self.parameterCountMax else {
                throw DataError("The Avro schema has more than \(Self.parameterCountMax) parameters of Connect schemas")
            }
            converted = Converted(schema: draft.schema, depth: draft.depth)
        }
        if fieldDefault == nil { known[key] = converted }
        return converted
    }

    /// The type of a union of one type, or of one type and null.
    private func flattened(_ id: AvroSchema.TypeID) -> (type: AvroSchema.TypeID, isOptional: Bool)? {
        guard case .union(let branches) = schema[id].kind else { return nil }
        if branches.count == 1, settings.flattensSingletonUnions { return (branches[0], false) }
        guard branches.count == 2, branches.contains(where: { schema[$0].isNull }) else { return nil }
        return branches.first { !schema[$0].isNull }.map { ($0, true) }
    }

    // MARK: Types

    private mutating func draft(_ id: AvroSchema.TypeID) throws(DataError) -> SchemaDraft {
        let type = schema[id]
        switch type.kind {
        case .boolean: return SchemaDraft(.boolean)
        case .bytes: return try bytes(type)
        case .fixed(let byteCount):
            var draft = try bytes(type)
            draft.set(AvroProperties.fixedSize, "\(byteCount)")
            return draft
        case .double: return SchemaDraft(.float64)
        case .float: return SchemaDraft(.float32)
        case .int: return try int(type)
        case .long:
            return type.hasLogicalType(.timestamp) ? SchemaDraft(.int64, .timestamp) : SchemaDraft(.int64)
        case .string: return SchemaDraft(.string)
        case .array(let items): return try array(items)
        case .map(let values):
            let value = try convert(values, isOptional: false)
            var draft = SchemaDraft(.map)
            (draft.keySchema, draft.valueSchema) = (Schema(.string), value.schema)
            draft.depth = value.depth + 1
            return draft
        case .record(let fields):
            if let draft = records[id] { return draft }
            let draft = try record(type, fields)
            records[id] = draft
            return draft
        case .enumeration(let symbols, let defaultSymbol): return enumeration(type, symbols, defaultSymbol)
        case .union(let branches): return try union(branches)
        case .null: throw DataError("Standalone null schemas are not supported by this converter")
        }
    }

    private func bytes(_ type: AvroType) throws(DataError) -> SchemaDraft {
        guard type.hasLogicalType(.decimal) else { return SchemaDraft(.bytes) }
        var draft = SchemaDraft(.bytes, .decimal)
        draft.set("scale", "\(type.properties[AvroProperties.scale]?.integerValue ?? 0)")
        if let precision = type.properties[AvroProperties.precision] {
            guard let number = precision.integerValue else {
                throw DataError(
                    "precision property must be a JSON Integer. https://avro.apache.org/docs/1.9.1/spec.html#Decimal")
            }
            if number != AvroProperties.decimalPrecisionDefault {
                draft.set(AvroProperties.decimalPrecision, "\(number)")
            }
        }
        return draft
    }

    private func int(_ type: AvroType) throws(DataError) -> SchemaDraft {
        if type.hasLogicalType(.date) { return SchemaDraft(.int32, .date) }
        if type.hasLogicalType(.time) { return SchemaDraft(.int32, .time) }
        let connectType = type.text(AvroProperties.type)
        if connectType == nil || type.text(AvroProperties.logicalType) != nil { return SchemaDraft(.int32) }
        switch connectType {
        case "int8": return SchemaDraft(.int8)
        case "int16": return SchemaDraft(.int16)
        default: throw DataError("Connect type annotation for Avro int field is null")
        }
    }

    private mutating func array(_ items: AvroSchema.TypeID) throws(DataError) -> SchemaDraft {
        guard let (key, value) = try entry(items) else {
            let item = try convert(items, isOptional: false)
            var draft = SchemaDraft(.array)
            draft.valueSchema = item.schema
            draft.depth = item.depth + 1
            return draft
        }
        let (keySchema, valueSchema) = (
            try convert(key, isOptional: false), try convert(value, isOptional: false)
        )
        var draft = SchemaDraft(.map)
        (draft.keySchema, draft.valueSchema) = (keySchema.schema, valueSchema.schema)
        draft.depth = max(keySchema.depth, valueSchema.depth) + 1
        return draft
    }

    /// The types of a map's keys and values, if the items of an array stand for its entries.
    private func entry(
        _ items: AvroSchema.TypeID
    ) throws(DataError) -> (key: AvroSchema.TypeID, value: AvroSchema.TypeID)? {
        let type = schema[items]
        guard case .record(let fields) = type.kind, type.isMapEntry else { return nil }
        guard fields.count == 2, let key = fields.first(where: { $0.name == AvroProperties.keyField }),
            let value = fields.first(where: { $0.name == AvroProperties.valueField })
        else {
            throw DataError(
                "Found map encoded as array of key-value pairs, but array elements do not match the expected format.")
        }
        return (key.type, value.type)
    }

    private mutating func record(_ type: AvroType, _ fields: [AvroType.Field]) throws(DataError) -> SchemaDraft {
        var draft = SchemaDraft(.structure)
        let keepsDocumentation = !settings.discardsTypeDocumentation && settings.writesMetadata
        if keepsDocumentation, let text = type.documentation { draft.set(AvroProperties.recordDocumentation, text) }
        for field in fields {
            if keepsDocumentation, let text = field.documentation {
                draft.set(AvroProperties.fieldDocumentation + field.name, text)
            }
            let converted = try convert(
                field.type, isOptional: false, fieldDefault: field.defaultValue, documentation: field.documentation)
            draft.fields.append(Schema.Field(field.name, converted.schema))
            draft.depth = max(draft.depth, converted.depth + 1)
        }
        return draft
    }

    private func enumeration(_ type: AvroType, _ symbols: [String], _ defaultSymbol: String?) -> SchemaDraft {
        var draft = SchemaDraft(.string)
        let (simpleName, discards) = (type.name?.simpleName ?? "", settings.discardsTypeDocumentation)
        if settings.writesMetadata {
            if let text = type.documentation {
                let own = AvroProperties.enumDocumentation + simpleName
                draft.set(discards ? AvroProperties.discardedEnumDocumentation : own, text)
            }
            if !discards, let defaultSymbol { draft.set(AvroProperties.enumDefault + simpleName, defaultSymbol) }
        }
        let isGeneralized = settings.usesGeneralizedSumTypes
        let parameter = isGeneralized ? AvroProperties.generalizedEnumeration : AvroProperties.enumeration
        draft.set(parameter, type.name?.fullName ?? "")
        for (index, symbol) in symbols.enumerated() {
            draft.set("\(parameter).\(symbol)", isGeneralized ? "\(index)" : symbol)
        }
        return draft
    }

    private mutating func union(_ branches: [AvroSchema.TypeID]) throws(DataError) -> SchemaDraft {
        var draft = SchemaDraft(.structure)
        if settings.usesGeneralizedSumTypes {
            draft.name = AvroProperties.generalizedUnionName + "\(unionCount)"
            draft.set(AvroProperties.generalizedUnion, draft.name ?? "")
            unionCount += 1
        } else {
            draft.name = AvroProperties.union
        }
        var names: Set<ExactName> = []
        for (index, branch) in branches.enumerated() {
            if schema[branch].isNull {
                draft.isOptional = true
                continue
            }
            let name = schema[branch].unionField(index, settings)
            guard names.insert(ExactName(name)).inserted else {
                throw DataError("Multiple union schemas map to the Connect union field name")
            }
            let converted = try convert(branch, isOptional: true)
            draft.fields.append(Schema.Field(name, converted.schema))
            draft.depth = max(draft.depth, converted.depth + 1)
        }
        return draft
    }

    // MARK: Attributes

    private mutating func complete(
        _ draft: inout SchemaDraft, _ id: AvroSchema.TypeID, _ fieldDefault: JSONValue?, _ documentation: String?
    ) throws(DataError) {
        let type = schema[id]
        setDocumentation(&draft, type, documentation)
        if let value = type.properties[AvroProperties.version] { try draft.setVersion(value) }
        try setParameters(&draft, type)
        let connectDefault = type.properties[AvroProperties.defaultValue]
        if fieldDefault != nil, connectDefault == nil, !settings.discardsTypeDocumentation, settings.writesMetadata {
            draft.set(AvroProperties.fieldDefault, "true")
        }
        if let value = fieldDefault ?? connectDefault {
            do throws(DataError) {
                draft.defaultValue = try AvroDefaultReader(schema).value(value, id, draft.schema)
            } catch {
                logger.warn("Ignoring invalid default for schema \(type.name?.simpleName ?? type.typeName)")
            }
        }
        try setName(&draft, type)
    }

    private func setDocumentation(_ draft: inout SchemaDraft, _ type: AvroType, _ documentation: String?) {
        let own = type.text(AvroProperties.documentation)
        guard settings.discardsTypeDocumentation else {
            if settings.writesMetadata { draft.documentation = own }
            return
        }
        draft.documentation = documentation ?? type.documentation ?? own
        if settings.writesMetadata, let text = type.documentation {
            draft.set(AvroProperties.discardedRecordDocumentation, text)
        }
    }

    private func setParameters(_ draft: inout SchemaDraft, _ type: AvroType) throws(DataError) {
        if settings.writesMetadata, let parameters = type.properties[AvroProperties.parameters] {
            guard let object = parameters.objectValue else {
                throw DataError("Expected JSON object for schema parameters but found: \(parameters.text)")
            }
            for member in object.members {
                guard let text = member.value.stringValue else {
                    throw DataError("Expected schema parameter values to be strings but found: \(member.value.text)")
                }
                draft.set(member.name, text)
            }
        }
        for member in type.properties.members where member.name.hasPrefix(AvroProperties.ownPrefix) {
            draft.set(member.name, member.value.text)
        }
    }

    private func setName(_ draft: inout SchemaDraft, _ type: AvroType) throws(DataError) {
        var name = type.name?.fullName
        if let value = type.properties[AvroProperties.name] {
            guard let text = value.stringValue else { throw DataError("Invalid schema name: \(value.text)") }
            name = text
        }
        guard let name, !name.hasPrefix("\(AvroProperties.namespace).\(AvroProperties.defaultName)") else { return }
        guard draft.name == nil || draft.name == name else {
            throw DataError(
                "Mismatched names: name already added to SchemaBuilder (\(draft.name ?? "")) differs from name in source "
                    + "schema (\(name))")
        }
        draft.name = name
    }
}

extension AvroType {
    /// Avro's names of logical types are compared without regard to case.
    fileprivate func hasLogicalType(_ type: LogicalType) -> Bool {
        text(AvroProperties.logicalType)?.lowercased() == type.avroName
    }

    /// Whether a record stands for an entry of a map.
    var isMapEntry: Bool {
        name == AvroName(AvroProperties.mapEntry, namespace: AvroProperties.namespace)
            || text(AvroProperties.internalType) == AvroProperties.mapEntry
    }

    /// The name of the field for a type of a union.
    fileprivate func unionField(_ index: Int, _ settings: AvroSettings) -> String {
        if settings.usesGeneralizedSumTypes { return AvroProperties.generalizedUnionField + "\(index)" }
        guard let name else { return typeName }
        return settings.keepsEnumerations ? name.fullName : name.simpleName
    }
}

extension JSONValue {
    /// The text of a string, and the JSON of anything else.
    fileprivate var text: String { stringValue ?? String(decoding: encoded(), as: UTF8.self) }
}
