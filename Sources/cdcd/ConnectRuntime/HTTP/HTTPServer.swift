import Foundation
import Synchronization
import WireCore
import WireStreams

/// Serves HTTP/1.1 on one address: a thread for each open connection, so that a slow peer delays nobody else.
///
/// Everything a client may use up is limited by `HTTPLimits`: bytes, time, and the number of connections.
final class HTTPServer: Sendable {
    /// Answers a request. Called on the connection's own thread, which may block meanwhile.
    typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    private let listener: SocketListener
    private let limits: HTTPLimits
    private let handler: Handler
    private let connections = Mutex(OpenConnections())
    private let acceptor = ThreadCompletion()
    private static let logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer")

    private struct OpenConnections {
        var cancellers: [Int: SocketCanceller] = [:]
        /// Those that wait between two requests; they may be cut at once when the server stops.
        var idle: Set<Int> = []
        var nextID = 0
        var isStopping = false
    }

    var address: SocketAddress { listener.address }

    /// Listens at once; requests are taken from `start()` on.
    init(address: SocketAddress, limits: HTTPLimits = HTTPLimits(), handler: @escaping Handler) throws(StreamError) {
        listener = try SocketListener(address: address)
        self.limits = limits
        self.handler = handler
    }

    func start() {
        let server = self
        startThread(named: "http-acceptor", stackBytes: 256 << 10) {
            server.acceptConnections()
            server.acceptor.finish()
        }
    }

    /// Takes no more connections, lets running requests end for at most `graceMilliseconds`, then cuts the rest.
    func stop(graceMilliseconds: Int = 1000) {
        listener.stop()
        let idle = connections.withLock { open in
            open.isStopping = true
            return open.idle.compactMap { open.cancellers[$0] }
        }
        for canceller in idle { canceller.cancel() }
        _ = acceptor.wait(milliseconds: graceMilliseconds)
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: graceMilliseconds)
        while connections.withLock({ !$0.cancellers.isEmpty }), MonotonicInstant.now < deadline { usleep(5000) }
        for canceller in connections.withLock({ Array($0.cancellers.values) }) { canceller.cancel() }
    }

    private func acceptConnections() {
        while true {
            do throws(StreamError) {
                guard let streams = try listener.accept() else { return }
                admit(streams)
            } catch {
                Self.logger.error("The REST listener \(address) failed and takes no more connections: \(error)")
                return
            }
        }
    }

    private func admit(_ streams: sending StreamPair) {
        let canceller = streams.canceller
        let id = connections.withLock { open -> Int? in
            guard !open.isStopping, open.cancellers.count < limits.connectionsMax else { return nil }
            open.nextID += 1
            open.cancellers[open.nextID] = canceller
            return open.nextID
        }
        let server = self
        do throws(StreamError) {
            try startConnectionThread(named: "http-connection") {
                let connection = HTTPConnection(streams: streams, limits: server.limits)
                if let id {
                    server.serve(connection, id: id)
                } else {
                    connection.refuse(HTTPProtocolError(503, "too many connections"))
                }
            }
        } catch {
            if let id { connections.withLock { $0.cancellers[id] = nil } }
            canceller.cancel()
            Self.logger.warn("Refused a connection: \(error)")
        }
    }

    private func serve(_ connection: HTTPConnection, id: Int) {
        connection.serve(handler: handler) { isIdle in
            self.connections.withLock { open in
                if isIdle { open.idle.insert(id) } else { open.idle.remove(id) }
                return !open.isStopping
            }
        }
        connections.withLock { open in
            open.cancellers[id] = nil
            open.idle.remove(id)
        }
    }
}

