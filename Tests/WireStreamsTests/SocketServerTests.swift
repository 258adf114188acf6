import Synchronization
import Testing
import WireCore
import WireTestSupport

@testable import WireStreams

@Suite struct SocketServerTests {
    private func server(connectionsMax: Int) throws -> SocketServer {
        try SocketServer(
            listen: SocketAddress(host: "127.0.0.1", port: 0), name: "test", connectionsMax: connectionsMax,
            logger: Logger("test", system: LogSystem()))
    }

    private func connect(to server: SocketServer) throws -> StreamPair {
        let streams = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        streams.setTimeouts(5000, 5000)
        return streams
    }

    /// The next byte; nil at the end of the connection.
    private static func byte(from streams: StreamPair) -> UInt8? {
        var bytes: [UInt8] = [0]
        do {
            return try bytes.withUnsafeMutableBytes { try streams.input.readSome(into: $0) } == 1 ? bytes[0] : nil
        } catch { return nil }
    }

    private static func send(_ byte: UInt8, to streams: StreamPair) {
        // A closed connection is detected by the missing answer.
        do { try [byte].withUnsafeBytes { try streams.output.writeAll($0) } } catch {}
    }

    /// Sends one byte, then echoes each byte until the client closes.
    @Sendable private static func echo(_ streams: StreamPair, _ id: SocketServer.ConnectionID) {
        send(1, to: streams)
        while let byte = byte(from: streams) { send(byte, to: streams) }
    }

    @Test func connectionsBeyondTheLimitGetTheRefusal() throws {
        let server = try server(connectionsMax: 2)
        server.start(refuse: { Self.send(9, to: $0) }, serve: Self.echo)
        let (first, second) = (try connect(to: server), try connect(to: server))
        #expect(Self.byte(from: first) == 1)
        #expect(Self.byte(from: second) == 1)
        let third = try connect(to: server)
        #expect(Self.byte(from: third) == 9)
        #expect(Self.byte(from: third) == nil)
        Self.send(7, to: second)
        #expect(Self.byte(from: second) == 7)
        server.stopAccepting()
        server.cutAll()
        #expect(server.awaitEnd(milliseconds: 5000))
    }

    @Test func connectionsBeyondTheLimitAreClosedWithoutARefusal() throws {
        let server = try server(connectionsMax: 1)
        server.start(serve: Self.echo)
        let first = try connect(to: server)
        #expect(Self.byte(from: first) == 1)
        #expect(Self.byte(from: try connect(to: server)) == nil)
        server.stopAccepting()
        server.cutAll()
        #expect(server.awaitEnd(milliseconds: 5000))
    }

    @Test func endedConnectionFreesItsSlot() throws {
        let server = try server(connectionsMax: 1)
        let endedCount = Monitor(0)
        server.start { streams, id in
            Self.echo(streams, id)
            endedCount.update { $0 += 1 }
        }
        for round in 1...3 {
            // The slot becomes free shortly after the connection's end; until then new connections are closed at once.
            var isServed = false
            let deadline = MonotonicInstant.now.advanced(byMilliseconds: 5000)
            while !isServed, MonotonicInstant.now < deadline {
                let streams = try connect(to: server)
                isServed = Self.byte(from: streams) == 1
            }
            #expect(isServed)
            let limit = MonotonicInstant.now.advanced(byMilliseconds: 5000)
            #expect(endedCount.wait(until: limit) { $0 >= round ? true : nil } == true)
        }
        server.stopAccepting()
        #expect(server.awaitEnd(milliseconds: 5000))
    }

    @Test func selectedConnectionsAreClosedAndOthersContinue() throws {
        let server = try server(connectionsMax: 8)
        let ids = Mutex<[SocketServer.ConnectionID]>([])
        server.start { streams, id in
            ids.withLock { $0.append(id) }
            Self.echo(streams, id)
        }
        let first = try connect(to: server)
        #expect(Self.byte(from: first) == 1)
        let second = try connect(to: server)
        #expect(Self.byte(from: second) == 1)
        server.stopAccepting()
        server.cut(ids.withLock { $0.prefix(1) })
        #expect(Self.byte(from: first) == nil)
        Self.send(5, to: second)
        #expect(Self.byte(from: second) == 5)
        #expect(!server.awaitEnd(milliseconds: 0))
        server.cutAll()
        #expect(server.awaitEnd(milliseconds: 5000))
        #expect(throws: StreamError.self) { try connect(to: server) }
    }

    @Test func unstartedServerStopsAtOnce() throws {
        let server = try server(connectionsMax: 1)
        server.stopAccepting()
        #expect(server.awaitEnd(milliseconds: 0))
    }
}
