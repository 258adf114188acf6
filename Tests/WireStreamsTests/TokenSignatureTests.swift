import COpenSSL
import Foundation
import Testing
import WireCore
import WireTestSupport

@testable import WireStreams

@Suite struct TokenSignatureTests {
    private static func text(_ name: String) throws -> String {
        String(decoding: try Fixtures.bytes("tls/\(name)"), as: UTF8.self)
    }

    /// Signatures with RS256 are the same each time, so those of Java are expected.
    @Test func rs256IsThatOfJava() throws {
        let lines = String(decoding: try Fixtures.bytes("java/sasl.txt"), as: UTF8.self).split(separator: "\n")
        let fields = try #require(lines.first { $0.hasPrefix("rs256\t") }).split(separator: "\t")
        let standard = fields[2].replacing("-", with: "+").replacing("_", with: "/")
        let expected = try #require(Base64.decode(standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)))
        let key = try Self.text("rsa-key.pem")
        let bare = key.split(separator: "\n").dropFirst().dropLast().joined(separator: "\n")
        for (key, password) in [(key, nil), (bare, nil), (try Self.text("rsa-key-encrypted.pem"), "secret")] {
            let signature = try TokenSignature.sign(
                Array("header.payload".utf8), .rs256, key: key, password: password, origin: "key")
            #expect(signature == expected)
        }
    }

    @Test func es256IsVerifiedByThePublicKey() throws {
        let message = Array("header.payload".utf8)
        let pem = try Self.text("client.pem")
        let certificate = try #require(try Certificate.all(inPEM: Array(pem.utf8), origin: "client.pem").first)
        for _ in 0..<20 {
            let signature = try TokenSignature.sign(message, .es256, key: pem, password: nil, origin: "client.pem")
            try #require(signature.count == 64)
            let numbers = ECDSA_SIG_new()
            defer { ECDSA_SIG_free(numbers) }
            ECDSA_SIG_set0(
                numbers, BN_bin2bn(signature, 32, nil), BN_bin2bn(Array(signature.dropFirst(32)), 32, nil))
            var start: UnsafeMutablePointer<UInt8>?
            let count = i2d_ECDSA_SIG(numbers, &start)
            defer { CRYPTO_free(start, nil, 0) }
            let context = EVP_MD_CTX_new()
            defer { EVP_MD_CTX_free(context) }
            #expect(
                EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, X509_get0_pubkey(certificate.pointer)) == 1)
            #expect(EVP_DigestVerify(context, start, Int(count), message, message.count) == 1)
        }
    }

    @Test func unusableKeysAreNamed() throws {
        func reason(_ algorithm: TokenSignature.Algorithm, _ key: String, _ password: String? = nil) -> String {
            do {
                _ = try TokenSignature.sign([1], algorithm, key: key, password: password, origin: "the-file")
            } catch { return "\(error)" }
            return "signed"
        }
        #expect(reason(.es256, try Self.text("rsa-key.pem")).contains("the-file is not a key of P-256"))
        #expect(reason(.rs256, try Self.text("client.pem")).contains("the-file is not an RSA key"))
        #expect(reason(.rs256, "AAAA").contains("the-file"))
        let encrypted = try Self.text("rsa-key-encrypted.pem")
        for (password, fault) in [(nil, "no password for it is configured"), ("wrong", "does not open")] {
            let refusal = reason(.rs256, encrypted, password)
            #expect(refusal.contains(fault) && refusal.contains("(sasl.oauthbearer.assertion.private.key.passphrase)"))
        }
        #expect(reason(.rs256, "").contains("the-file"))
        #expect(reason(.rs256, try Self.text("rsa-key-encrypted.pem")).contains("encrypted"))
        #expect(reason(.rs256, try Self.text("rsa-key-encrypted.pem"), "other").contains("does not open"))
    }
}
