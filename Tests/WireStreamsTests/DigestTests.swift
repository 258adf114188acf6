import Foundation
import Testing
import WireTestSupport

@testable import WireStreams

@Suite struct DigestTests {
    /// The examples of FIPS 180-4 and RFC 4231.
    @Test func digestsEqualTheStandardsExamples() {
        let abc = Array("abc".utf8)
        #expect(Digest.sha1(abc).hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Digest.sha256(abc).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest.hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)).hex
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(Digest.sha256([]).hex.hasPrefix("e3b0c44298fc1c14"))
    }

    @Test func invalidKeyIsRefused() {
        #expect(throws: StreamError.self) { try RSAPublicKey(pem: Array("no key".utf8)).encryptOAEP([1]) }
        #expect(throws: StreamError.self) { try RSAPublicKey(pem: []).encryptOAEP([1]) }
    }

    @Test func textTooLongForTheKeyIsRefused() throws {
        let conversation = try Conversation("mysql/9.7.4/handshake/caching-sha2-full-public-key")
        let sent = String(decoding: conversation.fromServer, as: UTF8.self)
        let start = try #require(sent.range(of: "-----BEGIN PUBLIC KEY-----"))
        let end = try #require(sent.range(of: "-----END PUBLIC KEY-----"))
        let key = RSAPublicKey(pem: Array(sent[start.lowerBound..<end.upperBound].utf8))
        #expect(try key.encryptOAEP([UInt8](repeating: 1, count: 214)).count == 256)
        #expect(throws: StreamError.self) { try key.encryptOAEP([UInt8](repeating: 1, count: 215)) }
    }
}
