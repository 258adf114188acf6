import Foundation
import Synchronization
import Testing
import WireTestSupport

@testable import WireStreams

@Suite struct SocketTests {
    private let anyPort = SocketAddress(host: "127.0.0.1", port: 0)

    private func read(_ count: Int, from streams: StreamPair) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
        return Array(bytes[..<read])
    }

    @Test func bytesAreExchangedAndTheEndIsReported() throws {
        let server = try ScriptedServer([[.expect([1, 2, 3]), .send([4, 5])]])
        let client = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        try [UInt8]([1, 2, 3]).withUnsafeBytes { try client.output.writeAll($0) }
        #expect(try read(2, from: client) == [4, 5])
        #expect(try read(1, from: client) == [])
        #expect(server.awaitEnd() && server.unexpected.isEmpty)
    }

    @Test func readFromASilentPeerTimesOut() throws {
        let server = try ScriptedServer([[.awaitClose]])
        let client = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        client.setTimeouts(50, 50)
        #expect(throws: StreamError.timedOut(milliseconds: 50)) { try read(1, from: client) }
        client.canceller.cancel()
        #expect(server.awaitEnd())
    }

    @Test func deadlineEndsReadsWithoutTimeout() throws {
        let server = try ScriptedServer([[.awaitClose]])
        let client = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        for timeout in [0, 60_000] {
            client.setTimeouts(timeout, timeout)
            client.setDeadline(.now + .milliseconds(50))
            do {
                _ = try read(1, from: client)
                Issue.record("the read returned bytes")
            } catch {
                guard case .timedOut(let milliseconds)? = error as? StreamError else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(milliseconds <= 50)
            }
        }
        client.canceller.cancel()
        #expect(server.awaitEnd())
    }

    @Test func cancelledReadEndsAtOnce() throws {
        let server = try ScriptedServer([[.awaitClose]])
        let client = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        let canceller = client.canceller
        startThread(named: "canceller") { canceller.cancel() }
        #expect(throws: StreamError.cancelled) { try read(1, from: client) }
        #expect(throws: StreamError.self) { try [UInt8(1)].withUnsafeBytes { try client.output.writeAll($0) } }
        #expect(server.awaitEnd())
    }

    @Test func refusedConnectionErrorNamesTheAddress() throws {
        // The listener is released, and its port with it, when the closure returns.
        let address = try { try SocketListener(address: anyPort).address }()
        #expect(throws: StreamError.system(errno: ECONNREFUSED, operation: "connect to \(address)")) {
            try SocketConnector.connect(to: address, timeoutMilliseconds: 1000)
        }
    }

    @Test func unknownHostIsNamed() {
        #expect(throws: StreamError.self) {
            _ = try SocketConnector.connect(
                to: SocketAddress(host: "no-such-host.invalid", port: 1), timeoutMilliseconds: 1000)
        }
    }

    @Test func portInUseIsRefused() throws {
        let listener = try SocketListener(address: anyPort)
        #expect(throws: StreamError.self) { try SocketListener(address: listener.address) }
        listener.stop()
        #expect(try listener.accept() == nil)
    }

    @Test(arguments: [("localhost:9092", "localhost", 9092), ("[::1]:8083", "::1", 8083), ("10.0.0.5:1", "10.0.0.5", 1)])
    func addressesAreParsedInEveryForm(text: String, host: String, port: UInt16) {
        #expect(SocketAddress(text) == SocketAddress(host: host, port: port))
    }

    @Test(arguments: ["", "host", "host:", ":1", "host:70000", "ho st:1"])
    func invalidAddressIsRefused(text: String) { #expect(SocketAddress(text) == nil) }

    /// Like a server that is starting or stopping: not a TLS error, so it is retriable.
    @Test func closeDuringTheHandshakeIsALostConnection() throws {
        let server = try ScriptedServer([[.receive(count: 100)]])
        let plain = try SocketConnector.connect(to: server.address, timeoutMilliseconds: 5000)
        do {
            _ = try plain.startingTLS(TLSConfiguration(verification: .none))
            Issue.record("the handshake succeeded")
        } catch {
            // The system reports a reset if it had unread bytes.
            #expect([.closed, .system(errno: ECONNRESET, operation: "receive")].contains(error), "\(error)")
        }
        #expect(server.awaitEnd())
    }

    @Test func tlsRunsOverSocketsInBothDirectionsAtOnce() throws {
        let folder = Fixtures.folder.appending(path: "tls").path
        let listener = try SocketListener(address: anyPort)
        let sums = Mutex<[String]>([])
        let done = ThreadCompletion()
        startThread(named: "tls-server") {
            do {
                let identity = TLSConfiguration.Store.pem(path: "\(folder)/server.pem")
                let plain = try listener.accept()
                let streams = try plain?.acceptingTLS(TLSContext(TLSServerConfiguration(identity: identity)))
                // Echoes all bytes.
                var chunk = [UInt8](repeating: 0, count: 10_000)
                while let streams {
                    let count = try chunk.withUnsafeMutableBytes { try streams.input.readSome(into: $0) }
                    if count == 0 { break }
                    try chunk[..<count].withUnsafeBytes { try streams.output.writeAll($0) }
                }
            } catch { sums.withLock { $0.append("\(error)") } }
            done.finish()
        }
        let plain = try SocketConnector.connect(to: listener.address, timeoutMilliseconds: 5000)
        let client = try plain.startingTLS(
            TLSConfiguration(verification: .identity(host: "127.0.0.1"), trust: .pem(path: "\(folder)/ca.pem")))
        client.setTimeouts(5000, 5000)
        let message = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        var received: [UInt8] = []
        for start in stride(from: 0, to: message.count, by: 50_000) {
            try message[start..<(start + 50_000)].withUnsafeBytes { try client.output.writeAll($0) }
            while received.count < start { received += try read(100_000, from: client) }
        }
        while received.count < message.count { received += try read(100_000, from: client) }
        #expect(received == message)
        client.canceller.cancel()
        #expect(done.wait(milliseconds: 5000))
        listener.stop()
    }
}
