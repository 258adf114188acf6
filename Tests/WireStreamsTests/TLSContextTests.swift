import COpenSSL
import Foundation
import Testing
import WireTestSupport

@testable import WireStreams

@Suite struct TLSContextTests {
    private static func path(_ name: String) -> String { Fixtures.folder.appending(path: "tls/\(name)").path }

    /// The bytes of a ClientHello.
    private static func clientHello(
        _ protocols: Set<TLSConfiguration.ProtocolVersion>, _ cipherSuites: [String]
    ) throws -> [UInt8] {
        var configuration = TLSConfiguration(verification: .none)
        configuration.protocols = protocols
        configuration.cipherSuites = cipherSuites
        let client = try TLSEngine(configuration)
        _ = try client.handshake()
        return client.takeOutgoing()
    }

    /// The suites that a ClientHello offers, by their numbers, in order; without the signal of renegotiation.
    private static func suites(in hello: [UInt8]) -> [UInt16] {
        // Record header 5, handshake header 4, version 2, random 32, then the session id.
        let start = 43 + 1 + Int(hello[43])
        let count = Int(hello[start]) << 8 | Int(hello[start + 1])
        return stride(from: start + 2, to: start + 2 + count, by: 2)
            .map { UInt16(hello[$0]) << 8 | UInt16(hello[$0 + 1]) }.filter { $0 != 0x00FF }
    }

    private func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "accepted"
    }

    @Test func cipherSuitesHaveTheNamesThatJavaUses() throws {
        let names = [
            "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "SSL_RSA_WITH_AES_128_CBC_SHA",
        ]
        let hello = try Self.clientHello([.tls12, .tls13], names)
        #expect(Self.suites(in: hello) == [0x1301, 0x1303, 0xC030, 0xC023, 0x002F])
    }

    @Test func unknownCipherSuiteIsNamed() {
        for name in ["TLS_NO_SUCH_SUITE", "ECDHE-RSA-AES256-GCM-SHA384", "", "ALL", "TLS_RSA_WITH_NULL_SHA"] {
            let reason = reason {
                try TLSConfiguration.checkCipherSuites(["TLS_AES_128_GCM_SHA256", name])
            }
            #expect(reason.contains("the cipher suite \(name) is not supported"), "\(reason)")
        }
    }

    @Test func onlyEnabledVersionsAreOffered() throws {
        func offersTLS13(_ hello: [UInt8]) -> Bool { Self.suites(in: hello).contains { $0 >> 8 == 0x13 } }
        #expect(try offersTLS13(Self.clientHello([.tls12, .tls13], [])))
        #expect(try !offersTLS13(Self.clientHello([.tls12], [])))
        #expect(try Self.suites(in: Self.clientHello([.tls13], [])).allSatisfy { $0 >> 8 == 0x13 })
        // A version without a suite is not offered either.
        #expect(
            try Self.suites(in: Self.clientHello([.tls12, .tls13], ["TLS_AES_256_GCM_SHA384"])) == [0x1302])
        #expect(
            try Self.suites(in: Self.clientHello([.tls12, .tls13], ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]))
                == [0xC030])
        let none = reason { _ = try Self.clientHello([.tls12], ["TLS_AES_256_GCM_SHA384"]) }
        #expect(none.contains("no protocol version is enabled"), "\(none)")
        #expect(reason { _ = try Self.clientHello([], []) }.contains("no protocol version is enabled"))
    }

    private static func loadSystemAuthorities(
        _ environment: [String: String] = [:], files: [String] = [], folders: [String] = []
    ) throws -> Int32 {
        let context = SSL_CTX_new(TLS_client_method())
        defer { SSL_CTX_free(context) }
        try SystemAuthorities.load(
            into: try #require(context), environment: environment, files: files, folders: folders)
        return OPENSSL_sk_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context)))
    }

    @Test func authoritiesOfTheSystemAreInTheFirstFileThatExists() throws {
        let files = ["/nowhere/ca.pem", Self.path("other-ca.pem")]
        #expect(try Self.loadSystemAuthorities(files: files) == 1)
        #expect(try Self.loadSystemAuthorities(["SSL_CERT_FILE": Self.path("ca.pem")]) == 1)
    }

    @Test func missingAuthoritiesOfTheSystemAreReportedWithTheRemedy() throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        let reason = reason {
            _ = try Self.loadSystemAuthorities(files: ["/nowhere/ca.pem"], folders: ["/nowhere", folder])
        }
        #expect(reason.contains("has no certificate authorities") && reason.contains("ssl.truststore."), "\(reason)")
        for variables in [
            ["SSL_CERT_FILE": "/nowhere/x.pem"], ["SSL_CERT_FILE": "/nowhere/x.pem", "SSL_CERT_DIR": folder],
            ["SSL_CERT_FILE": "", "SSL_CERT_DIR": "/nowhere/x.pem"],
        ] {
            let named = self.reason { _ = try Self.loadSystemAuthorities(variables) }
            #expect(named.contains("/nowhere/x.pem cannot be read"), "\(named)")
            #expect(named.contains("has no certificate authorities") && named.contains("ssl.truststore."), "\(named)")
        }
    }

    /// As in OpenSSL, the file is enough.
    @Test func namedFolderMayBeMissing() throws {
        let variables = ["SSL_CERT_FILE": Self.path("ca.pem"), "SSL_CERT_DIR": "/nowhere"]
        #expect(try Self.loadSystemAuthorities(variables) == 1)
    }
}
