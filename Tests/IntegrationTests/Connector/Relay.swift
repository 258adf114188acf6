import Foundation
import Synchronization
import WireStreams

/// A relay between a client and a server that can be told to misbehave.
final class Relay: Sendable {
    enum Mode: Sendable {
        case passing
        /// New connections are closed at once.
        case refusing
        /// Connections stay open, and nothing passes any more.
        case silent
    }

    private struct State {
        var mode = Mode.passing
        var cancellers: [SocketCanceller] = []
        /// Bytes from the server after which all connections are cut, counted over all of them.
        var bytesLeft = Int.max
    }

    private let listener: SocketListener
    private let state = Mutex(State())
    var address: SocketAddress { listener.address }

    init(to server: SocketAddress) throws {
        let listener = try SocketListener(address: SocketAddress(host: "127.0.0.1", port: 0))
        self.listener = listener
        startThread(named: "relay") { [weak self] in
            while true {
                guard let client = (try? listener.accept()) ?? nil else { return }
                guard let relay = self else { return }
                relay.join(client, to: server)
            }
        }
    }

    deinit { listener.stop() }

    private func join(_ client: StreamPair, to server: SocketAddress) {
        guard state.withLock({ $0.mode }) == .passing,
            let upstream = try? SocketConnector.connect(to: server, timeoutMilliseconds: 5000)
        else {
            client.canceller.cancel()
            return
        }
        state.withLock { $0.cancellers += [client.canceller, upstream.canceller] }
        pump(client.input, upstream.output, [client.canceller, upstream.canceller], isFromServer: false)
        pump(upstream.input, client.output, [client.canceller, upstream.canceller], isFromServer: true)
    }

    private func pump(
        _ input: InputStream, _ output: OutputStream, _ cancellers: [SocketCanceller], isFromServer: Bool
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
            // The cut is made; the connections that follow are good ones.
            if allowed < count { state.bytesLeft = .max }
            return allowed
        }
    }

    func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

    /// Cuts the connections when so many more bytes came from the server.
    func cut(afterBytes count: Int) { state.withLock { $0.bytesLeft = count } }

    /// Cuts all connections now; new ones are taken again.
    func cut() {
        let cancellers = state.withLock { state in
            defer { state.cancellers = [] }
            state.bytesLeft = .max
            return state.cancellers
        }
        for canceller in cancellers { canceller.cancel() }
    }
}

/// Carries both ends of a pump to its thread; only that thread uses them.
private struct UncheckedPair: @unchecked Sendable {
    let input: InputStream
    let output: OutputStream
}
