import WireCore

/// Accepts connections on one address, serves each on a thread of its own, up to a limit, and closes them at the end.
package final class SocketServer: Sendable {
    /// Identifies one connection during the server's lifetime.
    package struct ConnectionID: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct State {
        var served: [ConnectionID: SocketCanceller] = [:]
        var refused: [ConnectionID: SocketCanceller] = [:]
        var lastNumber = 0
        /// The acceptor's thread and one for each connection.
        var threadCount = 0
        var isStopping = false
        /// Set while the server is full, so that this is logged once and not for each refused connection.
        var isFullnessLogged = false
    }

    /// The handling of a new connection.
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
    private let state = Monitor(State())

    /// The local address; the port is the one that the system chose if 0 was requested.
    package var address: SocketAddress { listener.address }

    /// Listens immediately; connections are accepted after `start(refuse:serve:)`.
    ///
    /// - Parameters:
    ///   - name: in the names of its threads and in log lines.
    ///   - connectionsMax: the maximum number of connections that are served at the same time.
    ///
    /// Throws `StreamError` if the address cannot be bound.
    package init(
        listen address: SocketAddress, name: String, connectionsMax: Int, logger: Logger
    ) throws(StreamError) {
        listener = try SocketListener(address: address)
        self.name = name
        self.connectionsMax = connectionsMax
        self.logger = logger
    }

    /// Starts accepting connections.
    ///
    /// - Parameters:
    ///   - refuse: sends the reason to a client when too many connections are open; runs on a thread of its own, which
    ///     must end soon. If nil, such a connection is closed immediately.
    ///   - serve: serves a connection until it ends, on its own thread.
    package func start(
        refuse: (@Sendable (StreamPair) -> Void)? = nil,
        serve: @escaping @Sendable (StreamPair, ConnectionID) -> Void
    ) {
        state.withLock { $0.threadCount += 1 }
        startThread(named: "\(name)-acceptor", stackBytes: 256 << 10) { [self] in
            do throws(StreamError) {
                while let streams = try listener.accept() { admit(streams, refuse, serve) }
            } catch {
                logger.error("The \(name) listener \(address) failed and accepts no more connections: \(error)")
            }
            state.update { $0.threadCount -= 1 }
        }
    }

    /// Stops accepting connections; open connections continue.
    package func stopAccepting() {
        state.withLock { $0.isStopping = true }
        listener.stop()
    }

    /// Interrupts these connections; blocked reads and writes of their threads fail immediately.
    package func cut(_ ids: some Sequence<ConnectionID>) {
        let cancellers = state.withLock { state in ids.compactMap { state.served[$0] } }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Interrupts all connections.
    package func cutAll() {
        let cancellers = state.withLock { Array($0.served.values) + Array($0.refused.values) }
        for canceller in cancellers { canceller.cancel() }
    }

    /// Waits until all threads have ended, after `stopAccepting()`. Returns false if that takes longer than
    /// `milliseconds`.
    package func awaitEnd(milliseconds: Int) -> Bool {
        state.wait(until: .now.advanced(byMilliseconds: milliseconds)) { $0.threadCount == 0 ? true : nil } ?? false
    }

    /// A connection that is served or refused counts as a thread from here on.
    private func admission(of canceller: SocketCanceller, mayRefuse: Bool) -> Admission {
        let (admission, mustLog) = state.withLock { state -> (Admission, Bool) in
            if state.isStopping { return (.cut, false) }
            let isFull = state.served.count >= connectionsMax
            let mustLog = isFull && !state.isFullnessLogged
            state.isFullnessLogged = isFull
            if isFull, !mayRefuse || state.refused.count >= Self.refusedMax { return (.cut, mustLog) }
            state.threadCount += 1
            state.lastNumber += 1
            let id = ConnectionID(number: state.lastNumber)
            if isFull {
                state.refused[id] = canceller
                return (.refused(id), mustLog)
            }
            state.served[id] = canceller
            return (.served(id), mustLog)
        }
        if mustLog {
            logger.warn("The \(name) listener \(address) refuses connections: \(connectionsMax) are open")
        }
        return admission
    }

    private func admit(
        _ streams: sending StreamPair, _ refuse: (@Sendable (StreamPair) -> Void)?,
        _ serve: @escaping @Sendable (StreamPair, ConnectionID) -> Void
    ) {
        let canceller = streams.canceller
        let admission = admission(of: canceller, mayRefuse: refuse != nil)
        if case .cut = admission { return canceller.cancel() }
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
        state.update { state in
            switch admission {
            case .served(let id): state.served[id] = nil
            case .refused(let id): state.refused[id] = nil
            case .cut: return
            }
            state.threadCount -= 1
        }
    }
}
