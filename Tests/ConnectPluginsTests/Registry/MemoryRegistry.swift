import ConnectData
import HTTPWire

@testable import ConnectPlugins

/// A registry without I/O: numbers the schemas that it is given.
final class MemoryRegistry: RegistryAPI {
    private(set) var registrations: [(subject: String, schema: RegisteredSchema)] = []
    /// What a registration yields instead of the given schema.
    var selected: RegisteredSchema?
    private var schemas: [RegisteredSchema] = []
    private var references: [RegisteredSchema.Reference: RegisteredSchema] = [:]

    /// - Returns: the schema's id.
    @discardableResult
    func add(_ schema: RegisteredSchema) -> Int32 {
        if let index = schemas.firstIndex(of: schema) { return Int32(index + 1) }
        schemas.append(schema)
        return Int32(schemas.count)
    }

    func add(_ schema: RegisteredSchema, as reference: RegisteredSchema.Reference) { references[reference] = schema }

    var client: SchemaRegistry {
        SchemaRegistry(
            api: self,
            exchange: RegistryExchange(
                urls: [HTTPURL("http://registry:8081")!], settings: RegistryMachine.Settings(),
                authentication: RegistryAuthentication(.urlUserInfo, bearerHeaders: []), headers: [],
                transport: ScriptedTransport([])))
    }

    func registration(
        of schema: RegisteredSchema, subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        registrations.append((subject.name, schema))
        let schema = selected ?? schema
        let id = SchemaID(
            id: add(schema), guid: Array(repeating: 7, count: 16), globalID: Int64(add(schema)) + 100)
        return SchemaRegistration(id: id, schema: schema, version: "1")
    }

    func schema(id: SchemaID, subject: SchemaSubject?, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        let number = id.id.map(Int.init) ?? id.globalID.map { Int($0) - 100 } ?? 1
        guard schemas.indices.contains(number - 1) else { throw DataError("no schema \(id)") }
        return schemas[number - 1]
    }

    func schema(of reference: RegisteredSchema.Reference, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        guard let schema = references[reference] else { throw DataError("no schema \(reference.name)") }
        return schema
    }

    // It refuses no schema.

    func isIncompatibility(_ error: RegistryError) -> Bool { false }

    func latest(
        of subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> (schema: RegisteredSchema, version: String) {
        throw DataError("no version of \(subject)")
    }

    func compatibilityLevel(of subject: SchemaSubject, _ exchange: RegistryExchange) throws -> String { "NONE" }

    func remedy(_ subject: SchemaSubject) -> String { "" }
}

extension SchemaRegistry {
    /// The id of a schema that the settings register or find as it is.
    func register(_ schema: RegisteredSchema, subject: String) throws -> SchemaID {
        let registration = try registration(of: schema, subject: SchemaSubject(subject))
        guard registration.schema == schema else {
            throw DataError("The registry's schema of subject \(subject) differs from that of the record")
        }
        return registration.id
    }
}
