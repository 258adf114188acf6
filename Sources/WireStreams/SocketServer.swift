import Dispatch
import Synchronization
import WireCore

/// The server side of many connections: accepts them on one address, serves each on a thread of its own, up to a limit,
/// and closes them at the end.
package final class SocketServer: Sendable {
    /// Identifies a connection for as long as the server exists.
    package struct ConnectionID: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Connections {
        var served: [ConnectionID: SocketCanceller] = [:]
        var refused: [ConnectionID: SocketCanceller] = [:]
        var lastNumber = 0
        var isStopping = false
        /// Whether the server has logged that it is full: once, not for each refused connection.
        var fullnessIsKnown = false
    }

    /// What happens to a new connection.
    private enum Admission {
        case served(ConnectionID)
        case refused(ConnectionID)
        case cut
    }

    /// The maximum number of refused connections that get a reason at the same time; others are closed without one.
    private static let refusedMax = 32

    private let listener: SocketListener
    private let name: String
    private let connectionsMax: Int
    private let logger: Logger
    private let connections = Mutex(Connections())
    /// The acceptor's thread and the connections' threads.
    private let threads = DispatchGroup()

    /// The listening address; the port is the one that the system chose if 0 was requested.
    package var address: SocketAddress { listener.address }

    /// Listens at once; connections are accepted after `start(refuse:serve:)`.
    ///
    /// - Parameters:
    ///   - name: used in the names of its threads and in log lines.
    ///   - connectionsMax: connections that are served at the same time.
    /// Throws `StreamError` if it cannot listen on the address.
    package init(
        listen address: SocketAddress, name: String, connectionsMax: Int, logger: Logger
    ) throws(StreamError) {
        listener = try SocketListener(address: address)
        self.name = name
        self.connectionsMax = connectionsMax
        self.logger = logger
    }

    /// Begins to accept.
    ///
    /// - Parameters:
    ///   - refuse: answers a client that too many connections are open, on a thread of its own, and must return soon;
    ///     nil closes such a connection at once.
    ///   - serve: handles a connection until its end, on the connection's own thread.
    package func start(
        refuse: (@Sendable (StreamPair) -> Void)? = nil,
        serve: @escaping @Sendable (StreamPair, ConnectionID) -> Void
    ) {
        threads.enter()
        startThread(named: "\(name)-acceptor", stackBytes: 256 << 10) { [self] in
            do throws(StreamError) {
                while let streams = try listener.accept() { admit(streams, refuse, serve) }
            } catch {
                logger.error("The \(name) listener \(address) failed and accepts no more connections: \(error)")
            }
            threads.leave()
        }
    }

    /// Accepts no more connections; open connections continue.
    package func stopAccepting() {
        connections.withLock { $0.isStopping = true }
        listener.stop()
    }

    /// Closes these connections; their threads are interrupted at once.
    package func cut(_ ids: some Sequence<ConnectionID>) {
        let cancellers = connections.withLock { open in ids.compactMap { open.served[$0] } }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Closes all connections.
    package func cutAll() {
        let cancellers = connections.withLock { Array($0.served.values) + Array($0.refused.values) }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Waits until all threads have ended, after `stopAccepting()`. Returns false if that takes longer.
    package func awaitEnd(milliseconds: Int) -> Bool {
        threads.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    }

    private func admission(of canceller: SocketCanceller, mayRefuse: Bool) -> Admission {
        connections.withLock { open in
            if open.isStopping { return .cut }
            let isFull = open.served.count >= connectionsMax
            if isFull, !open.fullnessIsKnown {
                logger.warn("The \(name) listener \(address) refuses connections: \(connectionsMax) are open")
            }
            open.fullnessIsKnown = isFull
            if isFull, !mayRefuse || open.refused.count >= Self.refusedMax { return .cut }
            open.lastNumber += 1
            let id = ConnectionID(number: open.lastNumber)
            if isFull {
                open.refused[id] = canceller
                return .refused(id)
            }
            open.served[id] = canceller
            return .served(id)
        }
    }

    private func admit(
        _ streams: sending StreamPair, _ refuse: (@Sendable (StreamPair) -> Void)?,
        _ serve: @escaping @Sendable (StreamPair, ConnectionID) -> Void
    ) {
        let canceller = streams.canceller
        let admission = admission(of: canceller, mayRefuse: refuse != nil)
        if case .cut = admission { return canceller.cancel() }
        threads.enter()
        do throws(StreamError) {
            try startConnectionThread(named: "\(name)-connection") { [self] in
                switch admission {
                case .served(let id): serve(streams, id)
                case .refused: refuse?(streams)
                case .cut: break
                }
                release(admission)
            }
        } catch {
            release(admission)
            canceller.cancel()
            logger.warn("The \(name) listener \(address) refused a connection: \(error)")
        }
    }

    private func release(_ admission: Admission) {
        connections.withLock { open in
            switch admission {
            case .served(let id): open.served[id] = nil
            case .refused(let id): open.refused[id] = nil
            case .cut: break
            }
        }
        threads.leave()
    }
}
