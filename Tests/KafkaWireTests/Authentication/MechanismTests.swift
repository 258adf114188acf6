import Testing

@testable import KafkaWire

@Suite struct MechanismTests {
    private static let broker = SocketAddress(host: "broker", port: 9092)

    @Test func plainSendsUserAndPasswordWithoutAnAuthorizationIdentity() throws {
        var session = try PLAINMechanism(username: "Ärger", password: "p w").makeSession(broker: Self.broker)
        #expect(try session.initialResponse() == [0] + Array("Ärger".utf8) + [0] + Array("p w".utf8))
        #expect(try session.response(to: []) == nil)
    }

    @Test(arguments: [("", "p"), ("u", ""), ("u\0v", "p"), ("u", "p\0q")])
    func unusableCredentialsAreRefusedWithoutShowingThem(username: String, password: String) {
        do {
            _ = try PLAINMechanism(username: username, password: password).makeSession(broker: Self.broker)
            Issue.record("accepted")
        } catch {
            #expect(!error.reason.contains("u\0v") && !error.reason.contains("p\0q") && !error.isRetriable)
        }
    }

    @Test func descriptionsShowNoCredentials() throws {
        let mechanisms: [any SASLMechanism] = [
            PLAINMechanism(username: "someone", password: "hunter2"),
            SCRAMMechanism(.sha256, username: "someone", password: "hunter2"),
        ]
        for mechanism in mechanisms {
            var session = try mechanism.makeSession(broker: Self.broker)
            _ = try session.initialResponse()
            var configuration = KafkaClientConfiguration(bootstrapServers: [])
            configuration.authentication = mechanism
            for value in [mechanism, session, configuration] as [Any] {
                var dumped = ""
                dump(value, to: &dumped)
                for text in ["\(value)", String(reflecting: value), dumped] {
                    #expect(!text.contains("hunter2") && !text.contains("someone"), "\(text)")
                }
            }
        }
    }
}
