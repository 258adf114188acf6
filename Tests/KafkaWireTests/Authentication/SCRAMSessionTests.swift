import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import KafkaWire

@Suite struct SCRAMSessionTests {
    private static func session(
        _ hash: SCRAMMechanism.HashFunction = .sha256, user: String = "user", password: String = "pencil",
        nonce: String = "rOprNGfwEbeRWgbNEkqO"
    ) -> SCRAMSession {
        SCRAMMechanism(hash, username: user, password: password).makeSession(nonce: nonce)
    }

    private static func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// RFC 7677, section 3.
    private static let serverFirst =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    private static let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    private static func afterFirst(_ challenge: String = serverFirst) throws -> (SCRAMSession, [UInt8]?) {
        var session = session()
        _ = try session.initialResponse()
        let response = try session.response(to: Array(challenge.utf8))
        return (session, response)
    }

    private static func reason(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "accepted"
    }

    @Test func messagesAreThoseOfRFC7677() throws {
        var session = Self.session()
        #expect(try Self.text(session.initialResponse()) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        #expect(
            try Self.text(session.response(to: Array(Self.serverFirst.utf8)))
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        #expect(try session.response(to: Array(Self.serverFinal.utf8)) == nil)
    }

    /// Exchanges of Java's client with a broker: with its nonce, the messages are the same.
    @Test(arguments: ["sasl-scram-256", "sasl-scram-512"])
    func messagesAreThoseOfJavasClient(folder: String) throws {
        var messages: [(client: [UInt8], broker: [UInt8])] = []
        for exchange in try CapturedExchange.all(of: try Conversation("kafka/4.3.1/\(folder)/1"))
        where exchange.header.apiKey == .saslAuthenticate {
            let version = exchange.header.apiVersion
            let response = try #require(try exchange.responseBody())
            messages.append((
                try exchange.body.withUnsafeBytes {
                    try SaslAuthenticateRequest.decode(ByteReader($0), version: version).authBytes
                },
                try response.withUnsafeBytes {
                    try SaslAuthenticateResponse.decode(ByteReader($0), version: version).authBytes
                }
            ))
        }
        try #require(messages.count == 2)
        let first = String(decoding: messages[0].client, as: UTF8.self)
        let nonce = String(try #require(first.split(separator: "r=").last))
        var session = Self.session(
            folder.hasSuffix("256") ? .sha256 : .sha512, user: "cdcd", password: "cdcd-secret", nonce: nonce)
        #expect(try session.initialResponse() == messages[0].client)
        #expect(try session.response(to: messages[0].broker) == messages[1].client)
        #expect(try session.response(to: messages[1].broker) == nil)
    }

    /// Kafka's `ScramFormatter` uses passwords without SASLprep.
    @Test func keysAreThoseThatKafkaStores() throws {
        for fields in try JavaSASLValues.lines("scram") {
            let isSHA256 = fields[0] == "SCRAM-SHA-256"
            let algorithm = isSHA256 ? Digest.Algorithm.sha256 : .sha512
            let (password, salt) = (JavaSASLValues.bytes(fields[1]), JavaSASLValues.bytes(fields[2]))
            let salted = Digest.pbkdf2(algorithm, password: password, salt: salt, iterations: 4096)
            #expect(Digest.hmac(algorithm, key: salted, Array("Client Key".utf8)).hex == fields[3])
            #expect(Digest.hmac(algorithm, key: salted, Array("Server Key".utf8)).hex == fields[4])
            // The same text as a user name.
            var session = Self.session(user: JavaSASLValues.text(fields[1]), nonce: "x")
            #expect(try Self.text(session.initialResponse()) == "n,,n=\(JavaSASLValues.text(fields[5])),r=x")
        }
    }

    @Test func commaAndEqualsSignInUserNamesAreEscaped() throws {
        var session = Self.session(user: "a,b=c=2C", nonce: "x")
        #expect(try Self.text(session.initialResponse()) == "n,,n=a=2Cb=3Dc=3D2C,r=x")
    }

    @Test(arguments: ["v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "v=AAAA", "v=6rri"])
    func wrongSignatureIsRefused(message: String) throws {
        var (session, _) = try Self.afterFirst()
        let reason = Self.reason { _ = try session.response(to: Array(message.utf8)) }
        #expect(reason.contains("signature is wrong"), "\(reason)")
    }

    @Test(arguments: ["", "x", "p=AAAA", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="])
    func missingSignatureIsRefused(message: String) throws {
        var (session, _) = try Self.afterFirst()
        let reason = Self.reason { _ = try session.response(to: Array(message.utf8)) }
        #expect(reason.contains("no signature"), "\(reason)")
    }

    @Test func errorOfTheBrokerIsReported() throws {
        var (session, _) = try Self.afterFirst()
        #expect(Self.reason { _ = try session.response(to: Array("e=other-error".utf8)) }.contains("other-error"))
        #expect(Self.reason { _ = try Self.afterFirst("e=unknown-user") }.contains("unknown-user"))
    }

    @Test(arguments: [
        ("r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096", "nonce"),
        ("r=other,s=W22Z,i=4096", "nonce"),
        ("r=ROPRNGFWEBERWGBNEKQO1,s=W22Z,i=4096", "nonce"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=4095", "fewer than the minimum"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=1000001", "more than the maximum"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=99999999999999999999", "not a number"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=-5000", "not a number"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=0", "not a number"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=", "not a number"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=,i=4096", "salt"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W2=Z,i=4096", "salt"),
        ("m=x,r=rOprNGfwEbeRWgbNEkqO1,s=W22Z,i=4096", "extension"),
        ("s=W22Z,r=rOprNGfwEbeRWgbNEkqO1,i=4096", "not a message of SCRAM"),
        ("r=rOprNGfwEbeRWgbNEkqO1,s=W22Z", "not a message of SCRAM"),
        ("", "not a message of SCRAM"), (",,,", "not a message of SCRAM"),
    ])
    func invalidChallengesAreRefused(challenge: String, expected: String) {
        let reason = Self.reason { _ = try Self.afterFirst(challenge) }
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func extensionsOfTheChallengeAreIgnored() throws {
        #expect(try Self.afterFirst(Self.serverFirst + ",x=1,y=").1 != nil)
    }

    @Test func messagesThatAreNotTextOrTooLongAreRefused() {
        for message in [[0xFF, 0xFE], [UInt8](repeating: 0x61, count: 100_000)] {
            var session = Self.session()
            _ = try? session.initialResponse()
            #expect(throws: SASLError.self) { _ = try session.response(to: message) }
        }
    }

    @Test func messageAfterTheEndIsRefused() throws {
        var (session, _) = try Self.afterFirst()
        _ = try session.response(to: Array(Self.serverFinal.utf8))
        #expect(throws: SASLError.self) { _ = try session.response(to: Array(Self.serverFinal.utf8)) }
    }

    @Test func randomDamageOfTheBrokersMessagesNeverTraps() {
        survivesMutation(of: Array(Self.serverFirst.utf8), rounds: 300, seed: 14) { bytes in
            var session = Self.session()
            _ = try session.initialResponse()
            _ = try session.response(to: Array(bytes))
        }
    }

    @Test func noncesDiffer() throws {
        let mechanism = SCRAMMechanism(.sha512, username: "u", password: "p")
        #expect(mechanism.name == "SCRAM-SHA-512")
        var messages: Set<[UInt8]> = []
        for _ in 0..<10 {
            var session = try mechanism.makeSession(broker: SocketAddress(host: "b", port: 1))
            messages.insert(try session.initialResponse())
        }
        #expect(messages.count == 10)
    }
}
