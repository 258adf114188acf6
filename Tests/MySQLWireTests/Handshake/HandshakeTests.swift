import Testing
import WireTestSupport

@testable import MySQLWire

/// The handshake machine with captured packets of real servers and MySQL's own client.
@Suite struct HandshakeTests {
    /// The payloads of one side, packet by packet.
    private static func packets(_ name: String) throws -> (server: [[UInt8]], client: [[UInt8]]) {
        let conversation = try Conversation(name)
        return (
            try messages(of: conversation.fromServer, fed: .whole, to: CapturedPackets()),
            try messages(of: conversation.fromClient, fed: .whole, to: CapturedPackets())
        )
    }

    private func machine(
        user: String = "wire_sha2", password: String = "secret", database: String? = nil, allowsKey: Bool = false,
        tls: Handshake.TLSRequirement = .never
    ) -> Handshake {
        let account = Handshake.Account(
            user: user, password: password, database: database, allowPublicKeyRetrieval: allowsKey)
        return Handshake(account: account, tls: tls)
    }

    /// The authentication response, after capabilities, packet size, collation, filler and user.
    private static func authentication(_ response: [UInt8], user: String) -> [UInt8] {
        let start = 32 + user.utf8.count + 1
        return Array(response[(start + 1)..<(start + 1 + Int(response[start]))])
    }

    private static func sent(_ action: Handshake.Action) throws -> [UInt8] {
        guard case .send(let bytes) = action else {
            Issue.record("expected a packet to send, not \(action)")
            return []
        }
        return bytes
    }

    @Test func fastAuthenticationSendsAScramble() throws {
        let (server, client) = try Self.packets("mysql/9.7.4/handshake/caching-sha2-fast")
        var handshake = machine()
        let response = try Self.sent(try handshake.receive(server[0]))
        #expect(Self.authentication(response, user: "wire_sha2") == Self.authentication(client[0], user: "wire_sha2"))
        #expect(Self.authentication(response, user: "wire_sha2").count == 32)
        #expect(server[1] == [0x01, 0x03])
        #expect(try handshake.receive(server[1]) == .needMore)
        guard case .connected(let session) = try handshake.receive(server[2]) else {
            Issue.record("not connected")
            return
        }
        #expect(session.serverVersion.hasPrefix("9.7.4") && !session.isEncrypted)
        #expect(session.capabilities.contains(.deprecateEOF))
    }

    @Test func fullAuthenticationWithoutTLSUsesTheServersPublicKey() throws {
        let (server, client) = try Self.packets("mysql/9.7.4/handshake/caching-sha2-full-public-key")
        var handshake = machine(allowsKey: true)
        _ = try handshake.receive(server[0])
        #expect(server[1] == [0x01, 0x04])
        #expect(try handshake.receive(server[1]) == .send([0x02]))
        #expect(client[1] == [0x02])
        guard case .sendEncrypted(let masked, let key) = try handshake.receive(server[2]) else {
            Issue.record("no key was used")
            return
        }
        #expect(masked.count == "secret".utf8.count + 1)
        #expect(String(decoding: key, as: UTF8.self).hasPrefix("-----BEGIN PUBLIC KEY-----"))
        guard case .connected = try handshake.receive(server[3]) else {
            Issue.record("not connected")
            return
        }
    }

    @Test func publicKeyRetrievalMustBeAllowed() throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/caching-sha2-full-public-key")
        var handshake = machine()
        _ = try handshake.receive(server[0])
        do {
            _ = try handshake.receive(server[1])
            Issue.record("requested the key")
        } catch {
            let reason = MySQLAuthenticationError(
                .publicKeyRetrievalNotAllowed, user: "wire_sha2", isMariaDB: false)
            #expect(error == .authentication(reason))
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test func fullAuthenticationOverTLSSendsThePassword() throws {
        let (greeting, request) = try Self.packets("mysql/9.7.4/handshake/ssl-request")
        var handshake = machine(tls: .always)
        guard case .startTLS(let ours) = try handshake.receive(greeting[0]) else {
            Issue.record("TLS was not requested")
            return
        }
        #expect(ours.count == 32 && request[0].count == 32)
        let response = try Self.sent(handshake.tlsStarted())
        #expect(Array(response.prefix(32)) == ours)
        #expect(try handshake.receive([0x01, 0x04]) == .send(Array("secret".utf8) + [0]))
    }

    @Test func emptyPasswordHasAnEmptyResponse() throws {
        let (server, client) = try Self.packets("mysql/9.7.4/handshake/empty-password")
        var handshake = machine(user: "root", password: "", database: "wire")
        let response = try Self.sent(try handshake.receive(server[0]))
        #expect(Self.authentication(response, user: "root") == [])
        #expect(Self.authentication(client[0], user: "root") == [])
    }

    @Test func authSwitchRequestIsAnsweredForTheOtherPlugin() throws {
        let (server, client) = try Self.packets("mysql/9.7.4/handshake/switch-to-caching-sha2")
        var handshake = machine()
        _ = try handshake.receive(server[0])
        #expect(server[1].first == 0xFE)
        #expect(try handshake.receive(server[1]) == .send(client[1]))
        #expect(try handshake.receive(server[2]) == .needMore)
    }

    @Test func secondAuthSwitchRequestIsRejected() throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/switch-to-caching-sha2")
        var handshake = machine()
        _ = try handshake.receive(server[0])
        _ = try handshake.receive(server[1])
        #expect(throws: MySQLError.self) { try handshake.receive(server[1]) }
    }

    @Test func sha256PasswordsAreEncryptedWithTheServersPublicKey() throws {
        let (server, client) = try Self.packets("mysql/9.7.4/handshake/switch-to-sha256")
        var handshake = machine(user: "wire_sha256", allowsKey: true)
        _ = try handshake.receive(server[0])
        #expect(try handshake.receive(server[1]) == .send([0x01]))
        #expect(client[1] == [0x01])
        guard case .sendEncrypted = try handshake.receive(server[2]) else {
            Issue.record("no key was used")
            return
        }
    }

    @Test func mysqlNativePasswordAuthenticatesToMariaDB() throws {
        let (server, client) = try Self.packets("mariadb/11.8.9/handshake/native-password")
        var handshake = machine(user: "wire_native")
        let response = try Self.sent(try handshake.receive(server[0]))
        #expect(Self.authentication(response, user: "wire_native") == Self.authentication(client[0], user: "wire_native"))
        #expect(Self.authentication(response, user: "wire_native").count == 20)
        guard case .connected(let session) = try handshake.receive(server[1]) else {
            Issue.record("not connected")
            return
        }
        #expect(session.serverVersion.contains("MariaDB"))
    }

    @Test func mariaDBSwitchesToTheNativePassword() throws {
        let (server, client) = try Self.packets("mariadb/11.8.9/handshake/switch-to-native")
        // MariaDB's greeting names the native plugin; it is replaced by another name to cause the switch.
        var handshake = machine(user: "wire_native")
        var greeting = server[0]
        let name = Array("mysql_native_password".utf8)
        let place = try #require(greeting.indices.last { greeting[$0...].starts(with: name) })
        greeting.replaceSubrange(place..<(place + name.count), with: Array("caching_sha2_password".utf8))
        _ = try handshake.receive(greeting)
        #expect(try handshake.receive(server[1]) == .send(client[1]))
    }

    @Test(arguments: [
        ("wrong-password", UInt16(1045), "28000"), ("unknown-database", 1049, "42000"),
        ("too-many-connections", 1040, "08004"),
    ])
    func errorPacketsAreThrownAsServerErrors(name: String, code: UInt16, state: String) throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/\(name)")
        var handshake = machine(allowsKey: true)
        do {
            for packet in server { _ = try handshake.receive(packet) }
            Issue.record("no error")
        } catch {
            guard case .server(let error) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(error.code == code)
            #expect(error.sqlState == state)
        }
    }

    @Test func requiredTLSThatIsNotOfferedIsAnError() throws {
        var greeting = try Self.packets("mysql/9.7.4/handshake/empty-password").server[0]
        let zero = try #require(greeting.firstIndex(of: 0))
        // CLIENT_SSL is bit 11 of the lower capabilities, which follow number, challenge and filler.
        greeting[zero + 1 + 4 + 8 + 1 + 1] &= ~0x08
        var demanding = machine(tls: .always)
        #expect(throws: MySQLError.unsupported(.tlsNotOffered)) { try demanding.receive(greeting) }
        var content = machine(tls: .ifOffered)
        #expect(try Self.sent(try content.receive(greeting)).count > 32)
    }

    @Test(arguments: ["client_ed25519", "auth_gssapi_client", "mysql_clear_password", "mysql_old_password"])
    func unsupportedPluginsAreNamed(plugin: String) throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/empty-password")
        var handshake = machine()
        _ = try handshake.receive(server[0])
        let request = [0xFE] + Array(plugin.utf8) + [0] + [UInt8](repeating: 7, count: 20) + [0]
        do {
            _ = try handshake.receive(request)
            Issue.record("answered")
        } catch {
            #expect("\(error)".contains(plugin) && !"\(error)".contains("secret"))
        }
    }

    @Test(arguments: [
        ("mysql/9.7.4/handshake/empty-password", false), ("mariadb/11.8.9/handshake/native-password", true),
    ])
    func unsupportedPluginErrorNamesTheKindOfServer(conversation: String, isMariaDB: Bool) throws {
        var handshake = machine()
        _ = try handshake.receive(try Self.packets(conversation).server[0])
        do {
            _ = try handshake.receive([0xFE] + Array("client_ed25519".utf8) + [0] + [UInt8](repeating: 7, count: 32))
            Issue.record("answered")
        } catch {
            let reason = MySQLAuthenticationError(
                .unsupportedPlugin("client_ed25519"), user: "wire_sha2", isMariaDB: isMariaDB)
            #expect(error == .authentication(reason))
        }
    }

    @Test func xProtocolPortIsRecognized() {
        var handshake = machine()
        do {
            _ = try handshake.receive([11, 0, 0, 0])
            Issue.record("accepted")
        } catch { #expect("\(error)".contains("X protocol")) }
    }

    @Test func programNameIsConfigurable() throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/empty-password")
        func response(_ programName: String?) throws -> String {
            let account = Handshake.Account(user: "root", password: "", programName: programName)
            var handshake = Handshake(account: account, tls: .never)
            return String(decoding: try Self.sent(try handshake.receive(server[0])), as: UTF8.self)
        }
        #expect(try response("tail").hasSuffix("_client_name\tMySQLWire\u{0C}program_name\u{04}tail"))
        #expect(try response(nil).hasSuffix("_client_name\tMySQLWire"))
    }

    @Test func packetsAfterTheHandshakeAreRejected() throws {
        let (server, _) = try Self.packets("mysql/9.7.4/handshake/empty-password")
        var handshake = machine(user: "root", password: "")
        _ = try handshake.receive(server[0])
        _ = try handshake.receive(server[1])
        #expect(throws: MySQLError.self) { try handshake.receive(server[1]) }
    }

    @Test(arguments: ConversationTests.names.filter { $0.contains("/handshake/") })
    func damagedPacketsThrow(name: String) throws {
        let (server, _) = try Self.packets(name)
        for index in server.indices {
            func attempt(_ packet: UnsafeRawBufferPointer) throws {
                for tls in [Handshake.TLSRequirement.never, .ifOffered] {
                    var handshake = machine(allowsKey: true, tls: tls)
                    for before in server[..<index] {
                        if case .startTLS = try handshake.receive(before) { _ = handshake.tlsStarted() }
                    }
                    if case .startTLS = try handshake.receive(packet) { _ = handshake.tlsStarted() }
                }
            }
            survivesDamage(to: server[index], decode: attempt)
            survivesMutation(of: server[index], rounds: 200, seed: 11, decode: attempt)
        }
    }
}

extension Handshake {
    fileprivate mutating func receive(_ packet: [UInt8]) throws(MySQLError) -> Action {
        // Copied, so that the machine sees memory that ends with the packet.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: packet.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: packet)
        return try receive(UnsafeRawBufferPointer(copy))
    }
}
