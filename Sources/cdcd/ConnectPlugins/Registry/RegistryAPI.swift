import ConnectData

/// A schema that is known to the registry.
package struct SchemaRegistration: Hashable, Sendable {
    package let id: SchemaID
    /// The schema that records are to be written with: the given one, unless the settings select another.
    package let schema: RegisteredSchema
    /// The version within the subject, if the registry has returned it.
    package let version: String?
}

/// One of the two APIs. Errors: those of `RegistryExchange.send`, and `DataError`.
protocol RegistryAPI {
    /// Registers a schema or looks it up, according to the settings.
    func registration(
        of schema: RegisteredSchema, subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration

    /// - Parameter subject: helps Confluent's registry to find the schema.
    func schema(id: SchemaID, subject: SchemaSubject?, _ exchange: RegistryExchange) throws -> RegisteredSchema

    func schema(of reference: RegisteredSchema.Reference, _ exchange: RegistryExchange) throws -> RegisteredSchema

    /// Whether an error says that a schema contradicts former versions.
    func isIncompatibility(_ error: RegistryError) -> Bool

    /// The version that a new schema of the subject is compared with.
    func latest(
        of subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> (schema: RegisteredSchema, version: String)

    /// The compatibility level of the subject, such as `BACKWARD`.
    func compatibilityLevel(of subject: SchemaSubject, _ exchange: RegistryExchange) throws -> String

    /// How a user can register the schema nevertheless.
    func remedy(_ subject: SchemaSubject) -> String
}
