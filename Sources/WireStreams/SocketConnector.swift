import Foundation

/// Opens TCP connections.
package enum SocketConnector {
    /// Connects to the first address of the host that accepts the connection.
    ///
    /// - Parameter timeoutMilliseconds: for all addresses together.
    /// - Parameter onOpen: receives the canceller before the first blocking call, so that a stop interrupts a
    ///   connection attempt.
    package static func connect(
        to address: SocketAddress, timeoutMilliseconds: Int, onOpen: (SocketCanceller) -> Void = { _ in }
    ) throws(StreamError) -> StreamPair {
        let deadline = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
        var lastError = StreamError.unresolvable(host: address.host, reason: "no address")
        for candidate in try address.resolve() {
            do throws(StreamError) {
                return StreamPair(socket: try connect(candidate, to: address, deadline: deadline, onOpen: onOpen))
            } catch {
                if error == .cancelled { throw error }
                lastError = error
            }
        }
        if case .timedOut = lastError { throw .timedOut(milliseconds: timeoutMilliseconds) }
        throw lastError
    }

    private static func connect(
        _ candidate: ResolvedAddress, to address: SocketAddress, deadline: ContinuousClock.Instant,
        onOpen: (SocketCanceller) -> Void
    ) throws(StreamError) -> Socket {
        let descriptor = socket(candidate.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno: errno, operation: "socket") }
        let connection = Socket(descriptor: descriptor)
        onOpen(connection.canceller)
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let started = candidate.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        if started != 0 {
            guard errno == EINPROGRESS else { throw .system(errno: errno, operation: "connect to \(address)") }
            try awaitConnection(connection, to: address, deadline: deadline)
        }
        _ = fcntl(descriptor, F_SETFL, flags)
        if connection.canceller.isCancelled { throw .cancelled }
        return connection
    }

    private static func awaitConnection(
        _ connection: Socket, to address: SocketAddress, deadline: ContinuousClock.Instant
    ) throws(StreamError) {
        while true {
            let left = (deadline - .now).milliseconds
            guard left > 0 else { throw .timedOut(milliseconds: 0) }
            var entry = pollfd(fd: connection.descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&entry, 1, Int32(clamping: left))
            if connection.canceller.isCancelled { throw .cancelled }
            if ready > 0 { break }
            if ready < 0, errno != EINTR { throw .system(errno: errno, operation: "connect to \(address)") }
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        _ = getsockopt(connection.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { throw .system(errno: code, operation: "connect to \(address)") }
    }
}
