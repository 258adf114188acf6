import ConnectData
import WireCore

/// Apicurio's core API, version 2 (`DefaultSchemaResolver` and `RegistryClientImpl` of Apicurio Registry 2.6).
struct ApicurioRegistryAPI: RegistryAPI {
    /// `auto-register.if-exists`
    enum IfExists: String, Sendable, CaseIterable {
        case fail = "FAIL"
        case update = "UPDATE"
        case returnExisting = "RETURN"
        case returnOrUpdate = "RETURN_OR_UPDATE"
    }

    /// Of the schemas that the converter writes and reads, which the API does not return with a text.
    var language = RegisteredSchema.Language.avro
    var registersSchemas = false
    var ifExists = IfExists.returnOrUpdate
    var findsLatest = false
    /// `artifact.group-id`, `artifact.artifact-id` and `artifact.version`; nil: by the strategy.
    var groupID: String?
    var artifactID: String?
    var version: String?

    // MARK: Registration

    func registration(
        of schema: RegisteredSchema, subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> SchemaRegistration {
        let artifact = artifact(subject)
        if registersSchemas {
            return try registration(create(schema, artifact), artifact, exchange, writing: schema)
        }
        if findsLatest || version != nil {
            let request = Self.metadata(of: artifact, version: version)
            let found = try registration(request, artifact, exchange, writing: schema)
            let registered = try self.schema(id: found.id, subject: nil, exchange)
            return SchemaRegistration(id: found.id, schema: registered, version: found.version)
        }
        var request = Self.request(artifact, ["meta"])
        request.method = "POST"
        request.parameters = [.init("canonical", "true")]
        request.body = Array(schema.text.utf8)
        return try registration(request, artifact, exchange, writing: schema)
    }

    private func create(_ schema: RegisteredSchema, _ artifact: SchemaSubject) -> RegistryRequest {
        var request = RegistryRequest(
            method: "POST", segments: ["groups", artifact.group ?? "default", "artifacts"],
            parameters: [.init("canonical", "false"), .init("ifExists", ifExists.rawValue)], headers: Self.headers)
        request.headers.append(.init("X-Registry-ArtifactId", artifact.name))
        request.headers.append(.init("X-Registry-ArtifactType", schema.language.rawValue))
        if let version { request.headers.append(.init("X-Registry-Version", version)) }
        request.body = Array(schema.text.utf8)
        guard !schema.references.isEmpty else { return request }
        request.headers.removeAll { $0.name == "Content-Type" }
        request.headers.append(.init("Content-Type", "application/create.extended+json"))
        let references = schema.references.map { reference in
            JSONValue.object([
                "groupId": .string(reference.subject.group ?? "default"), "artifactId": .string(reference.subject.name),
                "version": .string(reference.version), "name": .string(reference.name),
            ])
        }
        request.body =
            JSONValue.object(["content": .string(schema.text), "references": .array(references)]).encoded()
        return request
    }

    private func registration(
        _ request: RegistryRequest, _ artifact: SchemaSubject, _ exchange: RegistryExchange,
        writing schema: RegisteredSchema
    ) throws -> SchemaRegistration {
        let answer = try RegistryAnswer(exchange.send(request), to: request)
        let version = try answer.optionalVersion("version")
        return SchemaRegistration(
            id: SchemaID(
                globalID: try answer.number("globalId"), contentID: try answer.optionalNumber("contentId"),
                artifact: artifact, version: version),
            schema: schema, version: version)
    }

    // MARK: Fetching

    func schema(id: SchemaID, subject: SchemaSubject?, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        if let contentID = id.contentID { return try content(["ids", "contentIds", String(contentID)], exchange) }
        if let hash = id.contentHash { return try content(["ids", "contentHashes", hash], exchange) }
        if let globalID = id.globalID { return try content(["ids", "globalIds", String(globalID)], exchange) }
        guard let artifact = id.artifact else { throw DataError("artifactId cannot be null") }
        let request = Self.metadata(of: artifact, version: id.version)
        let globalID: Int64 = try RegistryAnswer(exchange.send(request), to: request).number("globalId")
        return try content(["ids", "globalIds", String(globalID)], exchange)
    }

    func schema(of reference: RegisteredSchema.Reference, _ exchange: RegistryExchange) throws -> RegisteredSchema {
        try content(Self.request(reference.subject, ["versions", reference.version]).segments, exchange)
    }

    private func content(_ segments: [String], _ exchange: RegistryExchange) throws -> RegisteredSchema {
        let request = RegistryRequest(segments: segments, headers: [.init("Accept", "*/*")])
        let body = try exchange.send(request)
        guard let text = String(validating: body, as: UTF8.self) else {
            throw DataError("The schema registry answers \(request.summary) with a text that is not UTF-8")
        }
        let references = RegistryRequest(segments: segments + ["references"], headers: Self.headers)
        return RegisteredSchema(
            language, text: text,
            references: try RegistryAnswer.array(exchange.send(references), to: references).map(Self.reference))
    }

    // MARK: Incompatible schemas

    func isIncompatibility(_ error: RegistryError) -> Bool { error.name == "RuleViolationException" }

    func latest(
        of subject: SchemaSubject, _ exchange: RegistryExchange
    ) throws -> (schema: RegisteredSchema, version: String) {
        let artifact = artifact(subject)
        let request = Self.metadata(of: artifact, version: nil)
        let answer = try RegistryAnswer(exchange.send(request), to: request)
        let globalID: Int64 = try answer.number("globalId")
        return (
            try content(["ids", "globalIds", String(globalID)], exchange),
            try answer.optionalVersion("version") ?? "latest"
        )
    }

    func compatibilityLevel(of subject: SchemaSubject, _ exchange: RegistryExchange) throws -> String {
        let own = Self.request(artifact(subject), ["rules", "COMPATIBILITY"])
        do {
            return try RegistryAnswer(exchange.send(own), to: own).text("config")
        } catch let error as RegistryError where error.status == 404 {
            let global = RegistryRequest(segments: ["admin", "rules", "COMPATIBILITY"], headers: Self.headers)
            return try RegistryAnswer(exchange.send(global), to: global).text("config")
        }
    }

    func remedy(_ subject: SchemaSubject) -> String {
        "change the table so that former and new records fit one schema (a new column needs a default or NULL), or the "
            + "rule COMPATIBILITY of the artifact \(artifact(subject)), and restart the task."
    }

    private func artifact(_ subject: SchemaSubject) -> SchemaSubject {
        SchemaSubject(artifactID ?? subject.name, group: groupID ?? subject.group)
    }

    // MARK: Requests and answers

    private static let headers = [
        RegistryRequest.Header("Accept", "application/json"), RegistryRequest.Header("Content-Type", "application/json"),
    ]

    private static func request(_ artifact: SchemaSubject, _ segments: [String]) -> RegistryRequest {
        RegistryRequest(
            segments: ["groups", artifact.group ?? "default", "artifacts", artifact.name] + segments, headers: headers)
    }

    private static func metadata(of artifact: SchemaSubject, version: String?) -> RegistryRequest {
        request(artifact, version.map { ["versions", $0, "meta"] } ?? ["meta"])
    }

    private static func reference(_ answer: RegistryAnswer) throws(DataError) -> RegisteredSchema.Reference {
        RegisteredSchema.Reference(
            name: try answer.text("name"),
            subject: SchemaSubject(try answer.text("artifactId"), group: try answer.optionalText("groupId")),
            version: try answer.optionalVersion("version") ?? "latest")
    }
}
