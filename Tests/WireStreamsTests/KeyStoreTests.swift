import COpenSSL
import Foundation
import Testing
import WireTestSupport

@testable import WireStreams

/// Stores of keys and certificates as Java and OpenSSL write them: what Kafka's Java clients open, opens here.
@Suite struct KeyStoreTests {
    private static func path(_ name: String) -> String { Fixtures.folder.appending(path: "key-stores/\(name)").path }
    private static let authority = TLSConfiguration.Store.pem(path: path("ca.pem"))

    /// - Parameter named: the authorities whose names the server sends to its clients.
    /// - Returns: the subject of the client's certificate.
    private static func subject(
        identity: TLSConfiguration.Store, named: TLSConfiguration.Store = authority,
        _ authentication: TLSServerConfiguration.ClientAuthentication = .required,
        _ change: (OpaquePointer) -> Void = { _ in }
    ) throws -> String? {
        let client = try TLSEngine(TLSConfiguration(verification: .none, identity: identity))
        let context = try TLSContext(
            TLSServerConfiguration(
                identity: .pem(path: path("server.pem")), clientAuthentication: authentication, trust: named))
        change(context.pointer)
        let server = try TLSEngine(context)
        var (clientIsDone, serverIsDone) = (false, false)
        for _ in 0..<10 where !(clientIsDone && serverIsDone) {
            if !clientIsDone { clientIsDone = try client.handshake() == .done }
            client.takeOutgoing().withUnsafeBytes { server.feed($0) }
            if !serverIsDone { serverIsDone = try server.handshake() == .done }
            server.takeOutgoing().withUnsafeBytes { client.feed($0) }
        }
        return server.peerSubject
    }

    private func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "accepted"
    }

    // MARK: PKCS#12

    @Test(arguments: ["rc2-40.p12", "rc2-128-rc4.p12", "no-mac.p12"])
    func keyInAnOlderEncryptionIsRead(file: String) throws {
        let store = TLSConfiguration.Store.pkcs12(path: Self.path(file), password: "secret")
        // With its chain: the server knows the first authority alone.
        #expect(try Self.subject(identity: store) == "CN=cdcd test client")
        let refusal = reason {
            _ = try Self.subject(identity: .pkcs12(path: Self.path(file), password: "not-the-password"))
        }
        #expect(refusal.contains(file) && !refusal.contains("accepted") && !refusal.contains("not-the-password"))
    }

    @Test(arguments: ["trust-rc2.p12", "trust-no-password.p12"])
    func authoritiesInAnOlderEncryptionAreRead(file: String) throws {
        let store = TLSConfiguration.Store.pkcs12(path: Self.path(file), password: "secret")
        #expect(try Certificate.authorities(in: store).count == 1)
    }

    @Test func storeWithoutAPasswordOpensWithAny() throws {
        for password in ["", "another"] {
            let store = TLSConfiguration.Store.pkcs12(path: Self.path("trust-no-password.p12"), password: password)
            #expect(try Certificate.authorities(in: store).count == 1)
        }
    }

    @Test(arguments: ["several.p12", "rc2-40.p12", "rc2-128-rc4.p12", "no-mac.p12", "trust-no-password.p12"])
    func damagedStoresNeverTrap(file: String) throws {
        var bytes = try Fixtures.bytes("key-stores/\(file)")
        let folder = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            let offset = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = bytes[offset]
            bytes[offset] = .random(in: 0...255, using: &generator)
            try folder.write(bytes, to: "damaged.p12")
            _ = reason { _ = try PKCS12(path: folder.path + "/damaged.p12", password: "secret") }
            bytes[offset] = byte
        }
    }

    // MARK: Several keys

    @Test(arguments: ["several.p12", "several.jks"])
    func keyIsChosenByTheAuthoritiesThatTheServerNames(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path(file), password: "secret")
        let other = TLSConfiguration.Store.pem(path: Self.path("other-ca.pem"))
        #expect(try Self.subject(identity: store, named: other) == "CN=cdcd test other")
        #expect(try Self.subject(identity: store) == "CN=cdcd test client")
    }

    @Test(arguments: ["several.p12", "several.jks"])
    func keyIsChosenByTheSignaturesThatTheServerAccepts(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path(file), password: "secret")
        let subject = try Self.subject(identity: store) { context in
            // SSL_CTX_set1_client_sigalgs_list is a macro.
            _ = "rsa_pss_rsae_sha256".withCString {
                SSL_CTX_ctrl(context, SSL_CTRL_SET_CLIENT_SIGALGS_LIST, 0, UnsafeMutableRawPointer(mutating: $0))
            }
        }
        #expect(subject == "CN=cdcd test rsa")
    }

    @Test(arguments: ["several.p12", "several.jks"])
    func serverHasTheFirstKeyOfItsStore(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path(file), password: "secret")
        let context = try TLSContext(TLSServerConfiguration(identity: store))
        let first = try #require(try TLSIdentity.all(in: store).first)
        let certificate = SSL_CTX_get0_certificate(context.pointer)
        #expect(X509_cmp(certificate, first.certificate.pointer) == 0)
    }

    /// As in Java: a server that only requests a certificate accepts the connection.
    @Test func certificateOfAnotherAuthorityIsNotSent() throws {
        let store = TLSConfiguration.Store.pkcs12(path: Self.path("no-mac.p12"), password: "secret")
        let other = TLSConfiguration.Store.pem(path: Self.path("other-ca.pem"))
        #expect(try Self.subject(identity: store, named: other, .requested) == nil)
        #expect(reason { _ = try Self.subject(identity: store, named: other) }.contains("did not return a certificate"))
    }

    // MARK: PEM

    /// Spellings that Kafka's parser accepts.
    @Test(arguments: ["indented", "one line", "CRLF", "byte order mark", "text around", "trusted"])
    func textOfAFileMayHaveAnyLines(spelling: String) throws {
        let text = String(decoding: try Fixtures.bytes("key-stores/ca.pem"), as: UTF8.self)
        let changed =
            switch spelling {
            case "indented": text.split(separator: "\n").map { "   \($0)" }.joined(separator: "\n")
            case "one line": text.replacing("\n", with: " ")
            case "CRLF": text.replacing("\n", with: "\r\n")
            case "byte order mark": "\u{FEFF}" + text
            case "trusted": text.replacing(" CERTIFICATE", with: " TRUSTED CERTIFICATE")
            default: "Bag Attributes\n    friendlyName: é\n\(text)# end"
            }
        let folder = try TemporaryDirectory()
        try folder.write(Array(changed.utf8), to: "ca.pem")
        #expect(try Certificate.authorities(in: .pem(path: folder.path + "/ca.pem")).count == 1)
    }

    @Test(arguments: [
        "PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "PBE-SHA1-RC4-128", "PBE-MD5-DES", "PBE-SHA1-DES", "PBE-SHA1-3DES",
    ])
    func keyWithAnOlderEncryptionIsRead(algorithm: String) throws {
        let text = try Fixtures.bytes("key-stores/keys/\(algorithm).pem")
        #expect(throws: Never.self) { try PrivateKey(pem: text, password: "secret", origin: "text") }
        let refusal = reason { _ = try PrivateKey(pem: text, password: "wrong", origin: "text") }
        #expect(refusal.contains("does not open with its password"))
    }
}
