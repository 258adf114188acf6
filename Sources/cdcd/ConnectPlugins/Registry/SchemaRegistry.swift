import ConnectData
import HTTPWire
import WireCore

/// The client of a schema registry: registers the schemas that a converter writes with, and fetches those of records
/// that it reads. Blocking; used from one thread. Schemas are cached, within limits.
package final class SchemaRegistry {
    private struct Key: Hashable {
        let schema: RegisteredSchema
        let subject: SchemaSubject
    }

    private struct IDKey: Hashable {
        let id: SchemaID
        let subject: SchemaSubject?
    }

    private let api: any RegistryAPI
    private let exchange: RegistryExchange
    private var registrations: BoundedCache<Key, SchemaRegistration>
    private var schemas: BoundedCache<IDKey, RegisteredSchema>
    private var references: BoundedCache<RegisteredSchema.Reference, RegisteredSchema>

    private static let referencesMax = 1000

    init(api: any RegistryAPI, exchange: RegistryExchange, cachedSchemasMax: Int = 1000) {
        self.api = api
        self.exchange = exchange
        registrations = BoundedCache(countMax: cachedSchemasMax)
        schemas = BoundedCache(countMax: cachedSchemasMax)
        references = BoundedCache(countMax: cachedSchemasMax)
    }

    /// Registers a schema, or looks it up, according to the settings. Asks the registry once for each schema and
    /// subject.
    ///
    /// - Throws: `RetriableError` if the registry cannot be reached, `DataError` if it refuses the schema,
    ///   `CancellationError` if the task is stopped.
    package func registration(
        of schema: RegisteredSchema, subject: SchemaSubject
    ) throws -> SchemaRegistration {
        try registrations.value(for: Key(schema: schema, subject: subject)) {
            do {
                return try api.registration(of: schema, subject: subject, exchange)
            } catch let error as RegistryError {
                let isIncompatible = api.isIncompatibility(error)
                throw DataError(isIncompatible ? try explanation(of: error, schema, subject) : error.explanation)
            }
        }
    }

    /// The schema of a record that is read.
    ///
    /// - Parameter subject: where the schema is expected; nil if it is not known.
    /// - Throws: as `registration`; `DataError` if the registry does not have the schema.
    package func schema(id: SchemaID, subject: SchemaSubject? = nil) throws -> RegisteredSchema {
        try schemas.value(for: IDKey(id: id, subject: subject)) {
            try explainingRefusals { try api.schema(id: id, subject: subject, exchange) }
        }
    }

    /// The schemas that a schema refers to, directly or through others: each after those that it refers to itself.
    ///
    /// - Throws: as `registration`; `DataError` if there are more than 1000 or they refer to each other in a circle.
    package func referencedSchemas(of schema: RegisteredSchema) throws -> [ReferencedSchema] {
        var found: [ReferencedSchema] = []
        var done: Set<RegisteredSchema.Reference> = []
        // An explicit stack: the depth is the registry's.
        var pending: [(schema: RegisteredSchema, reference: RegisteredSchema.Reference?, next: Int)] = []
        pending.append((schema, nil, 0))
        while let top = pending.last {
            guard top.next < top.schema.references.count else {
                pending.removeLast()
                guard let reference = top.reference, done.insert(reference).inserted else { continue }
                found.append(ReferencedSchema(name: reference.name, schema: top.schema))
                continue
            }
            pending[pending.count - 1].next += 1
            let reference = top.schema.references[top.next]
            if done.contains(reference) { continue }
            guard !pending.contains(where: { $0.reference == reference }) else {
                throw DataError("The schema \(reference.name) of the schema registry refers to itself")
            }
            guard found.count + pending.count <= Self.referencesMax else {
                throw DataError("A schema of the schema registry refers to more than \(Self.referencesMax) others")
            }
            pending.append((try referenced(reference), reference, 0))
        }
        return found
    }

    private func referenced(_ reference: RegisteredSchema.Reference) throws -> RegisteredSchema {
        try references.value(for: reference) {
            try explainingRefusals { try api.schema(of: reference, exchange) }
        }
    }

    /// Says what has changed since the latest version. What the registry does not answer is left out.
    private func explanation(
        of error: RegistryError, _ schema: RegisteredSchema, _ subject: SchemaSubject
    ) throws -> String {
        var parts = ["The schema registry refuses the schema of \(subject): \(error.message); error code: \(error.code)"]
        let level = try answered { try api.compatibilityLevel(of: subject, exchange) }
        if let level { parts.append("The compatibility level is \(level)") }
        if let latest = try answered({ try api.latest(of: subject, exchange) }) {
            let changes = SchemaDifference.explanation(of: schema, after: latest.schema, level: level)
            if !changes.isEmpty {
                parts.append("Since version \(latest.version): \(changes.joined(separator: "; "))")
            } else if schema.language == .avro {
                parts.append("The schema does not contradict version \(latest.version), but an older one")
            }
        }
        return parts.joined(separator: ". ") + ".\nRemedy: " + api.remedy(subject)
    }

    /// nil if the registry does not answer or refuses the request.
    private func answered<R>(_ body: () throws -> R) throws -> R? {
        do {
            return try body()
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }

    private func explainingRefusals<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as RegistryError {
            throw DataError(error.explanation)
        }
    }
}
