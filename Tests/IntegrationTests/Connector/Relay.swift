import Foundation
import Synchronization
import WireStreams

/// A relay between a client and a server that can delay, cut or redirect connections.
final class Relay: Sendable {
    enum Mode: Sendable {
        case passing
        /// New connections are closed at once.
        case refusing
        /// Connections stay open, and no byte is passed on.
        case silent
    }

    private struct State {
        var mode = Mode.passing
        /// The servers of new connections, in order; the last one is used for all further connections.
        var servers: [SocketAddress]
        /// Connections that were open when `hold()` was called.
        var held: Set<Int> = []
        /// The number of bytes of each binlog stream that are passed on before it is held; nil for all.
        var streamBytes: Int?
        /// The number of bytes that the server has sent since the binlog was requested, by connection.
        var streams: [Int: Int] = [:]
        var nextConnection = 0
        var cancellers: [SocketCanceller] = []
        /// The number of bytes from the server, over all connections, after which all connections are cut.
        var bytesLeft = Int.max
        /// That of connections after this cut; nil for the same one.
        var serverAfterCut: SocketAddress?
    }

    private let listener: SocketListener
    private let state: Mutex<State>
    private let released = NSCondition()
    private let connected = NSCondition()
    var address: SocketAddress { listener.address }

    convenience init(to server: SocketAddress) throws { try self.init(to: [server]) }

    init(to servers: [SocketAddress]) throws {
        state = Mutex(State(servers: servers))
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        self.listener = listener
        startThread(named: "relay") { [weak self] in
            while true {
                guard let client = (try? listener.accept()) ?? nil else { return }
                guard let relay = self else { return }
                relay.join(client)
            }
        }
    }

    deinit { listener.stop() }

    private func join(_ client: StreamPair) {
        let server = state.withLock { state -> SocketAddress? in
            guard state.mode == .passing else { return nil }
            return state.servers.count > 1 ? state.servers.removeFirst() : state.servers.first
        }
        guard let server, let upstream = try? SocketConnector.connect(to: server, timeoutMilliseconds: 5000) else {
            client.canceller.cancel()
            return
        }
        let connection = state.withLock { state in
            state.cancellers += [client.canceller, upstream.canceller]
            state.nextConnection += 1
            return state.nextConnection
        }
        connected.lock()
        connected.broadcast()
        connected.unlock()
        let cancellers = [client.canceller, upstream.canceller]
        pump(client.input, upstream.output, cancellers, connection, isFromServer: false)
        pump(upstream.input, client.output, cancellers, connection, isFromServer: true)
    }

    private func pump(
        _ input: InputStream, _ output: OutputStream, _ cancellers: [SocketCanceller], _ connection: Int,
        isFromServer: Bool
    ) {
        let ends = UncheckedPair(input: input, output: output)
        startThread(named: "relay-pump") { [weak self] in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
            defer {
                buffer.deallocate()
                for canceller in cancellers { canceller.cancel() }
            }
            while let count = try? ends.input.readSome(into: buffer), count > 0 {
                guard let relay = self else { return }
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                relay.note(piece, connection, isFromServer: isFromServer)
                relay.awaitRelease(of: connection)
                let allowed = relay.allow(count, isFromServer: isFromServer)
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<allowed])
                if allowed > 0, (try? ends.output.writeAll(bytes)) == nil { return }
                if allowed < count, relay.state.withLock({ $0.mode }) != .silent { return }
            }
        }
    }

    private func allow(_ count: Int, isFromServer: Bool) -> Int {
        state.withLock { state in
            if state.mode == .silent { return 0 }
            guard isFromServer else { return count }
            let allowed = min(count, state.bytesLeft)
            if state.bytesLeft != .max { state.bytesLeft -= allowed }
            if allowed < count {
                // The connections are cut now; later ones are not.
                state.bytesLeft = .max
                if let server = state.serverAfterCut { state.servers = [server] }
            }
            return allowed
        }
    }

    /// Tracks which connections are binlog streams, and holds those beyond `streamBytes`.
    private func note(_ bytes: UnsafeRawBufferPointer, _ connection: Int, isFromServer: Bool) {
        state.withLock { state in
            // COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID, the first packet of a command.
            if !isFromServer, bytes.count > 4, bytes[3] == 0, [0x12, 0x1E].contains(bytes[4]) {
                state.streams[connection] = 0
            }
            guard isFromServer, let sum = state.streams[connection] else { return }
            state.streams[connection] = sum + bytes.count
            if let limit = state.streamBytes, sum + bytes.count > limit { state.held.insert(connection) }
        }
    }

    /// Holds present and future binlog streams after a number of bytes until `release()`, like a server that reads a
    /// large event.
    func holdStreams(afterBytes count: Int) {
        state.withLock { state in
            state.streamBytes = count
            state.held.formUnion(state.streams.keys)
        }
    }

    private func awaitRelease(of connection: Int) {
        released.lock()
        defer { released.unlock() }
        while state.withLock({ $0.held.contains(connection) }) { released.wait() }
    }

    /// Holds the connections that are open now, in both directions, until `release()`. New connections are not held.
    func hold() { state.withLock { $0.held = Set(0...$0.nextConnection) } }

    /// Passes on the held bytes.
    func release() {
        state.withLock { state in
            state.held = []
            state.streamBytes = nil
        }
        released.lock()
        released.broadcast()
        released.unlock()
    }

    /// Waits until this number of connections was made; returns false if the time limit passes first.
    func waitForConnections(_ count: Int, seconds: Int = 20) -> Bool {
        let deadline = Date(timeIntervalSinceNow: TimeInterval(seconds))
        connected.lock()
        defer { connected.unlock() }
        while connectionCount < count { if !connected.wait(until: deadline) { return connectionCount >= count } }
        return true
    }

    /// The number of connections so far.
    var connectionCount: Int { state.withLock { $0.nextConnection } }

    /// Makes new connections lead to this server.
    func redirect(to server: SocketAddress) { state.withLock { $0.servers = [server] } }

    func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

    /// Cuts the connections after this number of further bytes from the server; later ones lead to `server` if it is
    /// given.
    func cut(afterBytes count: Int, redirectingTo server: SocketAddress? = nil) {
        state.withLock { ($0.bytesLeft, $0.serverAfterCut) = (count, server) }
    }

    /// Cuts all connections now; new ones are accepted.
    func cut() {
        let cancellers = state.withLock { state in
            defer { state.cancellers = [] }
            state.bytesLeft = .max
            return state.cancellers
        }
        release()
        for canceller in cancellers { canceller.cancel() }
    }
}

/// Carries both ends of a pump to its thread; only that thread uses them.
private struct UncheckedPair: @unchecked Sendable {
    let input: InputStream
    let output: OutputStream
}
