import Dispatch
import Synchronization
import WireCore

/// The server's side of many connections: accepts them on one address, serves each on a thread of its own, up to a
/// limit, and cuts them at the end.
package final class SocketServer: Sendable {
    /// Names one connection for as long as the server lives.
    package struct ConnectionID: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Connections {
        var served: [ConnectionID: SocketCanceller] = [:]
        var refused: [ConnectionID: SocketCanceller] = [:]
        var lastNumber = 0
        var isStopping = false
        /// That the server is full is said once, not for each connection that is refused meanwhile.
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
    /// The acceptor's thread and one for each connection.
    private let threads = DispatchGroup()

    /// Where it listens; the port is the one that the system chose where 0 was asked for.
    package var address: SocketAddress { listener.address }

    /// Listens at once; connections are accepted from `start(refuse:serve:)` on.
    ///
    /// - Parameters:
    ///   - name: in the names of its threads and in log lines.
    ///   - connectionsMax: connections that are served at the same time.
    /// Throws `StreamError` where it cannot listen there.
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
    ///   - refuse: answers a client that too many connections are open; on a thread of its own, which must end soon.
    ///     nil: such a connection is closed at once.
    ///   - serve: a connection's whole life, on its own thread.
    package func start(
        refuse: (@Sendable (StreamPair) -> Void)? = nil,
        serve: @escaping @Sendable (StreamPair, ConnectionID) -> Void
    ) {
        threads.enter()
        startThread(named: "\(name)-acceptor", stackBytes: 256 << 10) { [self] in
            do throws(StreamError) {
                while let streams = try listener.accept() { admit(streams, refuse, serve) }
            } catch {
                logger.error("The \(name) listener \(address) failed and takes no more connections: \(error)")
            }
            threads.leave()
        }
    }

    /// Takes no more connections; those that are open go on.
    package func stopAccepting() {
        connections.withLock { $0.isStopping = true }
        listener.stop()
    }

    /// Cuts these connections; their threads see it at once.
    package func cut(_ ids: some Sequence<ConnectionID>) {
        let cancellers = connections.withLock { open in ids.compactMap { open.served[$0] } }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Cuts all connections.
    package func cutAll() {
        let cancellers = connections.withLock { Array($0.served.values) + Array($0.refused.values) }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Waits until all threads have ended, which begins with `stopAccepting()`; false where that takes longer.
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
                forget(admission)
            }
        } catch {
            forget(admission)
            canceller.cancel()
            logger.warn("The \(name) listener \(address) refused a connection: \(error)")
        }
    }

    private func forget(_ admission: Admission) {
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
