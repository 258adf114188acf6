import Foundation
import Testing
import WireTestSupport

@testable import WireStreams

/// Two engines connected through memory: no socket, no thread, no clock.
@Suite struct TLSEngineTests {
    private static func path(_ name: String) -> String { Fixtures.folder.appending(path: "tls/\(name)").path }
    private static let server = TLSConfiguration.Store.pem(path: path("server.pem"))
    private static let authority = TLSConfiguration.Store.pem(path: path("ca.pem"))

    /// Transfers bytes from one to the other, `pieceBytes` at a time.
    private static func carry(_ from: TLSEngine, _ to: TLSEngine, pieceBytes: Int) -> Bool {
        let bytes = from.takeOutgoing()
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            let piece = Array(bytes[start..<min(start + pieceBytes, bytes.count)])
            piece.withUnsafeBytes { to.feed($0) }
        }
        return !bytes.isEmpty
    }

    private static func shakeHands(_ client: TLSEngine, _ server: TLSEngine, pieceBytes: Int = .max) throws {
        let pieceBytes = min(pieceBytes, 1 << 20)
        var (clientIsDone, serverIsDone) = (false, false)
        for _ in 0..<100 where !(clientIsDone && serverIsDone) {
            if !clientIsDone { clientIsDone = try client.handshake() == .done }
            _ = carry(client, server, pieceBytes: pieceBytes)
            if !serverIsDone { serverIsDone = try server.handshake() == .done }
            _ = carry(server, client, pieceBytes: pieceBytes)
        }
        #expect(clientIsDone && serverIsDone)
    }

    private static func connect(
        verification: TLSConfiguration.Verification, trust: TLSConfiguration.Store? = authority,
        serverIdentity: TLSConfiguration.Store = server, clientIdentity: TLSConfiguration.Store? = nil,
        clientAuthentication: TLSServerConfiguration.ClientAuthentication = .none, pieceBytes: Int = .max
    ) throws -> (client: TLSEngine, server: TLSEngine) {
        let client = try TLSEngine(
            TLSConfiguration(verification: verification, trust: trust, identity: clientIdentity))
        let server = try TLSEngine(
            TLSContext(
                TLSServerConfiguration(
                    identity: serverIdentity, clientAuthentication: clientAuthentication, trust: authority)))
        try shakeHands(client, server, pieceBytes: pieceBytes)
        return (client, server)
    }

    private func reason(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch StreamError.tls(let reason) { return reason } catch { return "\(error)" }
    }

    @Test(arguments: [1, 7, 1000, .max])
    func plaintextIsIndependentOfCiphertextFragments(pieceBytes: Int) throws {
        let (client, server) = try Self.connect(verification: .authority, pieceBytes: pieceBytes)
        let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try message.withUnsafeBytes { try client.write($0) }
        _ = Self.carry(client, server, pieceBytes: min(pieceBytes, 1 << 20))
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 5000)
        while let count = try buffer.withUnsafeMutableBytes({ try server.read(into: $0) }) {
            received += buffer[..<count]
        }
        #expect(received == message)
    }

    @Test func endIsDistinguishedFromAPause() throws {
        let (client, server) = try Self.connect(verification: .none)
        var buffer = [UInt8](repeating: 0, count: 10)
        #expect(try buffer.withUnsafeMutableBytes { try server.read(into: $0) } == nil)
        client.shutDown()
        _ = Self.carry(client, server, pieceBytes: 1 << 20)
        #expect(try buffer.withUnsafeMutableBytes { try server.read(into: $0) } == 0)
    }

    @Test(arguments: ["db.example", "any.wild.example", "localhost", "127.0.0.1"])
    func namesInTheCertificateAreAccepted(host: String) throws {
        _ = try Self.connect(verification: .identity(host: host))
    }

    @Test(arguments: ["db.example.org", "wild.example", "a.b.wild.example", "127.0.0.2", "::1"])
    func otherNamesAreRefused(host: String) throws {
        let reason = try #require(reason { _ = try Self.connect(verification: .identity(host: host)) })
        #expect(reason.contains("certificate") && reason.contains("mismatch"), "\(reason)")
    }

    @Test func verifyingTheAuthorityAloneAcceptsAnyName() throws { _ = try Self.connect(verification: .authority) }

    @Test func unknownAuthorityIsAcceptedOnlyWithoutVerification() throws {
        let other = TLSConfiguration.Store.pem(path: Self.path("other-ca.pem"))
        let reason = reason { _ = try Self.connect(verification: .authority, trust: other) }
        #expect(reason?.contains("certificate is refused") == true, "\(reason ?? "accepted")")
        _ = try Self.connect(verification: .none, trust: other)
    }

    @Test func expiredCertificateIsRefused() throws {
        let expired = TLSConfiguration.Store.pem(path: Self.path("expired.pem"))
        let reason = reason { _ = try Self.connect(verification: .authority, serverIdentity: expired) }
        #expect(reason?.contains("expired") == true, "\(reason ?? "accepted")")
    }

    @Test(arguments: ["trust.jks", "trust.p12", "ca.pem"])
    func trustStoresOfEveryFormatAreRead(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path(file), password: "secret")
        _ = try Self.connect(verification: .identity(host: "db.example"), trust: store)
    }

    /// As in Java: the authorities in the chain of a private key are not trusted for it.
    @Test func certificateChainOfAKeyIsNotTrusted() throws {
        let path = Self.path("key-and-trust.p12")
        #expect(try PKCS12(path: path, password: "secret").trustedCertificates.count == 1)
        let reason = reason {
            _ = try Self.connect(verification: .authority, trust: .pkcs12(path: path, password: "secret"))
        }
        #expect(reason?.contains("certificate is refused") == true, "\(reason ?? "accepted")")
        let keyAlone = TLSConfiguration.Store.pkcs12(path: Self.path("client.p12"), password: "secret")
        #expect(self.reason { _ = try Self.connect(verification: .authority, trust: keyAlone) }?
            .contains("holds no trusted certificate") == true)
    }

    @Test(arguments: [TLSConfiguration.Verification.none, .authority, .identity(host: "db.example")])
    func clientSendsServerNameIndication(verification: TLSConfiguration.Verification) throws {
        func firstBytes(_ name: String?) throws -> String {
            let client = try TLSEngine(
                TLSConfiguration(verification: verification, serverName: name, trust: Self.authority))
            _ = try client.handshake()
            return String(decoding: client.takeOutgoing(), as: Unicode.ASCII.self)
        }
        #expect(try firstBytes("gateway.example").contains("gateway.example"))
        for address in ["10.20.30.40", "2001:db8::1"] { #expect(try !firstBytes(address).contains(address)) }
    }

    @Test func endInsteadOfAHandshakeIsALostConnection() throws {
        let client = try TLSEngine(TLSConfiguration(verification: .none))
        _ = try client.handshake()
        // A warning alert: close_notify.
        ([0x15, 3, 3, 0, 2, 1, 0] as [UInt8]).withUnsafeBytes { client.feed($0) }
        #expect(throws: StreamError.closed) { try client.handshake() }
    }

    @Test(arguments: ["client.p12", "client.pem", "encrypted.pem", "client.jks"])
    func clientSendsItsCertificate(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(
            path: Self.path(file), password: "secret", keyPassword: "secret")
        _ = try Self.connect(verification: .authority, clientIdentity: store, clientAuthentication: .required)
    }

    /// On a terminal, OpenSSL would prompt for the password and wait.
    @Test(.timeLimit(.minutes(1))) func encryptedKeyIsRefusedWithoutAPrompt() throws {
        let store = TLSConfiguration.Store.pem(path: Self.path("encrypted.pem"))
        let reason = reason { _ = try Self.connect(verification: .none, clientIdentity: store) }
        #expect(reason?.contains("encrypted.pem is encrypted, and no password") == true, "\(reason ?? "accepted")")
        let wrong = TLSConfiguration.Store.pem(path: Self.path("encrypted.pem"), keyPassword: "not-the-password")
        let refusal = try #require(self.reason { _ = try Self.connect(verification: .none, clientIdentity: wrong) })
        #expect(refusal.contains("does not open with its password") && !refusal.contains("not-the-password"))
    }

    /// As from a file of properties, in which a value has one line.
    @Test(arguments: [false, true]) func certificatesAndKeysMayBeTexts(isOneLine: Bool) throws {
        func text(_ name: String) throws -> String {
            let text = String(decoding: try Fixtures.bytes("tls/\(name)"), as: UTF8.self)
            return isOneLine ? text.split(separator: "\n").joined(separator: " ") : text
        }
        let trust = TLSConfiguration.Store.inline(certificates: try text("ca.pem"))
        for file in ["client.pem", "encrypted.pem"] {
            let identity = TLSConfiguration.Store.inline(
                certificates: try text(file), privateKey: try text(file), keyPassword: "secret")
            let (_, server) = try Self.connect(
                verification: .identity(host: "db.example"), trust: trust, clientIdentity: identity,
                clientAuthentication: .required)
            #expect(server.peerSubject == "CN=cdcd test client")
        }
        #expect(reason { _ = try Self.connect(verification: .authority, trust: .inline(certificates: "nothing")) } != nil)
    }

    @Test func clientWithoutACertificateIsRefusedIfOneIsRequired() throws {
        let reason = reason { _ = try Self.connect(verification: .authority, clientAuthentication: .required) }
        #expect(reason?.contains("did not return a certificate") == true, "\(reason ?? "accepted")")
        let (_, server) = try Self.connect(verification: .authority, clientAuthentication: .requested)
        #expect(server.peerSubject == nil)
    }

    @Test func dotAtTheEndOfAHostNameIsNotPartOfIt() throws {
        _ = try Self.connect(verification: .identity(host: "db.example."))
        let client = try TLSEngine(TLSConfiguration(verification: .none, serverName: "gateway.example."))
        _ = try client.handshake()
        let hello = String(decoding: client.takeOutgoing(), as: Unicode.ASCII.self)
        #expect(hello.contains("gateway.example") && !hello.contains("gateway.example."))
    }

    @Test func descriptionsOfStoresShowNoSecrets() {
        let stores: [TLSConfiguration.Store] = [
            .pem(path: "a", keyPassword: "hunter2"), .pkcs12(path: "a", password: "hunter2"),
            .jks(path: "a", password: "hunter2", keyPassword: "hunter2"),
            .inline(certificates: "hunter2", privateKey: "hunter2", keyPassword: "hunter2"),
        ]
        for store in stores {
            var dumped = ""
            dump(TLSConfiguration(verification: .none, identity: store), to: &dumped)
            #expect(!dumped.contains("hunter2") && !"\(store)".contains("hunter2"), "\(dumped)")
        }
    }

    @Test(arguments: ["trust.jks", "trust.p12"])
    func wrongPasswordIsReportedWithoutShowingIt(file: String) throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path(file), password: "not-the-password")
        let reason = try #require(reason { _ = try Self.connect(verification: .authority, trust: store) })
        #expect(reason.contains("does not open with its password"))
        #expect(!reason.contains("not-the-password"))
    }

    @Test func jksTrustStoreOpensWithoutAPassword() throws {
        let store = try TLSConfiguration.Store.detecting(path: Self.path("trust.jks"), password: nil)
        _ = try Self.connect(verification: .authority, trust: store)
    }

    @Test func missingAndInvalidFilesAreNamed() throws {
        #expect(reason { _ = try TLSConfiguration.Store.detecting(path: "/nowhere/x.jks", password: nil) }?
            .contains("/nowhere/x.jks cannot be read") == true)
        let foreign = Self.path("ORIGIN.md")
        #expect(reason { _ = try TLSConfiguration.Store.detecting(path: foreign, password: nil) }?
            .contains("neither a PEM") == true)
    }

    @Test(.timeLimit(.minutes(1))) func endlessFileIsRefused() throws {
        let reason = reason { _ = try TLSConfiguration.Store.detecting(path: "/dev/zero", password: nil) }
        #expect(reason?.contains("/dev/zero is too large") == true, "\(reason ?? "accepted")")
    }

    @Test func damagedJKSStoresNeverTrap() throws {
        survivesDamage(to: try Fixtures.bytes("tls/trust.jks")) { _ = try JavaKeyStore($0) }
        survivesMutation(of: try Fixtures.bytes("tls/client.jks"), rounds: 2000, seed: 4) { _ = try JavaKeyStore($0) }
    }

    @Test func bytesThatAreNotTLSAreRefused() throws {
        let client = try TLSEngine(TLSConfiguration(verification: .none))
        _ = try client.handshake()
        Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8).withUnsafeBytes { client.feed($0) }
        #expect(throws: StreamError.self) { try client.handshake() }
    }
}
