import Synchronization
import WireCore
import WireStreams

/// An HTTP/1.1 server with one thread per connection, so that a slow peer does not delay others.
///
/// `HTTPLimits` limits bytes, time and the number of connections.
package final class HTTPServer: Sendable {
    /// Handles a request. Called on the connection's own thread, which may block.
    package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

    private let server: SocketServer
    private let limits: HTTPLimits
    private let handler: Handler
    private let budget: HTTPByteBudget
    private let idle = Mutex(IdleConnections())

    /// The connections that wait for the next request. They are closed immediately when the server stops.
    private struct IdleConnections {
        var ids: Set<SocketServer.ConnectionID> = []
        var isStopping = false
    }

    package var address: SocketAddress { server.address }

    /// Binds the address; requests are accepted after `start()`.
    ///
    /// - Parameters:
    ///   - name: the name of the server in messages and of its threads.
    ///   - logger: the logger of its messages. The default is that of a worker's REST server.
    package init(
        address: SocketAddress, name: String = "REST", limits: HTTPLimits = HTTPLimits(),
        logger: Logger = Logger("org.apache.kafka.connect.runtime.rest.RestServer"), handler: @escaping Handler
    ) throws(StreamError) {
        server = try SocketServer(
            listen: address, name: name, connectionsMax: limits.connectionsMax, logger: logger)
        self.limits = limits
        budget = HTTPByteBudget(bytesMax: limits.heldBytesMax)
        self.handler = handler
    }

    package func start() {
        let (limits, budget) = (limits, budget)
        server.start(
            refuse: { streams in
                HTTPConnection(streams: streams, limits: limits, budget: budget)
                    .refuse(HTTPProtocolError(503, "too many connections"))
            },
            serve: { [self] streams, id in
                serve(HTTPConnection(streams: streams, limits: limits, budget: budget), id: id)
            })
    }

    /// Stops accepting connections, waits at most `graceMilliseconds` for running requests, then closes all
    /// connections.
    package func stop(graceMilliseconds: Int = 1000) {
        server.stopAccepting()
        let waiting = idle.withLock { idle in
            idle.isStopping = true
            return idle.ids
        }
        server.cut(waiting)
        if !server.awaitEnd(milliseconds: graceMilliseconds) { server.cutAll() }
    }

    private func serve(_ connection: HTTPConnection, id: SocketServer.ConnectionID) {
        connection.serve(handler: handler) { isIdle in
            idle.withLock { idle in
                if isIdle { idle.ids.insert(id) } else { idle.ids.remove(id) }
                return !idle.isStopping
            }
        }
        idle.withLock { _ = $0.ids.remove(id) }
    }
}
