import ConnectData
import WireCore

/// Confluent's API (`AbstractKafkaAvroSerializer` and `RestService` of schema-registry 8).
struct ConfluentRegistryAPI: RegistryAPI {
    /// How the schema of records is chosen; the first that applies, in this order.
    enum Selection: Hashable, Sendable {
        /// `auto.register.schemas`
        case register
        /// `use.schema.id`
        case id(Int32, isStrict: Bool)
        /// `use.latest.with.metadata`
        case latestWithMetadata([String: String])
        /// `use.latest.version`
        case latest(isStrict: Bool)
        /// The schema must be registered already.
        case lookUp
    }

    var selection = Selection.register
    /// `normalize.schemas`
    var normalizes = false
    /// Whether records name schemas by their GUID.
    var needsGUID = false

    // MARK: Registration

    func registration(
        of schema: RegisteredSchema, subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        let found: SchemaRegistration
        switch selection {
        case .register: found = try register(schema, subject, exchange)
        case .lookUp:
            let request = Self.post(schema, to: ["subjects", subject.name], [
                .init("normalize", "\(normalizes)"), .init("deleted", "false"),
            ])
            found = try version(RegistryAnswer(exchange.send(request), to: request), subject, writing: schema)
        case .latest(let isStrict):
            found = try version(Self.latest(of: subject), subject, exchange)
            if isStrict {
                try check(schema, for: found.schema, "latest.compatibility.strict")
            }
        case .latestWithMetadata(let metadata):
            let pairs = metadata.sorted { $0.key < $1.key }
            let request = RegistryRequest(
                segments: ["subjects", subject.name, "metadata"],
                parameters: pairs.flatMap { [.init("key", $0.key), .init("value", $0.value)] }
                    + [.init("deleted", "true")], headers: Self.headers)
            found = try version(request, subject, exchange)
        case .id(let id, let isStrict):
            let request = Self.schema(id: id, subject)
            let answer = try RegistryAnswer(exchange.send(request), to: request)
            try RuleSet.refuse(answer, subject)
            found = SchemaRegistration(
                id: SchemaID(id: id, guid: try Self.guid(answer)), schema: try Self.schema(answer), version: nil)
            if isStrict { try check(schema, for: found.schema, "id.compatibility.strict") }
        }
        return needsGUID ? try addingGUID(found, subject, exchange) : found
    }

    private func register(
        _ schema: RegisteredSchema, _ subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        let request = Self.post(
            schema, to: ["subjects", subject.name, "versions"], [.init("normalize", "\(normalizes)")])
        let answer = try RegistryAnswer(exchange.send(request), to: request)
        let id: Int32 = try answer.number("id")
        try RuleSet.refuse(answer, subject)
        try refuseRules(of: subject, exchange)
        return SchemaRegistration(
            id: SchemaID(id: id, guid: try Self.guid(answer)), schema: schema,
            version: try answer.optionalVersion("version"))
    }

    /// Registries before 7.5 answer a registration with the id only; rules are found in the subject's latest version.
    private func refuseRules(of subject: SchemaSubject, _ exchange: RegistryExchange) throws {
        let request = Self.latest(of: subject)
        do {
            try RuleSet.refuse(RegistryAnswer(exchange.send(request), to: request), subject)
        } catch let refusal as RegistryError where refusal.status == 404 {
            // Only rules of a version that exists apply.
        }
    }

    private func version(
        _ request: RegistryRequest, _ subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        try version(RegistryAnswer(exchange.send(request), to: request), subject, writing: nil)
    }

    /// - Parameter schema: the one to write with; nil: the registry's.
    private func version(
        _ answer: RegistryAnswer, _ subject: SchemaSubject, writing schema: RegisteredSchema?
    ) throws -> SchemaRegistration {
        try RuleSet.refuse(answer, subject)
        let id: Int32 = try answer.number("id")
        return SchemaRegistration(
            id: SchemaID(id: id, guid: try Self.guid(answer)), schema: try schema ?? Self.schema(answer),
            version: try answer.optionalVersion("version"))
    }

    private func addingGUID(
        _ found: SchemaRegistration, _ subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        guard found.id.guid == nil, let id = found.id.id else { return found }
        let request = Self.schema(id: id, subject)
        var complete = found.id
        complete.guid = try Self.guid(RegistryAnswer(exchange.send(request), to: request))
        guard complete.guid != nil else {
            throw DataError(
                "The schema registry assigns no GUIDs to schemas, which HeaderSchemaIdSerializer needs; "
                    + "Confluent's registry does since 8.0")
        }
        return SchemaRegistration(id: complete, schema: found.schema, version: found.version)
    }

    private func check(
        _ schema: RegisteredSchema, for latest: RegisteredSchema, _ option: String
    ) throws(DataError) {
        let problems = SchemaDifference.problems(reading: schema, with: latest)
        guard !problems.isEmpty else { return }
        throw DataError(
            "Incompatible schema \(latest.text) of type \(latest.language.rawValue) for schema \(schema.text): "
                + problems.joined(separator: "; ") + ". Set \(option)=false to disable this check")
    }

    // MARK: Fetching

    func schema(id: SchemaID, subject: SchemaSubject?, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        let request: RegistryRequest
        if let number = id.id {
            request = Self.schema(id: number, subject)
        } else if let guid = id.guid, guid.count == 16 {
            request = RegistryRequest(segments: ["schemas", "guids", SchemaGUID.text(guid)], headers: Self.headers)
        } else {
            throw DataError("Confluent's schema registry has no schemas by \(id)")
        }
        return try Self.schema(RegistryAnswer(exchange.send(request), to: request))
    }

    func schema(of reference: RegisteredSchema.Reference, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        let request = RegistryRequest(
            segments: ["subjects", reference.subject.name, "versions", reference.version],
            parameters: [.init("deleted", "true")], headers: Self.headers)
        return try Self.schema(RegistryAnswer(exchange.send(request), to: request))
    }

    // MARK: Incompatible schemas

    func isIncompatibility(_ error: RegistryError) -> Bool { error.status == 409 }

    func latest(
        of subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> (schema: RegisteredSchema, version: String) {
        let request = Self.latest(of: subject)
        let answer = try RegistryAnswer(exchange.send(request), to: request)
        return (try Self.schema(answer), try answer.optionalVersion("version") ?? "latest")
    }

    func compatibilityLevel(of subject: SchemaSubject, _ exchange: RegistryExchange) throws -> String {
        let request = RegistryRequest(
            segments: ["config", subject.name], parameters: [.init("defaultToGlobal", "true")], headers: Self.headers)
        return try RegistryAnswer(exchange.send(request), to: request).text("compatibilityLevel")
    }

    func remedy(_ subject: SchemaSubject) -> String {
        "change the table so that former and new records fit one schema (a new column needs a default or NULL), or the "
            + "subject's compatibility level (PUT /config/\(subject)), and restart the task."
    }

    // MARK: Requests and answers

    static let headers = [
        RegistryRequest.Header(
            "Accept",
            "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json; q=0.9, "
                + "application/json; q=0.5"),
        RegistryRequest.Header("Content-Type", "application/vnd.schemaregistry.v1+json"),
    ]

    private static func latest(of subject: SchemaSubject) -> RegistryRequest {
        RegistryRequest(segments: ["subjects", subject.name, "versions", "latest"], headers: headers)
    }

    private static func schema(id: Int32, _ subject: SchemaSubject?) -> RegistryRequest {
        RegistryRequest(
            segments: ["schemas", "ids", String(id)],
            parameters: [.init("fetchMaxId", "false")] + (subject.map { [.init("subject", $0.name)] } ?? []),
            headers: headers)
    }

    private static func post(
        _ schema: RegisteredSchema, to segments: [String], _ parameters: [RegistryRequest.Parameter]
    ) -> RegistryRequest {
        var object: JSONObject = ["schema": .string(schema.text)]
        if schema.language != .avro { object["schemaType"] = .string(schema.language.rawValue) }
        if !schema.references.isEmpty {
            object["references"] = .array(
                schema.references.map { reference in
                    .object([
                        "name": .string(reference.name), "subject": .string(reference.subject.name),
                        "version": Int64(reference.version).map { .integer($0) } ?? .string(reference.version),
                    ])
                })
        }
        return RegistryRequest(
            method: "POST", segments: segments, parameters: parameters, headers: headers,
            body: JSONValue.object(object).encoded())
    }

    private static func schema(_ answer: RegistryAnswer) throws(DataError) -> RegisteredSchema {
        var references: [RegisteredSchema.Reference] = []
        for reference in try answer.objects("references") {
            let version: Int32 = try reference.number("version")
            references.append(
                RegisteredSchema.Reference(
                    name: try reference.text("name"), subject: SchemaSubject(try reference.text("subject")),
                    version: String(version)))
        }
        return RegisteredSchema(
            try answer.language("schemaType"), text: try answer.text("schema"), references: references)
    }

    private static func guid(_ answer: RegistryAnswer) throws(DataError) -> [UInt8]? {
        guard let text = try answer.optionalText("guid") else { return nil }
        guard let bytes = SchemaGUID.bytes(text) else { throw DataError("\(text.prefix(100)) is not a GUID") }
        return bytes
    }
}
