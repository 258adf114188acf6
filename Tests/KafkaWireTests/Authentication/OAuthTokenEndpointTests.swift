import Foundation
import HTTPWire
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

@Suite struct OAuthTokenEndpointTests {
    private static let jwt =
        "\(JSONWebToken.encode(Array("{}".utf8))).\(JSONWebToken.encode(Array(#"{"sub":"me","exp":9999999999}"#.utf8))).c2ln"

    private static func tokens(
        _ endpoint: TestEndpoint, _ grant: OAuthTokenEndpoint.Grant = .clientCredentials(id: "id", secret: "hunter2"),
        _ change: (inout OAuthTokenEndpoint) -> Void = { _ in }
    ) throws -> OAuthTokenEndpoint {
        var tokens = try OAuthTokenEndpoint(url: endpoint.url + "/token", grant: grant)
        tokens.retryBackoffMilliseconds = 1
        change(&tokens)
        return tokens
    }

    private static func reason(_ body: () throws -> Void) -> (text: String, isRetriable: Bool?) {
        do { try body() } catch { return ("\(error)", (error as? SASLError)?.isRetriable) }
        return ("accepted", nil)
    }

    private static let success = (200, #"{"access_token":"\#(jwt)","expires_in":300}"#)

    @Test func clientCredentialsAreSentInTheHeader() throws {
        let endpoint = try TestEndpoint([Self.success])
        let tokens = try Self.tokens(endpoint) { $0.scope = "a b" }
        #expect(try tokens.retrieveToken().value == Self.jwt)
        let request = try #require(endpoint.requests.first)
        #expect(request.method == "POST" && request.path == "/token")
        #expect(request.header("Authorization") == "Basic aWQ6aHVudGVyMg==")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(String(decoding: request.body, as: UTF8.self) == "grant_type=client_credentials&scope=a%20b")
    }

    @Test func headerIsThatOfJavasClient() throws {
        for fields in try JavaSASLValues.lines("client-secret") {
            let endpoint = try TestEndpoint([Self.success])
            let grant = OAuthTokenEndpoint.Grant.clientCredentials(
                id: JavaSASLValues.text(fields[1]), secret: JavaSASLValues.text(fields[2]))
            let tokens = try Self.tokens(endpoint, grant) { $0.scope = "scope"; $0.encodesHeader = fields[0] == "true" }
            _ = try tokens.retrieveToken()
            #expect(endpoint.requests.first?.header("Authorization") == fields[3])
            #expect(endpoint.requests.first?.body == JavaSASLValues.bytes(fields[4]))
        }
    }

    @Test func secretMayBeSentInTheBody() throws {
        let endpoint = try TestEndpoint([Self.success])
        _ = try Self.tokens(endpoint) { $0.sendsSecretInBody = true }.retrieveToken()
        let request = try #require(endpoint.requests.first)
        #expect(request.header("Authorization") == nil)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=client_credentials&client_id=id&client_secret=hunter2")
    }

    @Test(arguments: ["rsa-key.pem", "rsa-key-encrypted.pem"])
    func signedAssertionReplacesTheSecret(key: String) throws {
        var content = JWTAssertion.Content()
        content.issuer = "https://issuer"
        content.audience = "endpoint"
        content.includesID = true
        let assertion = JWTAssertion(
            privateKeyPath: Fixtures.folder.appending(path: "tls/\(key)").path,
            passphrase: key.contains("encrypted") ? "secret" : nil, content: content)
        let endpoint = try TestEndpoint([Self.success])
        _ = try Self.tokens(endpoint, .jwtBearer(assertion)).retrieveToken()
        _ = try Self.tokens(endpoint, .clientAssertion(assertion, id: "id")).retrieveToken()
        let bodies = endpoint.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies[0].hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="))
        #expect(bodies[1].contains("client_assertion=") && bodies[1].hasSuffix("&client_id=id"))
        let parts = try #require(bodies[0].split(separator: "assertion=").last).split(separator: ".")
        let claims = try JSONValue.parse(try #require(JSONWebToken.decode(parts[1]))).objectValue
        #expect(claims?["iss"]?.stringValue == "https://issuer" && claims?["aud"]?.stringValue == "endpoint")
        let (issued, expires) = (claims?["iat"]?.integerValue ?? 0, claims?["exp"]?.integerValue ?? 0)
        #expect(expires - issued == 300 && claims?["nbf"]?.integerValue == issued - 60)
        #expect(claims?["jti"]?.stringValue?.utf8.count == 36)
        #expect(String(decoding: JSONWebToken.decode(parts[0]) ?? [], as: UTF8.self) == #"{"alg":"RS256","typ":"JWT"}"#)
    }

    @Test func requestWithAnAssertionIsThatOfJavasClient() throws {
        let fields = try #require(try JavaSASLValues.lines("jwt-bearer").first)
        let folder = try TemporaryDirectory()
        let file = URL(filePath: folder.path + "/assertion")
        try Data((JavaSASLValues.text(fields[0]) + "\n").utf8).write(to: file)
        var tokens = try OAuthTokenEndpoint(url: "http://h/", grant: .jwtBearer(JWTAssertion(path: file.path)))
        tokens.scope = JavaSASLValues.text(fields[1])
        guard case .bytes(let body) = try tokens.request(now: .now).httpRequest.body else { return }
        // Java writes a blank as a plus sign; both are valid in a form.
        #expect(String(decoding: body, as: UTF8.self).replacing("%20", with: "+") == JavaSASLValues.text(fields[2]))
    }

    @Test func templateOfAnAssertionIsCompletedAndOverridden() throws {
        let folder = try TemporaryDirectory()
        let file = URL(filePath: folder.path + "/template.json")
        try Data(#"{"header":{"kid":"k1","alg":"x"},"payload":{"iss":"template","role":"r","exp":1}}"#.utf8).write(to: file)
        var content = JWTAssertion.Content()
        content.templatePath = file.path
        content.issuer = "configured"
        let text = try JWTAssertion.unsigned(content, .es256, WallTime(seconds: 1000, nanoseconds: 0))
        let parts = try text.split(separator: ".").map { try JSONValue.parse(try #require(JSONWebToken.decode($0))) }
        #expect(try parts[0] == JSONValue.parse(#"{"kid":"k1","alg":"ES256","typ":"JWT"}"#))
        #expect(try parts[1] == JSONValue.parse(#"{"iss":"configured","role":"r","iat":1000,"exp":1300,"nbf":940}"#))
    }

    @Test func requestIsRepeatedWhileTheEndpointIsUnavailable() throws {
        let endpoint = try TestEndpoint([(503, ""), (500, "x"), Self.success])
        #expect(try Self.tokens(endpoint).retrieveToken().principalName == "me")
        #expect(endpoint.requests.count == 3)
    }

    @Test func requestIsNotRepeatedForRefusedCredentials() throws {
        let body = #"{"error":"invalid_client","error_description":"secret hunter2 is wrong\u0007"}"#
        let endpoint = try TestEndpoint([(401, body)])
        let (text, isRetriable) = Self.reason { _ = try Self.tokens(endpoint).retrieveToken() }
        #expect(text.contains("status 401 (invalid_client: secret [hidden] is wrong)") && text.contains(endpoint.url))
        #expect(isRetriable == false && endpoint.requests.count == 1)
    }

    @Test func requestEndsWhenItsTimeHasPassed() throws {
        let endpoint = try TestEndpoint([(503, "")])
        let (text, isRetriable) = Self.reason {
            _ = try Self.tokens(endpoint) { $0.retryBackoffMaxMilliseconds = 20 }.retrieveToken()
        }
        #expect(text.contains("status 503") && isRetriable == true, "\(text)")
        #expect(endpoint.requests.count >= 2)
    }

    @Test func unreachableEndpointIsNamedAndMayBeAskedLater() throws {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        let url = "http://\(listener.address)/token"
        listener.stop()
        var tokens = try OAuthTokenEndpoint(url: url, grant: .clientCredentials(id: "id", secret: "hunter2"))
        tokens.retryBackoffMaxMilliseconds = 0
        let (text, isRetriable) = Self.reason { _ = try tokens.retrieveToken() }
        #expect(text.contains(url) && !text.contains("hunter2") && isRetriable == true, "\(text)")
    }

    @Test(arguments: ["", "{}", #"{"access_token":""}"#, #"{"access_token":1}"#, #"{"access_token":"opaque"}"#, "[1]"])
    func answersWithoutAUsableTokenAreRefused(body: String) throws {
        let endpoint = try TestEndpoint([(200, body)])
        let (text, isRetriable) = Self.reason { _ = try Self.tokens(endpoint).retrieveToken() }
        #expect(text.contains("token endpoint") && !text.contains("opaque") && isRetriable == false, "\(text)")
        #expect(endpoint.requests.count == 1)
    }

    @Test(arguments: ["", "token", "ftp://host/x", "file:///x"]) func invalidURLsAreRefused(url: String) {
        #expect(throws: SASLError.self) {
            try OAuthTokenEndpoint(url: url, grant: .clientCredentials(id: "id", secret: "x"))
        }
    }

    /// All connections that are opened meanwhile use the former token.
    @Test func tokenIsRetrievedOnceForAllConnections() throws {
        let endpoint = try TestEndpoint([Self.success])
        let mechanism = try OAuthBearerMechanism(try Self.tokens(endpoint))
        let threads = (0..<8).map { _ in
            let done = ThreadCompletion()
            startThread(named: "connection", completion: done) {
                do { _ = try mechanism.makeSession(broker: SocketAddress(host: "b", port: 1)) } catch {
                    Issue.record(error)
                }
            }
            return done
        }
        for thread in threads { #expect(thread.wait(milliseconds: 10_000)) }
        #expect(endpoint.requests.count == 1)
    }
}
