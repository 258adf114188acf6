import Foundation

/// Opens TCP connections.
package enum SocketConnector {
    /// The sizes of the system's buffers of a connection; nil leaves them to the system, which adapts them.
    package struct BufferSizes: Sendable {
        package var sendBytes: Int?
        package var receiveBytes: Int?

        package init(sendBytes: Int? = nil, receiveBytes: Int? = nil) {
            self.sendBytes = sendBytes
            self.receiveBytes = receiveBytes
        }
    }

    /// Connects to the first address of the host that accepts the connection. The name is resolved by each call.
    ///
    /// - Parameter timeoutMilliseconds: for all addresses together; each has an equal share of what is left, so that
    ///   one that does not answer leaves time for the others.
    /// - Parameter onOpen: receives the canceller before the first blocking call, so that a stop interrupts a
    ///   connection attempt.
    package static func connect(
        to address: SocketAddress, timeoutMilliseconds: Int, buffers: BufferSizes = BufferSizes(),
        onOpen: (SocketCanceller) -> Void = { _ in }
    ) throws(StreamError) -> StreamPair {
        let deadline = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
        var lastError = StreamError.unresolvable(host: address.host, reason: "no address")
        let candidates = try address.resolve()
        for (index, candidate) in candidates.enumerated() {
            let now = ContinuousClock.now
            let share = now + (deadline - now) / (candidates.count - index)
            do throws(StreamError) {
                return StreamPair(
                    socket: try connect(candidate, to: address, deadline: share, buffers: buffers, onOpen: onOpen))
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
        buffers: BufferSizes, onOpen: (SocketCanceller) -> Void
    ) throws(StreamError) -> Socket {
        let descriptor = socket(candidate.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno: errno, operation: "socket") }
        let connection = Socket(descriptor: descriptor)
        // Before the connection, whose window they limit.
        connection.setBuffers(sendBytes: buffers.sendBytes, receiveBytes: buffers.receiveBytes)
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
