import ConnectData
import Foundation
import HTTPWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import ConnectPlugins

@Suite struct RegistryAuthenticationTests {
    private let schema = RegisteredSchema(.avro, text: #""int""#)
    private static let url = ["schema.registry.url": "http://ann:s%3Acret@a:1"]

    /// The authorization of the requests of a registration.
    private func authorizations(_ properties: [String: String], _ transport: ScriptedTransport) throws -> [String?] {
        let registry = try ConfluentRegistrySettings(Self.url.merging(properties) { $1 })
            .makeRegistry(isKey: false, transport: transport)
        _ = try registry.register(schema, subject: "s")
        return transport.requests.map { request in request.headers.first { $0.name == "Authorization" }?.value }
    }

    private var registration: [ScriptedTransport.Step] { [.answer(200, #"{"id":1}"#), .answer(404, "{}")] }

    @Test func userInformationOfTheURLIsLeftToTheClient() throws {
        let transport = ScriptedTransport(registration)
        #expect(try authorizations([:], transport) == [nil, nil])
        #expect(transport.requests[0].url.userInfo == "ann:s%3Acret" && transport.lines[0].hasPrefix("POST http://a:1/"))
    }

    @Test(arguments: [
        ["basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": "bob:pw"],
        ["basic.auth.credentials.source": "USER_INFO", "schema.registry.basic.auth.user.info": "bob:pw"],
        ["schema.registry.basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": "bob:pw"],
        [
            "basic.auth.credentials.source": "SASL_INHERIT",
            "sasl.jaas.config": #"org.apache.kafka.common.security.plain.PlainLoginModule required username="bob" password="pw";"#,
        ],
    ]) func userAndPasswordAreSent(properties: [String: String]) throws {
        let transport = ScriptedTransport(registration)
        #expect(try authorizations(properties, transport) == ["Basic Ym9iOnB3", "Basic Ym9iOnB3"])
        #expect(transport.requests[0].url.userInfo == nil)
    }

    @Test func staticTokenIsSent() throws {
        let transport = ScriptedTransport(registration)
        let properties = [
            "bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": "abc",
            "bearer.auth.logical.cluster": "lsrc-1", "bearer.auth.identity.pool.id": "pool-1",
        ]
        #expect(try authorizations(properties, transport) == ["Bearer abc", "Bearer abc"])
        let headers = transport.requests[0].headers
        #expect(headers.contains { $0.name == "target-sr-cluster" && $0.value == "lsrc-1" })
        #expect(headers.contains { $0.name == "Confluent-Identity-Pool-Id" && $0.value == "pool-1" })
    }

    private let oauth = [
        "bearer.auth.credentials.source": "OAUTHBEARER", "bearer.auth.issuer.endpoint.url": "https://idp/token?x=1",
        "bearer.auth.client.id": "me", "bearer.auth.client.secret": "p&w", "bearer.auth.scope": "a b",
    ]

    @Test func tokenIsRequestedAndRenewedBeforeItsEnd() throws {
        let transport = ScriptedTransport(
            [.answer(200, #"{"access_token":"t1","expires_in":1000}"#)] + registration
                + [.answer(200, #"{"access_token":"t2","expires_in":100}"#)] + registration)
        let registry = try ConfluentRegistrySettings(Self.url.merging(oauth) { $1 })
            .makeRegistry(isKey: false, transport: transport)
        _ = try registry.register(schema, subject: "s")
        transport.advance(milliseconds: 700_000)
        _ = try registry.register(schema, subject: "u")
        #expect(transport.lines[0] == "POST https://idp/token?x=1 grant_type=client_credentials&scope=a%20b")
        #expect(transport.requests[0].headers.contains { $0.value == "Basic bWU6cCZ3" })
        let sent = transport.requests.map { request in request.headers.first { $0.name == "Authorization" }?.value }
        #expect(sent[1...2] == ["Bearer t1", "Bearer t1"] && sent[4...] == ["Bearer t2", "Bearer t2"])
    }

    @Test func identityProviderThatIsDownIsARetriableError() throws {
        for step in [ScriptedTransport.Step.answer(503, ""), .failure(.closedBeforeResponse)] {
            let registry = try ConfluentRegistrySettings(Self.url.merging(oauth) { $1 })
                .makeRegistry(isKey: false, transport: ScriptedTransport([step]))
            #expect(throws: RetriableError.self) { try registry.register(schema, subject: "s") }
        }
        for body in [#"{"error":"invalid_client"}"#, "x"] {
            let registry = try ConfluentRegistrySettings(Self.url.merging(oauth) { $1 })
                .makeRegistry(isKey: false, transport: ScriptedTransport([.answer(401, body)]))
            #expect(throws: DataError.self) { try registry.register(schema, subject: "s") }
        }
        for body in ["{}", #"{"access_token":"a\r\nb"}"#, #"{"access_token":""}"#] {
            let registry = try ConfluentRegistrySettings(Self.url.merging(oauth) { $1 })
                .makeRegistry(isKey: false, transport: ScriptedTransport([.answer(200, body)]))
            #expect(throws: DataError.self) { try registry.register(schema, subject: "s") }
        }
    }

    @Test func apicurioSendsTheClientInTheBody() throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"access_token":"t"}"#), .answer(200, #"{"globalId":1}"#),
        ])
        let registry = try ApicurioRegistrySettings([
            "apicurio.registry.url": "http://a:1/apis/registry/v2/", "apicurio.auth.service.url": "http://idp/auth",
            "apicurio.auth.realm": "r", "apicurio.auth.client.id": "me", "apicurio.auth.client.secret": "p&w",
        ]).makeRegistry(.avro, transport: transport)
        _ = try registry.registration(of: schema, subject: SchemaSubject("s"))
        #expect(
            transport.lines[0] == "POST http://idp/auth/realms/r/protocol/openid-connect/token "
                + "grant_type=client_credentials&client_id=me&client_secret=p%26w")
        #expect(transport.lines[1].hasPrefix("POST http://a:1/apis/registry/v2/groups/"))
    }

    @Test(arguments: [
        (["basic.auth.credentials.source": "X"], "basic.auth.credentials.source"),
        (["basic.auth.credentials.source": "USER_INFO"], "basic.auth.user.info"),
        (["basic.auth.credentials.source": "SASL_INHERIT"], "sasl.jaas.config"),
        (["bearer.auth.credentials.source": "STATIC_TOKEN"], "bearer.auth.token"),
        (["bearer.auth.credentials.source": "OAUTHBEARER"], "bearer.auth.issuer.endpoint.url"),
        (["bearer.auth.credentials.source": "SASL_OAUTHBEARER_INHERIT"], "bearer.auth.credentials.source"),
        (["bearer.auth.credentials.source": "CUSTOM"], "bearer.auth.credentials.source"),
        (["basic.auth.credentials.source": "URL", "bearer.auth.credentials.source": "STATIC_TOKEN"],
         "bearer.auth.credentials.source"),
        (["proxy.host": "p"], "proxy.host"), (["bearer.auth.custom.provider.class": "x"], "bearer.auth.custom.provider.class"),
        (["schema.registry.url": "http://ann:topsecret@[x"], "schema.registry.url"),
        (["schema.registry.url": "mock://a"], "schema.registry.url"), (["schema.registry.url": ""], "schema.registry.url"),
        (["value.subject.name.strategy": "my.Strategy"], "value.subject.name.strategy"),
        (["schema.registry.ssl.engine.factory.class": "x"], "schema.registry.ssl.engine.factory.class"),
    ] as [([String: String], String)])
    func wrongPropertyIsNamed(properties: [String: String], name: String) {
        let error = #expect(throws: ConfigError.self) {
            try ConfluentRegistrySettings(Self.url.merging(properties) { $1 })
        }
        #expect(error?.name == name && error?.message.contains("topsecret") == false)
    }

    @Test func secretsAreNotInDescriptions() throws {
        let secrets = [
            "basic.auth.user.info": "topsecret", "bearer.auth.token": "topsecret", "sasl.jaas.config": "topsecret",
            "schema.registry.basic.auth.user.info": "topsecret", "bearer.auth.client.secret": "topsecret",
            "schema.registry.ssl.truststore.password": "topsecret",
            "schema.registry.ssl.truststore.location": "/nothing",
        ]
        var text = ""
        dump(try ConfluentRegistrySettings(Self.url.merging(secrets) { $1 }), to: &text)
        let apicurio = [
            "apicurio.registry.url": "http://a", "apicurio.auth.username": "ann", "apicurio.auth.password": "topsecret",
        ]
        dump(try ApicurioRegistrySettings(apicurio), to: &text)
        #expect(!text.contains("topsecret"))
    }

    @Test(arguments: [
        ["schema.registry.url": "http://ann:top%22secret@a:1"],
        ["basic.auth.credentials.source": "USER_INFO", "basic.auth.user.info": #"ann:top"secret"#],
        ["bearer.auth.credentials.source": "STATIC_TOKEN", "bearer.auth.token": #"top"secret"#],
        ["request.header.X-Api-Key": #"top"secret"#],
    ]) func credentialsThatTheRegistryQuotesAreHidden(properties: [String: String]) throws {
        let body = #"{"error_code":40101,"message":"no top\"secret top%22secret YW5uOnRvcCJzZWNyZXQ= a"}"#
        let registry = try ConfluentRegistrySettings(Self.url.merging(properties) { $1 })
            .makeRegistry(isKey: false, transport: ScriptedTransport([.answer(401, body)]))
        let error = #expect(throws: DataError.self) { try registry.register(schema, subject: "s") }
        let isBasic = !properties.keys.contains { $0.contains("bearer") || $0.contains("header") }
        let expected = "no [hidden] [hidden] \(isBasic ? "[hidden]" : "YW5uOnRvcCJzZWNyZXQ=") a"
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    @Test func credentialsThatTheTokenEndpointQuotesAreHidden() throws {
        let registry = try ConfluentRegistrySettings(Self.url.merging(oauth) { $1 })
            .makeRegistry(isKey: false, transport: ScriptedTransport([.answer(401, #"{"error":"p&w p%26w bWU6cCZ3"}"#)]))
        let error = #expect(throws: DataError.self) { try registry.register(schema, subject: "s") }
        // A secret of three characters is found only within the header.
        #expect(error?.message.contains("(p&w [hidden] [hidden])") == true, "\(error?.message ?? "")")
    }

    // MARK: Over connections

    /// OpenSSL's server, which demands a certificate and answers with a page.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")), .timeLimit(.minutes(1)))
    func clientCertificateIsPresented() throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let port = listener.address.port
        listener.stop()
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/openssl")
        server.arguments = [
            "s_server", "-accept", "127.0.0.1:\(port)", "-cert", "\(folder)/server.pem", "-CAfile", "\(folder)/ca.pem",
            "-Verify", "1", "-verify_return_error", "-www", "-quiet",
        ]
        server.standardOutput = FileHandle.nullDevice
        server.standardError = FileHandle.nullDevice
        server.standardInput = FileHandle.nullDevice
        try server.run()
        defer { server.terminate() }
        let trust = [
            "schema.registry.url": "https://127.0.0.1:\(port)",
            "schema.registry.ssl.truststore.location": "\(folder)/ca.pem", "schema.registry.ssl.truststore.type": "PEM",
        ]
        let identity = [
            "schema.registry.ssl.keystore.location": "\(folder)/client.p12", "schema.registry.ssl.keystore.type": "PKCS12",
            "schema.registry.ssl.keystore.password": "secret",
        ]
        let accepted = try failure(trust.merging(identity) { $1 })
        #expect(accepted.contains("with invalid JSON"), "\(accepted)")
        let refused = try failure(trust)
        #expect(refused.contains("certificate required"), "\(refused)")
    }

    /// Why a request fails, once the server listens.
    private func failure(_ properties: [String: String]) throws -> String {
        let registry = try ConfluentRegistrySettings(properties).makeRegistry(isKey: false, control: nil)
        for _ in 0..<500 {
            do {
                _ = try registry.schema(id: SchemaID(id: 1))
                return "it succeeds"
            } catch let error as DataError {
                return error.message
            } catch is RetriableError {
                _ = ThreadCompletion().wait(milliseconds: 10)
            }
        }
        return "no answer"
    }

    /// The server never answers.
    @Test func stopOfTheTaskInterruptsARequest() throws {
        let server = try ScriptedServer([[.receiveSome, .awaitClose]])
        let control = TaskControl()
        let registry = try ConfluentRegistrySettings(["schema.registry.url": "http://127.0.0.1:\(server.address.port)"])
            .makeRegistry(isKey: false, control: control)
        startThread(named: "stop") { control.stop() }
        #expect(throws: CancellationError.self) { try registry.register(schema, subject: "s") }
    }
}
