import ConnectData
import WireCore

/// Derives .proto files from Connect schemas, as `ProtobufData.fromConnectSchema` does, and how values are written.
struct ProtobufSchemaBuilder {
    private let settings: ProtobufSettings
    private var file = ProtobufFile(isProto3: true)
    /// How many schemas without a name have been given one.
    private var defaultNameCount = 0

    private init(_ settings: ProtobufSettings) { self.settings = settings }

    /// - Throws: `DataError` if the schema cannot be a message.
    static func derivation(of schema: Schema, _ settings: ProtobufSettings) throws(DataError) -> ProtobufDerivation {
        var builder = ProtobufSchemaBuilder(settings)
        return try builder.derive(schema)
    }

    private mutating func derive(_ schema: Schema) throws(DataError) -> ProtobufDerivation {
        guard schema.type == .structure else { return try derivePrimitive(schema) }
        let fullName = nameOrDefault(schema.name)
        var parts = fullName.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        parts = parts.map(scrubbed)
        for part in parts where !ProtobufNames.isIdentifier(part) {
            throw DataError("\"\(part)\" is not a valid identifier. Set scrub.invalid.names=true to replace its characters.")
        }
        let name = parts.removeLast()
        if !parts.isEmpty { file.package = parts.joined(separator: ".") }
        let (message, plan) = try self.message(name, schema)
        file.messages = [message]
        return ProtobufDerivation(
            file: file, messageName: (parts + [name]).joined(separator: "."), messageIndexes: [0],
            kind: .structure(plan))
    }

    /// A value that is no struct is the wrapper message of its type.
    private func derivePrimitive(_ schema: Schema) throws(DataError) -> ProtobufDerivation {
        // Java takes a logical type for a message that the schema does not have, and fails, too.
        guard schema.logicalType == nil, let scalar = schema.type.protobufScalar, let name = scalar.wrapper,
            let index = ProtobufScalar.wrapped.firstIndex(of: scalar)
        else { throw DataError("Unsupported root schema of type \(schema.name ?? schema.type.javaName)") }
        return ProtobufDerivation(
            file: ProtobufKnownTypes.wrappers, messageName: name, messageIndexes: [index], kind: .wrapper(scalar))
    }

    // MARK: Messages

    private mutating func message(
        _ name: String, _ schema: Schema
    ) throws(DataError) -> (ProtobufMessage, ProtobufPlan) {
        var scope = Scope(message: ProtobufMessage(name: name), fields: schema.fields)
        var number: Int32 = 1
        var fields: [ProtobufPlan.Field] = []
        for (index, field) in schema.fields.enumerated() {
            var tag = try Self.tag(of: field.schema)
            if tag == nil {
                tag = number
                number += 1
            }
            fields += try append(field, index, tag ?? 0, to: &scope)
        }
        try Self.check(scope.message)
        return (scope.message, ProtobufPlan(name: name, schemaFields: schema.fields, fields: fields))
    }

    /// A message under construction, with the plans of the messages within it.
    private struct Scope {
        var message: ProtobufMessage
        let fields: [Schema.Field]
        var plans: [String: ProtobufPlan] = [:]
    }

    private static func tag(of schema: Schema) throws(DataError) -> Int32? {
        guard let text = schema.parameter(ProtobufNames.tag) else { return nil }
        guard let tag = Int32(text) else { throw DataError("For input string: \"\(text)\"") }
        return tag
    }

    private static func check(_ message: ProtobufMessage) throws(DataError) {
        var (numbers, names): (Set<Int32>, Set<String>) = ([], [])
        for field in message.fields {
            guard field.number > 0 else { throw DataError("Field numbers must be positive integers.") }
            guard numbers.insert(field.number).inserted else {
                throw DataError(
                    "Field number \(field.number) has already been used in \"\(message.name)\" by another field")
            }
            guard ProtobufNames.isIdentifier(field.name) else {
                throw DataError(
                    "\"\(field.name)\" is not a valid identifier. Set scrub.invalid.names=true to replace its characters.")
            }
            guard names.insert(field.name).inserted else {
                throw DataError("\"\(field.name)\" is already defined in \"\(message.name)\".")
            }
        }
    }

    // MARK: Fields

    /// Adds a field, or those of a oneof.
    private mutating func append(
        _ field: Schema.Field, _ index: Int, _ number: Int32, to scope: inout Scope
    ) throws(DataError) -> [ProtobufPlan.Field] {
        if field.schema.isProtobufUnion { return try appendUnion(field, index, to: &scope) }
        let (declaration, kind) = try declare(field.schema, scrubbed(field.name), number, in: &scope)
        scope.message.fields.append(declaration)
        let field = ProtobufPlan.Field(
            index: index, number: number, name: declaration.name, kind: kind,
            hasPresence: declaration.label == .optional,
            defaultValue: settings.ignoresDefaultsOfNullables ? nil : field.schema.defaultValue)
        return [field]
    }

    private mutating func appendUnion(
        _ field: Schema.Field, _ index: Int, to scope: inout Scope
    ) throws(DataError) -> [ProtobufPlan.Field] {
        let schema = field.schema
        let name = schema.parameter(SumType.union)
            ?? unqualified(schema.name.map { String($0.dropFirst(ProtobufNames.unionPrefix.count)) })
        let oneof = scope.message.oneofs.count
        scope.message.oneofs.append(name)
        var members: [ProtobufPlan.Field] = []
        for (position, member) in schema.fields.enumerated() {
            let number = try Self.tag(of: member.schema) ?? 0
            var (declaration, kind) = try declare(member.schema, scrubbed(member.name), number, in: &scope)
            declaration.oneof = oneof
            scope.message.fields.append(declaration)
            members.append(
                .init(
                    index: index, member: position, number: number, name: declaration.name, kind: kind,
                    hasPresence: true, defaultValue: nil))
        }
        return members
    }

    private mutating func declare(
        _ schema: Schema, _ name: String, _ number: Int32, in scope: inout Scope
    ) throws(DataError) -> (ProtobufField, ProtobufPlan.Kind) {
        var declaration = ProtobufField(label: nil, type: "", name: name, number: number)
        var element = schema
        switch schema.type {
        case .array:
            declaration.label = .repeated
            guard let items = schema.valueSchema else { throw DataError("The schema of an array has no items") }
            guard items.type != .array else { throw DataError("Array cannot be nested") }
            element = items
        case .map: declaration.label = .repeated
        case .int8, .int16, .int32, .int64, .float32, .float64, .boolean, .string, .bytes, .structure:
            if settings.labelsNullablesOptional, schema.isOptional { declaration.label = .optional }
        }
        let (type, kind) = try self.type(of: element, fieldName: name, &declaration.parameters, in: &scope)
        declaration.type = type
        if let path = ProtobufNames.file(of: type), !file.imports.contains(path) { file.imports.append(path) }
        return (declaration, schema.type == .array ? .array(kind) : kind)
    }

    // MARK: Types

    private mutating func type(
        of schema: Schema, fieldName: String, _ parameters: inout [ProtobufField.Parameter], in scope: inout Scope
    ) throws(DataError) -> (String, ProtobufPlan.Kind) {
        if let logical = schema.logicalType {
            if logical == .decimal {
                if let precision = schema.parameter("connect.decimal.precision") {
                    parameters.append(.init("precision", precision))
                }
                if let scale = schema.parameter("scale") { parameters.append(.init("scale", scale)) }
            }
            return (Self.typeName(of: logical), Self.kind(of: logical, schema))
        }
        switch schema.type {
        case .array: throw DataError("Array cannot be nested")
        case .map: return try map(schema, in: &scope)
        case .structure: return try structure(schema, fieldName: fieldName, in: &scope)
        case .int8: parameters.append(.init("connect.type", "int8"))
        case .int16: parameters.append(.init("connect.type", "int16"))
        case .int32, .int64, .float32, .float64, .boolean, .string, .bytes: break
        }
        if schema.type == .string || schema.type == .int32, let found = try enumeration(schema, in: &scope) {
            return found
        }
        guard var scalar = schema.type.protobufScalar else {
            throw DataError("Unknown schema type: \(schema.type.javaName)")
        }
        if schema.type == .int32 || schema.type == .int64, let name = schema.parameter(ProtobufNames.type) {
            guard let stated = ProtobufScalar(rawValue: name) else { throw DataError("Unknown field type \(name)") }
            scalar = stated
        }
        guard settings.wrapsNullables, schema.isOptional else { return (scalar.rawValue, .scalar(scalar)) }
        let wrapped = scalar.wrappedScalar
        return (wrapped.wrapper ?? "", .wrapper(wrapped))
    }

    private static func typeName(of type: LogicalType) -> String {
        switch type {
        case .decimal: ProtobufNames.decimal
        case .date: ProtobufNames.date
        case .time: ProtobufNames.time
        case .timestamp: ProtobufNames.timestamp
        }
    }

    private static func kind(of type: LogicalType, _ schema: Schema) -> ProtobufPlan.Kind {
        switch type {
        case .decimal: .decimal(scale: schema.decimalScale)
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp
        }
    }

    private mutating func structure(
        _ schema: Schema, fieldName: String, in scope: inout Scope
    ) throws(DataError) -> (String, ProtobufPlan.Kind) {
        var name = unqualified(schema.name)
        // A message and a field must not have the same name.
        if name == fieldName { name += "Message" }
        if let known = scope.plans[name] {
            guard known.schemaFields == schema.fields else {
                throw DataError("The message \(scope.message.name) has two different messages with the name \(name)")
            }
            return (name, .structure(known))
        }
        // In Java the inner struct is taken for the outer one.
        guard name != scope.message.name else {
            throw DataError("The message \(name) has a field with another message of the same name")
        }
        let (message, plan) = try self.message(name, schema)
        scope.message.messages.append(message)
        scope.plans[name] = plan
        return (name, .structure(plan))
    }

    private mutating func map(
        _ schema: Schema, in scope: inout Scope
    ) throws(DataError) -> (String, ProtobufPlan.Kind) {
        guard let key = schema.keySchema, let value = schema.valueSchema else {
            throw DataError("The schema of a map has no schema for its elements")
        }
        let name = ProtobufNames.entryName(unqualified(schema.name))
        var entry = Scope(message: ProtobufMessage(name: name), fields: [.init("key", key), .init("value", value)])
        var fields: [ProtobufPlan.Field] = []
        for (index, field) in entry.fields.enumerated() {
            var (declaration, kind) = try declare(field.schema, field.name, Int32(index + 1), in: &entry)
            declaration.parameters = []
            if declaration.label == .optional { declaration.label = nil }
            entry.message.fields.append(declaration)
            fields.append(
                .init(
                    index: index, number: declaration.number, name: field.name, kind: kind, hasPresence: false,
                    defaultValue: nil))
        }
        scope.message.messages.append(entry.message)
        return (name, .map(ProtobufPlan(name: name, schemaFields: entry.fields, fields: fields)))
    }

    private mutating func enumeration(
        _ schema: Schema, in scope: inout Scope
    ) throws(DataError) -> (String, ProtobufPlan.Kind)? {
        var type = schema.parameter(ProtobufNames.enumeration)
        if schema.type == .string { type = schema.parameter(SumType.enumeration) ?? type }
        guard let type else { return nil }
        let name = unqualified(schema.name)
        let prefix = (settings.supportsGeneralizedSumTypes ? SumType.enumeration : ProtobufNames.enumeration) + "."
        var declared = ProtobufEnumeration(name: name)
        for parameter in schema.parameters where parameter.name.hasExactPrefix(prefix) {
            guard let number = Int32(parameter.value) else {
                throw DataError("For input string: \"\(parameter.value)\"")
            }
            let symbol = String(decoding: parameter.name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
            declared.symbols.append(.init(name: symbol, number: number))
        }
        if !scope.message.enumerations.contains(where: { $0.name == name }) {
            scope.message.enumerations.append(declared)
        }
        guard schema.type == .string else { return (type, .enumerationNumber) }
        let numbers = declared.symbols.map { ($0.name, $0.number) }
        return (type, .enumeration(Dictionary(numbers, uniquingKeysWith: { first, _ in first })))
    }

    // MARK: Names

    private mutating func unqualified(_ name: String?) -> String {
        let name = nameOrDefault(name)
        return scrubbed(name.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? name)
    }

    private mutating func nameOrDefault(_ name: String?) -> String {
        if let name, !name.isEmpty { return name }
        defaultNameCount += 1
        return "ConnectDefault\(defaultNameCount)"
    }

    private func scrubbed(_ name: String) -> String {
        settings.scrubsInvalidNames ? ProtobufNames.scrubbed(name) : name
    }
}

extension Schema {
    /// Whether a struct holds one of several values, each in a field of its own.
    fileprivate var isProtobufUnion: Bool {
        type == .structure
            && (name?.hasExactPrefix(ProtobufNames.unionPrefix) == true || parameter(SumType.union) != nil)
    }
}

extension SchemaType {
    fileprivate var protobufScalar: ProtobufScalar? {
        switch self {
        case .int8, .int16, .int32: .int32
        case .int64: .int64
        case .float32: .float
        case .float64: .double
        case .boolean: .bool
        case .string: .string
        case .bytes: .bytes
        case .array, .map, .structure: nil
        }
    }
}

extension ProtobufScalar {
    /// The scalar whose wrapper holds values of this one.
    fileprivate var wrappedScalar: ProtobufScalar {
        switch self {
        case .fixed32: .uint32
        case .fixed64: .uint64
        case .sint32, .sfixed32: .int32
        case .sint64, .sfixed64: .int64
        case .double, .float, .int32, .int64, .uint32, .uint64, .bool, .string, .bytes: self
        }
    }
}
