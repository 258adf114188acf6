import ConnectData
import WireCore

/// Makes Avro's schema of a Connect schema (`AvroData.fromConnectSchema`).
struct AvroSchemaBuilder {
    private let settings: AvroSettings
    private let names: AvroNames
    private let logger: Logger
    private var schema = AvroSchema()
    /// The types of schemas that are not optional: equal schemas are one type.
    private var known: [Schema: AvroSchema.TypeID] = [:]
    /// The number of schemas without a name.
    private var unnamedCount = 0

    /// - Throws: `DataError` if a name is not one that Avro allows, or two types have the same name but different
    ///   contents.
    static func schema(
        of schema: Schema, _ settings: AvroSettings, _ logger: Logger
    ) throws(DataError) -> AvroSchema {
        var builder = AvroSchemaBuilder(settings, logger)
        builder.schema.root = try builder.type(schema)
        try builder.schema.checkNames()
        return builder.schema
    }

    private init(_ settings: AvroSettings, _ logger: Logger) {
        self.settings = settings
        self.logger = logger
        names = AvroNames(settings)
    }

    /// - Parameter ignoresOptional: the schema is a branch of a union already.
    private mutating func type(_ source: Schema, ignoresOptional: Bool = false) throws(DataError) -> AvroSchema.TypeID {
        if !source.isOptional, !source.isAvroUnion, let id = known[source] { return id }
        let id: AvroSchema.TypeID
        if source.type == .structure, source.isAvroUnion {
            id = try union(source)
        } else if source.type == .structure, source.isOptional {
            id = schema.append(AvroType(.union([null(), try type(source.optional(false))])))
        } else {
            var type = try base(source)
            try addProperties(of: source, to: &type)
            let base = schema.append(type)
            if ignoresOptional || !source.isOptional {
                id = base
            } else {
                id = schema.append(AvroType(.union(source.hasDefault ? [base, null()] : [null(), base])))
            }
        }
        if !source.isOptional { known[source] = id }
        return id
    }

    private mutating func null() -> AvroSchema.TypeID { schema.append(AvroType(.null)) }

    private mutating func union(_ source: Schema) throws(DataError) -> AvroSchema.TypeID {
        var branches: [AvroSchema.TypeID] = source.isOptional ? [null()] : []
        for field in source.fields { branches.append(try type(field.schema.optional(false), ignoresOptional: true)) }
        var kinds: Set<String> = []
        for branch in branches {
            let type = schema[branch]
            let name = type.name?.fullName ?? type.typeName
            guard kinds.insert(name).inserted else { throw DataError("Duplicate in union:\(name)") }
            if case .union = type.kind { throw DataError("Nested union: \(source.name ?? "")") }
        }
        return schema.append(AvroType(.union(branches)))
    }

    /// The type without the properties of Connect.
    private mutating func base(_ source: Schema) throws(DataError) -> AvroType {
        switch source.type {
        case .int8, .int16, .int32: return AvroType(.int)
        case .int64: return AvroType(.long)
        case .float32: return AvroType(.float)
        case .float64: return AvroType(.double)
        case .boolean: return AvroType(.boolean)
        case .string:
            let mayBeEnumeration = settings.usesGeneralizedSumTypes || settings.keepsEnumerations
            return mayBeEnumeration && source.isAvroEnumeration ? try enumeration(source) : AvroType(.string)
        case .bytes: return try bytes(source)
        case .array: return AvroType(.array(items: try type(try element(source.valueSchema))))
        case .map:
            let (key, value) = (try element(source.keySchema), try element(source.valueSchema))
            if source.isAvroMap(settings) { return AvroType(.map(values: try type(value))) }
            return AvroType(.array(items: try entry(source, key, value)))
        case .structure: return try record(source)
        }
    }

    private func element(_ source: Schema?) throws(DataError) -> Schema {
        guard let source else { throw DataError("An array or map schema has no schema for its elements") }
        return source
    }

    private mutating func enumeration(_ source: Schema) throws(DataError) -> AvroType {
        let parameter = settings.usesGeneralizedSumTypes
            ? AvroProperties.generalizedEnumeration : AvroProperties.enumeration
        let symbols = source.parameters.filter { $0.name.hasPrefix(parameter + ".") }.map {
            String($0.name.dropFirst(parameter.count + 1))
        }
        for symbol in symbols { try AvroNames.check(symbol) }
        // The schema's own name only selects documentation and default.
        let ownName = try nameOrDefault(source.name).simpleName
        guard let fullName = source.parameter(parameter) else {
            throw DataError("The schema of an enumeration has no parameter \(parameter)")
        }
        let name = AvroName(fullName, namespace: nil)
        try AvroNames.check(name.simpleName)
        let discards = settings.discardsTypeDocumentation
        let defaultSymbol = discards ? nil : source.parameter(AvroProperties.enumDefault + ownName)
        if let defaultSymbol, !symbols.contains(defaultSymbol) {
            throw DataError(
                "The Enum Default: \(defaultSymbol) is not in the enum symbol set: [\(symbols.joined(separator: ", "))]")
        }
        return AvroType(
            .enumeration(symbols: symbols, default: defaultSymbol), name: name,
            documentation: source.parameter(
                discards ? AvroProperties.discardedEnumDocumentation : AvroProperties.enumDocumentation + ownName))
    }

    private mutating func bytes(_ source: Schema) throws(DataError) -> AvroType {
        var type = AvroType(.bytes)
        if let size = source.avroFixedSize {
            type = AvroType(.fixed(byteCount: try number(size)), name: try nameOrDefault(source.name))
        }
        if source.avroLogicalType == .decimal {
            guard let scale = source.parameter("scale") else {
                throw DataError("Invalid Decimal schema: no scale parameter")
            }
            type.properties[AvroProperties.scale] = .integer(Int64(try number(scale)))
            type.properties[AvroProperties.precision] = .integer(Int64(try precision(of: source)))
        }
        return type
    }

    private func precision(of source: Schema) throws(DataError) -> Int {
        guard let text = source.parameter(AvroProperties.decimalPrecision) else {
            return AvroProperties.decimalPrecisionDefault
        }
        return try number(text)
    }

    private func number(_ text: String) throws(DataError) -> Int {
        guard let number = Int32(text) else { throw DataError("For input string: \"\(text)\"") }
        return Int(number)
    }

    private mutating func nameOrDefault(_ name: String?) throws(DataError) -> AvroName {
        if let name { return try names.split(name) }
        unnamedCount += 1
        let number = unnamedCount > 1 ? "\(unnamedCount)" : ""
        return AvroName(AvroProperties.defaultName + number, namespace: AvroProperties.namespace)
    }

    // MARK: Records

    private mutating func entry(
        _ source: Schema, _ key: Schema, _ value: Schema
    ) throws(DataError) -> AvroSchema.TypeID {
        var name = AvroName(AvroProperties.mapEntry, namespace: AvroProperties.namespace)
        var properties = JSONObject()
        if source.name != nil {
            name = try nameOrDefault(source.name)
            properties[AvroProperties.internalType] = .string(AvroProperties.mapEntry)
        }
        let fields = [
            try field(AvroProperties.keyField, key, nil), try field(AvroProperties.valueField, value, nil),
        ]
        return schema.append(AvroType(.record(fields), name: name, properties: properties))
    }

    private mutating func record(_ source: Schema) throws(DataError) -> AvroType {
        let name = try nameOrDefault(source.name)
        let discards = settings.discardsTypeDocumentation
        var fields: [AvroType.Field] = []
        var fieldNames: Set<ExactName> = []
        for field in source.fields {
            let fieldName = names.field(field.name)
            let documentation = discards ? nil : source.parameter(AvroProperties.fieldDocumentation + field.name)
            fields.append(try self.field(fieldName, field.schema, documentation))
            guard fieldNames.insert(ExactName(fieldName)).inserted else {
                throw DataError("Duplicate field \(fieldName) in record \(name.fullName)")
            }
        }
        return AvroType(
            .record(fields), name: name,
            documentation: source.parameter(
                discards ? AvroProperties.discardedRecordDocumentation : AvroProperties.recordDocumentation))
    }

    private mutating func field(
        _ name: String, _ source: Schema, _ documentation: String?
    ) throws(DataError) -> AvroType.Field {
        let type = try type(source)
        try AvroNames.check(name)
        var value: JSONValue?
        if let found = source.defaultValue, !found.isNull {
            value = try AvroDefault.json(found, source, settings)
        } else if source.isOptional {
            value = .null
        }
        if let found = value, !schema.isValidDefault(found, of: type) {
            logger.warn("Ignoring invalid default for field \(name)")
            value = nil
        }
        return AvroType.Field(
            name: name, type: type,
            documentation: settings.discardsTypeDocumentation ? source.documentation : documentation,
            defaultValue: value)
    }

    // MARK: Properties

    private func addProperties(of source: Schema, to type: inout AvroType) throws(DataError) {
        if settings.writesMetadata { try addMetadata(of: source, to: &type) }
        if let logicalType = source.avroLogicalType {
            if logicalType == .decimal {
                let precision = try precision(of: source)
                let scale = try source.parameter("scale").map { text throws(DataError) in try number(text) } ?? 0
                if precision <= 0, scale == precision {
                    throw DataError("Invalid decimal precision: \(precision) (must be positive)")
                }
            }
            type.properties[AvroProperties.logicalType] = .string(logicalType.avroName)
        }
        for parameter in source.parameters where parameter.name.hasPrefix(AvroProperties.ownPrefix) {
            type.properties[parameter.name] = .string(parameter.value)
        }
    }

    private func addMetadata(of source: Schema, to type: inout AvroType) throws(DataError) {
        if let text = source.documentation { type.properties[AvroProperties.documentation] = .string(text) }
        if let version = source.version { type.properties[AvroProperties.version] = .integer(Int64(version)) }
        let discards = settings.discardsTypeDocumentation
        let parameters = source.parameters.filter { discards || $0.name != AvroProperties.fieldDefault }
        if !parameters.isEmpty {
            type.properties[AvroProperties.parameters] = .object(
                JSONObject(parameters.map { ($0.name, .string($0.value)) }))
        }
        if let value = source.defaultValue, !value.isNull,
            discards || source.parameter(AvroProperties.fieldDefault) == nil {
            type.properties[AvroProperties.defaultValue] = try AvroDefault.json(value, source, settings)
        }
        if let name = source.name { type.properties[AvroProperties.name] = .string(name) }
        switch source.type {
        case .int8, .int16: type.properties[AvroProperties.type] = .string(source.type.rawValue)
        case .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .array, .map, .structure: break
        }
    }
}

extension Schema {
    var hasDefault: Bool { defaultValue.map { !$0.isNull } ?? false }

    /// Connect's logical type, whose name the mapping compares without regard to case.
    fileprivate var avroLogicalType: LogicalType? {
        guard let name, name.utf8.count <= 64 else { return nil }
        return [LogicalType.decimal, .date, .time, .timestamp].first {
            $0.rawValue.lowercased() == name.lowercased()
        }
    }
}

extension LogicalType {
    /// Avro's name of it.
    var avroName: String {
        switch self {
        case .decimal: "decimal"
        case .date: "date"
        case .time: "time-millis"
        case .timestamp: "timestamp-millis"
        }
    }
}
