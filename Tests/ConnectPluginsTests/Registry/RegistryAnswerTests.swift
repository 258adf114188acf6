import ConnectData
import HTTPWire
import Testing
import WireCore
import WireTestSupport

@testable import ConnectPlugins

/// Answers of a real registry.
@Suite struct RegistryAnswerTests {
    private static let old = #"{"type":"record","name":"Value","namespace":"p.shop.customers","fields":[{"name":"id","type":"int"},{"name":"email","type":["null","string"],"default":null}]}"#
    private static let new = old.dropLast(2) + #",{"name":"must","type":"int"}]}"#
    private let subject = SchemaSubject("p.shop.customers-value")

    private func script(_ names: String...) throws -> ScriptedTransport {
        let lines = try Fixtures.text("registry/answers.jsonl").split(separator: "\n")
        let answers = try lines.map { try #require(try JSONValue.parse(String($0)).objectValue) }
        return ScriptedTransport(try names.map { name in
            let answer = try #require(answers.first { $0["name"] == .string(name) })
            return .answer(Int(answer["status"]?.integerValue ?? 0), answer["body"]?.stringValue ?? "")
        })
    }

    private func confluent(
        _ transport: ScriptedTransport, _ properties: [String: String] = [:]
    ) throws -> SchemaRegistry {
        try ConfluentRegistrySettings(["schema.registry.url": "http://a:1"].merging(properties) { $1 })
            .makeRegistry(isKey: false, transport: transport)
    }

    private func apicurio(
        _ transport: ScriptedTransport, _ properties: [String: String] = [:]
    ) throws -> SchemaRegistry {
        try ApicurioRegistrySettings(["apicurio.registry.url": "http://a:1"].merging(properties) { $1 })
            .makeRegistry(.avro, transport: transport)
    }

    private var schema: RegisteredSchema { RegisteredSchema(.avro, text: Self.old) }
    private var changed: RegisteredSchema { RegisteredSchema(.avro, text: String(Self.new)) }

    @Test func incompatibleSchemaIsExplained() throws {
        let registry = try confluent(script("confluent-incompatible", "confluent-config", "confluent-latest"))
        let error = #expect(throws: DataError.self) { try registry.registration(of: changed, subject: subject) }
        #expect(
            error?.message == "The schema registry refuses the schema of p.shop.customers-value: "
                + "io.apicurio.registry.rules.RuleViolationException: Incompatible artifact: p.shop.customers-value [AVRO], "
                + "num of incompatible diffs: {1}, list of diff types: [must at /fields/2]; error code: 409. "
                + "The compatibility level is BACKWARD. Since version 1: must was added without a default.\n"
                + "Remedy: change the table so that former and new records fit one schema (a new column needs a default or "
                + "NULL), or the subject's compatibility level (PUT /config/p.shop.customers-value), and restart the task.")
    }

    @Test func incompatibleSchemaIsExplainedByApicuriosAPI() throws {
        let transport = try script(
            "apicurio-incompatible", "apicurio-no-rule", "apicurio-global-rule", "apicurio-meta", "apicurio-content",
            "apicurio-references")
        let registry = try apicurio(transport, ["apicurio.registry.auto-register": "true"])
        let error = #expect(throws: DataError.self) { try registry.registration(of: changed, subject: subject) }
        #expect(
            error?.message.contains(
                ". The compatibility level is BACKWARD. Since version 1: must was added without a default.\nRemedy: ") == true,
            "\(error?.message ?? "")")
        #expect(transport.lines.count == 6)
    }

    @Test func otherRefusalsAreReturned() throws {
        let invalid = #expect(throws: DataError.self) {
            try confluent(script("confluent-invalid")).registration(of: schema, subject: subject)
        }
        #expect(
            invalid?.message == "The schema registry refuses the request: Failed to discover artifact type from content.; "
                + "error code: 42201")
        let exists = #expect(throws: DataError.self) {
            try apicurio(script("apicurio-exists"), ["apicurio.registry.auto-register": "true"])
                .registration(of: schema, subject: subject)
        }
        #expect(exists?.message.hasSuffix(" already exists.; error code: 409") == true)
        #expect(throws: DataError.self) { try confluent(script("confluent-no-id")).schema(id: SchemaID(id: 999)) }
    }

    @Test func schemaIsLookedUp() throws {
        let found = try confluent(script("confluent-lookup"), ["auto.register.schemas": "false"])
            .registration(of: schema, subject: subject)
        #expect(found == SchemaRegistration(id: SchemaID(id: 1), schema: schema, version: "1"))
        let latest = try confluent(
            script("confluent-latest"), ["auto.register.schemas": "false", "use.latest.version": "true"])
        #expect(try latest.registration(of: schema, subject: subject).schema == schema)
        let byID = try confluent(script("confluent-by-id"), ["auto.register.schemas": "false", "use.schema.id": "1"])
        #expect(try byID.registration(of: schema, subject: subject).id == SchemaID(id: 1))
        let transport = try script("apicurio-by-content")
        let id = try apicurio(transport).registration(of: schema, subject: subject).id
        #expect(id.globalID == 2 && id.contentID == 1)
        #expect(
            transport.lines[0].hasPrefix(
                "POST http://a:1/apis/registry/v2/groups/default/artifacts/p.shop.customers-value/meta?canonical=true {"))
    }

    @Test func latestSchemaOfAnArtifactIsWritten() throws {
        let transport = try script("apicurio-meta", "apicurio-content", "apicurio-references")
        let found = try apicurio(transport, ["apicurio.registry.find-latest": "true"])
            .registration(of: changed, subject: subject)
        #expect(found.schema == schema && found.id.globalID == 2)
    }

    @Test func latestSchemaMustReadTheRecord() throws {
        let properties = ["auto.register.schemas": "false", "use.latest.version": "true"]
        // The old schema reads the records of the new one: a field is left out.
        let old = try confluent(script("confluent-latest"), properties)
        #expect(try old.registration(of: changed, subject: subject).schema == schema)
        #expect(throws: DataError.self) {
            try confluent(script("confluent-latest"), properties).register(changed, subject: subject.name)
        }
        let other = RegisteredSchema(.avro, text: Self.old.replacing(#""type":"int""#, with: #""type":"string""#))
        let error = #expect(throws: DataError.self) {
            try confluent(script("confluent-latest"), properties).registration(of: other, subject: subject)
        }
        #expect(error?.message.hasSuffix("Set latest.compatibility.strict=false to disable this check") == true)
        let lax = properties.merging(["latest.compatibility.strict": "false"]) { $1 }
        #expect(try confluent(script("confluent-latest"), lax).registration(of: other, subject: subject).schema == schema)
    }

    @Test(arguments: ["", "[]", "{", #"{"id":"1"}"#, #"{"id":-1}"#, #"{"id":4294967296}"#, #"{"id":1.5}"#, "null"])
    func wrongAnswerIsAnError(body: String) throws {
        #expect(throws: DataError.self) {
            try confluent(ScriptedTransport([.answer(200, body)])).registration(of: schema, subject: subject)
        }
    }

    @Test(arguments: ["domainRules", "encodingRules", "migrationRules"]) func subjectWithRulesIsRefused(kind: String) throws {
        let rules = #""ruleSet":{"\#(kind)":[{"name":"encryptPII","kind":"TRANSFORM","type":"ENCRYPT","mode":"WRITEREAD"}]}"#
        // Newer registries return the rules with the registration.
        for answers in [[#"{"id":1,\#(rules)}"#], [#"{"id":1}"#, #"{"id":1,"schema":"\"int\"",\#(rules)}"#]] {
            let transport = ScriptedTransport(answers.map { .answer(200, $0) })
            let error = #expect(throws: DataError.self) {
                try confluent(transport).registration(of: schema, subject: subject)
            }
            #expect(error?.message.hasPrefix(
                "The subject p.shop.customers-value has a ruleSet: encryptPII (ENCRYPT). cdcd does not apply rules") == true)
        }
        let empty = ScriptedTransport([
            .answer(200, #"{"id":1,"ruleSet":{"\#(kind)":[]}}"#), .answer(404, "{}"),
        ])
        #expect(try confluent(empty).registration(of: schema, subject: subject).id == SchemaID(id: 1))
        let unknown = ScriptedTransport([.answer(200, #"{"id":1,"ruleSet":{"futureRules":[{}]}}"#)])
        #expect(throws: DataError.self) { try confluent(unknown).registration(of: schema, subject: subject) }
    }

    @Test func guidIsFetchedForHeaders() throws {
        let guid = "550e8400-e29b-41d4-a716-446655440000"
        let header = [
            "value.schema.id.serializer": "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer"
        ]
        let transport = ScriptedTransport([
            .answer(200, #"{"id":1}"#), .answer(404, "{}"), .answer(200, #"{"schema":"\"int\"","guid":"\#(guid)"}"#),
        ])
        #expect(
            try confluent(transport, header).registration(of: schema, subject: subject).id
                == SchemaID(id: 1, guid: SchemaGUID.bytes(guid)))
        let old = ScriptedTransport([
            .answer(200, #"{"id":1}"#), .answer(404, "{}"), .answer(200, #"{"schema":"\"int\""}"#),
        ])
        #expect(throws: DataError.self) { try confluent(old, header).registration(of: schema, subject: subject) }
    }

    @Test func refusedCredentialsHaveARemedy() throws {
        for (status, remedy) in [(401, "check the credentials"), (403, "grant")] {
            let transport = ScriptedTransport([.answer(status, #"{"error_code":\#(status),"message":"No"}"#)])
            let error = #expect(throws: DataError.self) {
                try confluent(transport).registration(of: schema, subject: subject)
            }
            #expect(error?.message.contains("No; error code: \(status)\nRemedy: \(remedy)") == true)
        }
    }
}
