import Testing
import WireCore
import WireStreams
import WireTestSupport

@testable import MySQLWire

/// Errors of servers and proxies while a connection is established.
@Suite struct ConnectingTests {
    private static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 0xFF), UInt8(payload.count >> 8), 0, sequence] + payload
    }

    /// Protocol::ERR_Packet
    private static func error(_ code: UInt16, _ message: String, sequence: UInt8) -> [UInt8] {
        packet(sequence, [0xFF, UInt8(code & 0xFF), UInt8(code >> 8)] + Array("#HY000\(message)".utf8))
    }

    private static let ok: [UInt8] = [0, 0, 0, 2, 0, 0, 0]

    /// The first packet of a real server: without TLS, for an account without a password.
    private static func greeting() throws -> [UInt8] {
        var payload = try messages(
            of: Conversation("mysql/9.7.4/handshake/empty-password").fromServer, fed: .whole, to: CapturedPackets())[0]
        let zero = try #require(payload.firstIndex(of: 0))
        // CLIENT_SSL is bit 11 of the lower capabilities, which follow number, challenge and filler.
        payload[zero + 1 + 4 + 8 + 1 + 1] &= ~0x08
        return packet(0, payload)
    }

    private func options(_ server: ScriptedServer) -> MySQLConfiguration {
        var options = MySQLConfiguration(address: server.address, user: "root")
        options.connectTimeoutMilliseconds = 5000
        options.readTimeoutMilliseconds = 5000
        return options
    }

    private func failure(_ body: () throws -> Void) -> MySQLError? {
        do {
            try body()
            return nil
        } catch { return error as? MySQLError }
    }

    @Test(arguments: [2003, 1226, 1129, 9001] as [UInt16])
    func errorInsteadOfTheGreetingIsRetriable(code: UInt16) throws {
        let server = try ScriptedServer([[.send(Self.error(code, "no server just now", sequence: 0))]])
        let failure = failure { _ = try MySQLConnection.connect(options(server)) }
        #expect(failure?.isRetriable == true, "\(String(describing: failure))")
        #expect(failure?.description == "no server just now (error \(code), SQLSTATE HY000)")
    }

    /// A proxy sends the greeting itself before it detects that no server is available.
    @Test(arguments: [(UInt16(1226), true), (1129, true), (65_535, true), (1045, false), (3159, false)])
    func errorInsteadOfTheOKIsRetriable(code: UInt16, isRetriable: Bool) throws {
        let server = try ScriptedServer([[
            .send(try Self.greeting()), .receiveSome, .send(Self.error(code, "no", sequence: 2)),
        ]])
        let failure = failure { _ = try MySQLConnection.connect(options(server)) }
        #expect(failure?.isRetriable == isRetriable, "\(String(describing: failure))")
    }

    @Test func errorsAreRetriableUntilTheFirstCommandSucceeds() throws {
        let server = try ScriptedServer([[
            .send(try Self.greeting()), .receiveSome, .send(Self.packet(2, Self.ok)),
            .receiveSome, .send(Self.error(1129, "blocked", sequence: 1)),
            .receiveSome, .send(Self.packet(1, Self.ok)),
            .receiveSome, .send(Self.error(1129, "blocked", sequence: 1)),
        ]])
        let connection = try MySQLConnection.connect(options(server))
        let first = failure { try connection.execute("SET NAMES utf8mb4") }
        try connection.execute("SET NAMES utf8mb4")
        let later = failure { try connection.execute("SELECT 1") }
        #expect(first?.isRetriable == true)
        #expect(later?.isRetriable == false)
        #expect(server.awaitEnd() && server.unexpected.isEmpty, "\(server.unexpected)")
    }

    /// A server that is stopping sends its greeting and then closes TLS (close_notify) or the socket.
    @Test(arguments: [[0x15, 3, 3, 0, 2, 1, 0], []] as [[UInt8]])
    func endDuringTheTLSHandshakeIsALostConnection(last: [UInt8]) throws {
        let conversation = try Conversation("mysql/9.7.4/handshake/ssl-request")
        let greeting = try messages(of: conversation.fromServer, fed: .whole, to: CapturedPackets())[0]
        let server = try ScriptedServer([[.send(Self.packet(0, greeting)), .receiveSome, .receiveSome, .send(last)]])
        var options = options(server)
        options.tlsMode = .required
        let failure = failure { _ = try MySQLConnection.connect(options) }
        #expect(failure?.isRetriable == true, "\(String(describing: failure))")
    }

    /// Packets keep arriving within the read timeout (here AuthMoreData); the connect timeout still ends the handshake.
    @Test(.timeLimit(.minutes(1))) func endlessHandshakeTimesOut() throws {
        // Packet numbers wrap to 0 after 255.
        let packets = (0..<256).flatMap { Self.packet(UInt8(truncatingIfNeeded: $0 + 2), [0x01, 0x03]) }
        let server = try ScriptedServer([[.send(try Self.greeting()), .receiveSome, .flood(packets)]])
        var options = options(server)
        options.connectTimeoutMilliseconds = 300
        #expect(failure { _ = try MySQLConnection.connect(options) } == .stream(.timedOut(milliseconds: 300)))
    }
}
