import HTTPWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// The HTTP client against Kafka Connect's REST API and a schema registry.
@Suite struct HTTPClientPeersTests {
    private let client = HTTPClient(userAgent: "test")

    private func url(_ server: SocketAddress?, _ path: String) throws -> HTTPURL {
        let server = try #require(server)
        return try #require(HTTPURL("http://\(server)\(path)"))
    }

    private func send(
        _ method: String, _ url: HTTPURL, _ body: JSONValue? = nil, type: String = "application/json"
    ) throws -> (status: Int, body: JSONValue?) {
        let response = try client.send(
            HTTPClientRequest(
                method: method, url: url, headers: body == nil ? [] : [.init(name: "Content-Type", value: type)],
                body: body.map { .bytes($0.encoded()) } ?? .none))
        return (response.status, response.body.isEmpty ? nil : try JSONValue.parse(response.body))
    }

    @Suite(.enabled(if: RealServers.connect != nil, "CDCD_TEST_CONNECT names no Connect worker"))
    struct Connect {
        private let tests = HTTPClientPeersTests()

        @Test func readsDocumentsOverOneConnection() throws {
            let root = try tests.send("GET", try tests.url(RealServers.connect, "/"))
            #expect(root.status == 200 && root.body?.objectValue?["version"]?.stringValue != nil)
            for _ in 0..<3 {
                let plugins = try tests.send(
                    "GET", try tests.url(RealServers.connect, "/connector-plugins?connectorsOnly=false"))
                #expect(plugins.status == 200 && plugins.body?.arrayValue?.isEmpty == false)
            }
        }

        @Test func errorsAreResponses() throws {
            let missing = try tests.send("GET", try tests.url(RealServers.connect, "/connectors/no-such-connector"))
            #expect(missing.status == 404)
            #expect(missing.body?.objectValue?["error_code"]?.integerValue == 404)
        }

        @Test func aRequestBodyIsReceivedWhole() throws {
            let url = try tests.url(RealServers.connect, "/connector-plugins/FileStreamSourceConnector/config/validate")
            let value = String(repeating: "ä", count: 50_000)
            let config = JSONObject([
                (name: "connector.class", value: .string("FileStreamSourceConnector")),
                (name: "name", value: .string("n")), (name: "topic", value: .string("t")),
                (name: "file", value: .string(value)),
            ])
            let answer = try tests.send("PUT", url, .object(config))
            #expect(answer.status == 200)
            let entries = answer.body?.objectValue?["configs"]?.arrayValue?.compactMap { $0.objectValue?["value"] }
            let file = entries?.first { $0.objectValue?["name"]?.stringValue == "file" }
            #expect(file?.objectValue?["value"]?.stringValue == value)
        }
    }

    @Suite(.serialized, .enabled(if: RealServers.registry != nil, "CDCD_TEST_REGISTRY names no schema registry"))
    struct Registry {
        private let tests = HTTPClientPeersTests()
        private static let type = "application/vnd.schemaregistry.v1+json"

        private func url(_ path: String) throws -> HTTPURL {
            try tests.url(RealServers.registry, (RealServers.registryPath ?? "") + path)
        }

        @Test func aSchemaIsRegisteredReadAndDeleted() throws {
            let schema: JSONValue = .object(["schema": .string(#"{"type":"string"}"#)])
            let stored = try tests.send(
                "POST", try url("/subjects/http%20client-value/versions"), schema, type: Self.type)
            #expect(stored.status == 200)
            let id = try #require(stored.body?.objectValue?["id"]?.integerValue)
            let read = try tests.send("GET", try url("/schemas/ids/\(id)"))
            let text = try #require(read.body?.objectValue?["schema"]?.stringValue)
            #expect(read.status == 200 && text.contains("string"))
            let deleted = try tests.send("DELETE", try url("/subjects/http%20client-value"))
            #expect(deleted.status == 200)
        }

        @Test func anUnknownSubjectIsAResponseWithTheRegistrysCode() throws {
            let missing = try tests.send("GET", try url("/subjects/no-such-subject/versions"))
            #expect(missing.status == 404)
            #expect(missing.body?.objectValue?["error_code"]?.integerValue == 40401)
        }
    }
}
