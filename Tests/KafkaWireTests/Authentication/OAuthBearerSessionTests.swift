import Testing

@testable import KafkaWire

@Suite struct OAuthBearerSessionTests {
    @Test func messagesAreThoseOfJavasClient() throws {
        for fields in try JavaSASLValues.lines("oauth-initial") {
            let pair = JavaSASLValues.text(fields[1]).split(separator: "=").map(String.init)
            var session = OAuthBearerSession(
                token: JavaSASLValues.text(fields[0]), extensions: pair.isEmpty ? [] : [(pair[0], pair[1])])
            #expect(try session.initialResponse() == JavaSASLValues.bytes(fields[2]))
        }
    }

    @Test func emptyAnswerEndsTheExchange() throws {
        var session = OAuthBearerSession(token: "a.b.c")
        _ = try session.initialResponse()
        #expect(try session.response(to: []) == nil)
        #expect(throws: SASLError.self) { try session.response(to: []) }
    }

    /// RFC 7628, section 3.2.3: the client acknowledges the error, and the broker then ends the exchange.
    @Test func errorOfTheBrokerIsAcknowledged() throws {
        var session = OAuthBearerSession(token: "a.b.c")
        _ = try session.initialResponse()
        #expect(try session.response(to: Array(#"{"status":"invalid_token"}"#.utf8)) == [1])
        #expect(throws: SASLError(#"the broker refuses the token: {"status":"invalid_token"}"#)) {
            try session.response(to: [])
        }
    }

    @Test(arguments: ["", "a b", "a\u{1}b", "ä"]) func invalidTokensAreNotSent(token: String) {
        var session = OAuthBearerSession(token: token)
        #expect(throws: SASLError.self) { try session.initialResponse() }
    }

    @Test func invalidExtensionsAreRefusedByName() throws {
        let tokens = try UnsecuredTokens(options: ["unsecuredLoginStringClaim_sub": "x"])
        for (name, value) in [("auth", "x"), ("", "x"), ("a1", "x"), ("a-b", "x"), ("a", ""), ("a", "x\u{1}y"), ("a", "ä")] {
            #expect(throws: SASLError.self, "\(name)=\(value)") {
                try OAuthBearerMechanism(tokens, extensions: [name: value])
            }
        }
        let mechanism = try OAuthBearerMechanism(tokens, extensions: ["logicalCluster": "lkc-1 2", "b": "y"])
        var session = try mechanism.makeSession(broker: SocketAddress(host: "broker", port: 1))
        let message = String(decoding: try session.initialResponse(), as: UTF8.self)
        #expect(message.hasSuffix("\u{1}b=y\u{1}logicalCluster=lkc-1 2\u{1}\u{1}"))
    }
}
