import ConnectData
import WireCore

/// Translates messages of .proto files into Connect schemas, as `ProtobufData.toConnectSchema` does, and into what
/// reads their values.
///
/// A message that contains itself is an error: Java makes a schema that contains itself, which cannot be held here.
struct ProtobufTranslator {
    private let types: ProtobufTypes
    private let settings: ProtobufSettings
    private var openMessages: [Int] = []

    /// The maximum nesting of messages, which is that of a message's bytes.
    private static let depthMax = 100
    /// The maximum number of fields: messages and enumerations are translated where they are used. Ten symbols of an
    /// enumeration count as one.
    private static let fieldCountMax = 100_000
    private var fieldCount = 0

    init(_ types: ProtobufTypes, _ settings: ProtobufSettings) {
        self.types = types
        self.settings = settings
    }

    /// - Parameter version: the schema's version in the registry.
    /// - Throws: `DataError` if the file has no such message, or it cannot be a Connect schema.
    mutating func root(_ fullName: String, version: Int?) throws(DataError) -> ProtobufReadPlan.Kind {
        guard let index = types.message(named: fullName) else {
            throw DataError("Could not find the message \(fullName) in a Protobuf schema")
        }
        if settings.unwrapsRoot, let scalar = ProtobufScalar.wrapped.first(where: { $0.wrapper == fullName }) {
            var draft = SchemaDraft(scalar.connectType)
            draft.version = version
            return .wrapper(scalar, draft.schema)
        }
        var (draft, plan) = try message(index)
        draft.version = version
        return .message(plan.with(draft.schema))
    }

    private mutating func message(_ index: Int) throws(DataError) -> (SchemaDraft, ProtobufReadPlan) {
        let message = types.messages[index]
        guard !openMessages.contains(index) else {
            throw DataError("The Protobuf message \(message.fullName) contains itself: recursive schemas are not supported")
        }
        guard openMessages.count < Self.depthMax else {
            throw DataError("The Protobuf messages are nested deeper than \(Self.depthMax)")
        }
        openMessages.append(index)
        defer { openMessages.removeLast() }
        var draft = SchemaDraft(.structure)
        draft.name = settings.keepsPackages ? message.fullName : message.name
        var plan = ProtobufReadPlan(schema: draft.schema, isProto3: message.isProto3)
        // The oneofs come first.
        for (oneof, name) in message.declaration.oneofs.enumerated() {
            let members = message.declaration.fields.indices.filter { message.declaration.fields[$0].oneof == oneof }
            if members.isEmpty { continue }
            if settings.flattensUnions {
                for place in members { try append(place, of: message, union: nil, &draft, &plan) }
                continue
            }
            var union = SchemaDraft(.structure)
            union.isOptional = true
            if settings.supportsGeneralizedSumTypes {
                union.name = name
                union.set(SumType.union, name)
            } else {
                union.name = ProtobufNames.unionPrefix + (settings.keepsPackages ? "\(message.fullName).\(name)" : name)
            }
            let index = draft.fields.count
            for (member, place) in members.enumerated() {
                try append(place, of: message, union: (index, member), &union, &plan)
            }
            let fieldName = settings.addsIndexToUnions ? "\(name)_\(oneof)" : name
            plan.unions.append((field: index, schema: union.schema))
            draft.fields.append(.init(fieldName, union.schema))
        }
        for (place, field) in message.declaration.fields.enumerated() where field.oneof == nil {
            try append(place, of: message, union: nil, &draft, &plan)
        }
        return (draft, plan)
    }

    /// Adds a field to its struct, or to a union.
    private mutating func append(
        _ place: Int, of message: ProtobufTypes.Message, union: (field: Int, member: Int)?,
        _ draft: inout SchemaDraft, _ plan: inout ProtobufReadPlan
    ) throws(DataError) {
        fieldCount += 1
        if case .enumeration(let index) = message.fieldTypes[place] {
            fieldCount += types.enumerations[index].declaration.symbols.count / 10
        }
        guard fieldCount <= Self.fieldCountMax else {
            throw DataError("A Protobuf schema has more than \(Self.fieldCountMax) fields")
        }
        let field = message.declaration.fields[place]
        let (schema, kind) = try self.field(field, message.fieldTypes[place])
        plan.add(
            ProtobufReadPlan.Field(
                index: union?.field ?? draft.fields.count, member: union?.member, kind: kind,
                oneof: field.oneof, absence: try absence(field, message, schema, kind)),
            number: field.number)
        draft.fields.append(.init(field.name, schema))
    }

    // MARK: Fields

    private mutating func field(
        _ field: ProtobufField, _ type: ProtobufTypes.FieldType
    ) throws(DataError) -> (Schema, ProtobufReadPlan.Kind) {
        var (draft, kind) = try value(field, type)
        if field.label == .repeated, draft.type != .map {
            draft.isOptional = true
            kind = kind.with(draft.schema)
            var array = SchemaDraft(.array)
            array.valueSchema = draft.schema
            array.isOptional = true
            draft = array
            kind = .array(kind)
        }
        if settings.labelsNullablesOptional {
            // In proto2 also a field with the label.
            if field.label == .optional { draft.isOptional = true }
        } else if !settings.wrapsNullables {
            draft.isOptional = true
        }
        draft.set(ProtobufNames.tag, "\(field.number)")
        let schema = draft.schema
        return (schema, kind.with(schema))
    }

    private mutating func value(
        _ field: ProtobufField, _ type: ProtobufTypes.FieldType
    ) throws(DataError) -> (SchemaDraft, ProtobufReadPlan.Kind) {
        switch type {
        case .scalar(let scalar):
            var draft = SchemaDraft(scalar.connectType)
            if draft.type == .int32 {
                switch field.parameters.last(where: { $0.name == "connect.type" })?.value {
                case "int8"?: return (SchemaDraft(.int8), .scalar(scalar, .int8))
                case "int16"?: return (SchemaDraft(.int16), .scalar(scalar, .int16))
                case _: break
                }
            }
            if draft.type == .int32 && scalar != .int32 || draft.type == .int64 && scalar != .int64 {
                draft.set(ProtobufNames.type, scalar.rawValue)
            }
            return (draft, .scalar(scalar, draft.type))
        case .enumeration(let index): return enumeration(types.enumerations[index])
        case .message(let index): return try message(field, index)
        }
    }

    private func enumeration(_ enumeration: ProtobufTypes.Enumeration) -> (SchemaDraft, ProtobufReadPlan.Kind) {
        var draft = SchemaDraft(settings.usesIntegersForEnumerations ? .int32 : .string)
        draft.name = settings.keepsPackages ? enumeration.fullName : enumeration.declaration.name
        let parameter =
            settings.supportsGeneralizedSumTypes ? SumType.enumeration : ProtobufNames.enumeration
        draft.set(parameter, enumeration.declaration.name)
        for symbol in enumeration.declaration.symbols { draft.set("\(parameter).\(symbol.name)", "\(symbol.number)") }
        draft.isOptional = true
        let symbols = enumeration.declaration.symbols.map { ($0.number, $0.name) }
        return (
            draft,
            .enumeration(
                ProtobufReadPlan.Enumeration(
                    name: enumeration.declaration.name, isProto3: enumeration.isProto3,
                    isInteger: settings.usesIntegersForEnumerations,
                    first: enumeration.declaration.symbols.first?.number ?? 0,
                    symbols: Dictionary(symbols, uniquingKeysWith: { first, _ in first })))
        )
    }

    private mutating func message(
        _ field: ProtobufField, _ index: Int
    ) throws(DataError) -> (SchemaDraft, ProtobufReadPlan.Kind) {
        let fullName = types.messages[index].fullName
        if let logical = Self.logicalType(fullName) {
            var draft = SchemaDraft(logical == .decimal ? .bytes : logical == .timestamp ? .int64 : .int32)
            draft.name = logical.rawValue
            draft.version = 1
            draft.isOptional = true
            if logical == .decimal {
                func number(_ name: String) -> Int? {
                    field.parameters.last { $0.name == name }.flatMap { Int32($0.value) }.map(Int.init)
                }
                draft.set("scale", "\(number("scale") ?? 0)")
                if let precision = number("precision") { draft.set("connect.decimal.precision", "\(precision)") }
            }
            return (draft, .logical(logical, scale: draft.schema.decimalScale))
        }
        if field.label == .repeated, let entry = mapEntry(index) { return try map(fullName, entry) }
        if settings.wrapsNullables, let scalar = ProtobufScalar.wrapped.first(where: { $0.wrapper == fullName }) {
            var draft = SchemaDraft(scalar.connectType)
            draft.isOptional = true
            return (draft, .wrapper(scalar, draft.schema))
        }
        var (draft, plan) = try message(index)
        draft.isOptional = true
        return (draft, .message(plan))
    }

    private static func logicalType(_ message: String) -> LogicalType? {
        switch message {
        case ProtobufNames.decimal: .decimal
        case ProtobufNames.date: .date
        case ProtobufNames.time: .time
        case ProtobufNames.timestamp: .timestamp
        default: nil
        }
    }

    /// The message, if it is that of a map's entries.
    private func mapEntry(_ index: Int) -> ProtobufTypes.Message? {
        let message = types.messages[index]
        let fields = message.declaration.fields
        guard message.name.hasSuffix("Entry"), fields.map(\.name) == ["key", "value"],
            fields.allSatisfy({ $0.label != .repeated })
        else { return nil }
        return message
    }

    private mutating func map(
        _ fullName: String, _ entry: ProtobufTypes.Message
    ) throws(DataError) -> (SchemaDraft, ProtobufReadPlan.Kind) {
        var draft = SchemaDraft(.map)
        draft.name = ProtobufNames.mapName(settings.keepsPackages ? fullName : entry.name)
        var plan = ProtobufReadPlan(schema: Schema(.structure), isProto3: entry.isProto3)
        var fields = SchemaDraft(.structure)
        for place in entry.declaration.fields.indices {
            try append(place, of: entry, union: nil, &fields, &plan)
        }
        draft.keySchema = fields.fields[0].schema
        draft.valueSchema = fields.fields[1].schema
        draft.isOptional = true
        return (draft, .map(plan.with(fields.schema)))
    }

    // MARK: Absent fields

    /// What a field has that a message does not contain.
    private func absence(
        _ field: ProtobufField, _ message: ProtobufTypes.Message, _ schema: Schema, _ kind: ProtobufReadPlan.Kind
    ) throws(DataError) -> ProtobufReadPlan.Absence {
        if field.oneof != nil { return .null }
        let isOptional = field.label == .optional && (message.isProto3 || settings.supportsOptionalOfProto2)
        switch kind {
        case .array: return .value(.array([]))
        case .map: return .value(.map([]))
        case .scalar, .enumeration:
            if isOptional, !settings.makesStructsForNulls { return .null }
            return .value(try kind.value(ofDefault: field.defaultText))
        case .logical, .wrapper, .message: return settings.makesStructsForNulls ? .emptyMessage : .null
        }
    }
}

extension ProtobufScalar {
    fileprivate var connectType: SchemaType {
        switch self {
        case .int32, .sint32, .sfixed32: .int32
        case .uint32, .fixed32, .int64, .uint64, .sint64, .fixed64, .sfixed64: .int64
        case .float: .float32
        case .double: .float64
        case .bool: .boolean
        case .string: .string
        case .bytes: .bytes
        }
    }
}
