import ConnectData
import PluginTestSupport
import Testing

@testable import ConnectPlugins

@Suite struct RegistryOptionTests {
    @Test func everyOptionIsConsumed() {
        let confluent = OptionConsumption.unused(
            of: ConfluentRegistrySettings.options, into: ConfluentRegistrySettings(),
            values: [
                "schema.registry.url": "http://a", "bearer.auth.issuer.endpoint.url": "http://a",
                "use.latest.with.metadata": "a=b", "key.subject.name.strategy": SubjectNameStrategy.recordName.className,
                "value.subject.name.strategy": SubjectNameStrategy.topicRecordName.className,
                "key.schema.id.serializer": "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer",
                "value.schema.id.serializer": "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer",
            ])
        #expect(confluent == [])
        let apicurio = OptionConsumption.unused(
            of: ApicurioRegistrySettings.options, into: ApicurioRegistrySettings(),
            values: [
                "apicurio.registry.url": "http://a", "apicurio.auth.service.url": "http://a",
                "apicurio.auth.service.token.endpoint": "http://a", "apicurio.registry.auto-register.if-exists": "FAIL",
                "apicurio.registry.artifact-resolver-strategy": ArtifactNameStrategy.record.rawValue,
                "apicurio.registry.id-handler": "io.apicurio.registry.serde.Legacy4ByteIdHandler",
                "apicurio.registry.use-id": "contentId",
            ])
        #expect(apicurio == [])
    }

    @Test(arguments: [
        "apicurio.registry.auth.client.id", "apicurio.registry.tls.truststore.location", "apicurio.registry.proxy.host",
        "apicurio.registry.headers.handler", "apicurio.registry.use-id", "apicurio.registry.schema-resolver",
    ]) func optionOfApicurio3IsRefused(name: String) {
        let error = #expect(throws: ConfigError.self) {
            try ApicurioRegistrySettings(["apicurio.registry.url": "http://a", name: "x"])
        }
        #expect(error?.name == name)
    }

    @Test func apicurioNeedsAURL() {
        #expect(throws: ConfigError(
            name: "apicurio.registry.url", message: "Missing registry base url, set apicurio.registry.url")
        ) { try ApicurioRegistrySettings([:]) }
    }

    /// The path of the API is appended unless it is there.
    @Test(arguments: [
        ("http://a:1", "http://a:1/apis/registry/v2/ids"), ("http://a:1/x/", "http://a:1/x/apis/registry/v2/ids"),
        ("http://a:1/apis/registry/v2", "http://a:1/apis/registry/v2/ids"),
        ("http://a:1/apis/registry/v2/", "http://a:1/apis/registry/v2/ids"),
    ]) func pathOfTheAPIIsAppended(url: String, expected: String) throws {
        let transport = ScriptedTransport([.answer(404, "{}")])
        let registry = try ApicurioRegistrySettings(["apicurio.registry.url": url])
            .makeRegistry(.avro, transport: transport)
        #expect(throws: DataError.self) { try registry.schema(id: SchemaID(globalID: 1)) }
        #expect(transport.lines[0].hasPrefix("GET \(expected)/globalIds/1"))
    }

    @Test func framingFollowsTheOptions() throws {
        func framing(_ options: [String: String]) throws -> SchemaFraming.Layout {
            let properties = Dictionary(uniqueKeysWithValues: options.map { ("apicurio.registry.\($0)", $1) })
            return try ApicurioRegistrySettings(properties.merging(["apicurio.registry.url": "http://a"]) { $1 })
                .framing(isKey: true).layout
        }
        #expect(
            try framing([:]) == .apicurioHeaders(ApicurioHeaderNames(isKey: true), idBytes: 8, usesContentID: false))
        #expect(
            try framing(["headers.enabled": "false", "as-confluent": "true", "use-id": "contentId"])
                == .apicurioPrefix(idBytes: 4, usesContentID: true))
        var names = ApicurioHeaderNames(isKey: true)
        names.globalID = "x"
        #expect(
            try framing(["headers.key.globalId.name": "x"])
                == .apicurioHeaders(names, idBytes: 8, usesContentID: false))
    }

    @Test func subjectsAndArtifactsAreNamed() throws {
        func subject(_ strategy: SubjectNameStrategy, _ name: String? = "n.R") throws -> String {
            try strategy.subject(topic: "t", isKey: true, recordName: name).name
        }
        #expect(try subject(.topicName, nil) == "t-key")
        #expect(try subject(.recordName) == "n.R" && subject(.topicRecordName) == "t-n.R")
        #expect(throws: DataError.self) { try subject(.recordName, nil) }
        func artifact(_ strategy: ArtifactNameStrategy) throws -> SchemaSubject {
            try strategy.artifact(topic: "t", isKey: false, recordName: "a.b.R")
        }
        #expect(try artifact(.topic) == SchemaSubject("t-value") && artifact(.simpleTopic) == SchemaSubject("t"))
        #expect(try artifact(.record) == SchemaSubject("R", group: "a.b"))
        #expect(try artifact(.topicRecord) == SchemaSubject("t-R", group: "a.b"))
        #expect(try artifact(.qualifiedRecord) == SchemaSubject("a.b.R"))
    }
}
