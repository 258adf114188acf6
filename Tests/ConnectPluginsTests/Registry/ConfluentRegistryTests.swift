import ConnectData
import HTTPWire
import Testing

@testable import ConnectPlugins

@Suite struct ConfluentRegistryTests {
    private static let text = #"{"type":"record","name":"V","fields":[]}"#
    private let schema = RegisteredSchema(.avro, text: text)
    private static let noVersion = ScriptedTransport.Step.answer(404, #"{"error_code":40401,"message":"Subject not found."}"#)

    private func registry(
        _ properties: [String: String] = [:], _ transport: ScriptedTransport
    ) throws -> SchemaRegistry {
        try ConfluentRegistrySettings(
            ["schema.registry.url": "http://a:8081,http://b:8081/base"].merging(properties) { $1 }
        ).makeRegistry(isKey: false, transport: transport)
    }

    @Test func schemaIsRegisteredOnceForEachSubject() throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"id":7}"#), Self.noVersion, .answer(200, #"{"id":7}"#), Self.noVersion,
        ])
        let registry = try registry([:], transport)
        for _ in 0..<3 { #expect(try registry.register(schema, subject: "t-value") == SchemaID(id: 7)) }
        #expect(try registry.register(schema, subject: "a/b-value") == SchemaID(id: 7))
        #expect(
            transport.lines == [
                #"POST http://a:8081/subjects/t-value/versions?normalize=false {"schema":"{\"type\":\"record\",\"name\":\"V\",\"fields\":[]}"}"#,
                "GET http://a:8081/subjects/t-value/versions/latest",
                #"POST http://a:8081/subjects/a%2Fb-value/versions?normalize=false {"schema":"{\"type\":\"record\",\"name\":\"V\",\"fields\":[]}"}"#,
                "GET http://a:8081/subjects/a%2Fb-value/versions/latest",
            ])
    }

    @Test func serverThatAnsweredIsAskedFirst() throws {
        let transport = ScriptedTransport([
            .failure(.closedBeforeResponse), .answer(200, #"{"id":1}"#), Self.noVersion, .answer(200, #"{"id":2}"#),
            Self.noVersion,
        ])
        let registry = try registry([:], transport)
        _ = try registry.register(schema, subject: "s")
        _ = try registry.register(schema, subject: "u")
        #expect(transport.requests.map(\.url.host) == ["a", "b", "b", "b", "b"])
        #expect(transport.requests[1].url.path == "/base/subjects/s/versions")
    }

    @Test func unreachableRegistryIsARetriableError() throws {
        let transport = ScriptedTransport([
            .failure(.timedOut(.connect, milliseconds: 5)), .failure(.closedBeforeResponse),
        ])
        let error = #expect(throws: RetriableError.self) { try registry([:], transport).register(schema, subject: "s") }
        #expect(
            error?.description == "The schema registry does not answer: http://b:8081/base: the server closed the "
                + "connection without a response")
    }
}
