import HTTPWire
import Testing

@testable import ConnectPlugins

@Suite struct ApicurioRegistryTests {
    private let metadata =
        #"{"createdOn":"2026-11-28T17:23:33Z","id":"t-value","version":"3","type":"AVRO","globalId":21,"contentId":9}"#
    private let schema = RegisteredSchema(.avro, text: #""int""#)

    private func registry(_ api: ApicurioRegistryAPI, _ transport: ScriptedTransport) throws -> SchemaRegistry {
        let url = try #require(HTTPURL("http://a:8081/apis/registry/v2"))
        let exchange = RegistryExchange(
            urls: [url], settings: RegistryMachine.Settings(), authentication: RegistryAuthentication(.urlUserInfo),
            transport: transport)
        return SchemaRegistry(api: api, exchange: exchange)
    }

    @Test func artifactIsCreated() throws {
        let transport = ScriptedTransport([.answer(200, metadata)])
        let registration = try registry(ApicurioRegistryAPI(registersSchemas: true), transport)
            .registration(of: schema, subject: SchemaSubject("t-value"))
        #expect(
            registration.id
                == SchemaID(globalID: 21, contentID: 9, artifact: SchemaSubject("t-value"), version: "3"))
        #expect(
            transport.lines == [
                "POST http://a:8081/apis/registry/v2/groups/default/artifacts?canonical=false&ifExists=RETURN_OR_UPDATE "
                    + #""int""#
            ])
        #expect(transport.requests[0].headers.contains { $0.name == "X-Registry-ArtifactId" && $0.value == "t-value" })
    }

    @Test func referencedSchemasPrecedeThoseThatReferToThem() throws {
        func references(_ names: String...) -> ScriptedTransport.Step {
            let items = names.map { #"{"groupId":"g","artifactId":"\#($0)","version":"1","name":"n.\#($0)"}"# }
            return .answer(200, "[\(items.joined(separator: ","))]")
        }
        let transport = ScriptedTransport([
            .answer(200, "top"), references("a", "b"), .answer(200, "A"), references("b"), .answer(200, "B"),
            references(),
        ])
        let registry = try registry(ApicurioRegistryAPI(), transport)
        let top = try registry.schema(id: SchemaID(contentID: 5))
        #expect(try registry.referencedSchemas(of: top).map(\.schema.text) == ["B", "A"])
        #expect(transport.lines.last == "GET http://a:8081/apis/registry/v2/groups/g/artifacts/b/versions/1/references")
    }
}
