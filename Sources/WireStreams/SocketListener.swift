import Foundation

/// Accepts TCP connections on one address.
package final class SocketListener: Sendable {
    private let descriptor: Int32
    private let canceller: SocketCanceller
    /// The listening address; the port is the one that the system chose if 0 was requested.
    package let address: SocketAddress

    /// Binds and listens. Throws `.system` if the port is taken or forbidden.
    package init(address: SocketAddress, backlog: Int = 512) throws(StreamError) {
        guard let candidate = try address.resolve(forListening: true).first else {
            throw .unresolvable(host: address.host, reason: "no address")
        }
        let descriptor = socket(candidate.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(errno: errno, operation: "socket") }
        let canceller = SocketCanceller(descriptor: descriptor)
        var on: Int32 = 1
        _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard candidate.withSockaddr({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, Int32(backlog)) == 0 else {
            throw .system(errno: errno, operation: "listen on \(address)")
        }
        var bound = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // The port is at the same offset in the addresses of both families.
        self.address = SocketAddress(host: address.host, port: UInt16(bigEndian: bound.sin6_port))
        self.descriptor = descriptor
        self.canceller = canceller
    }

    /// Waits for the next connection. Returns nil once `stop()` was called.
    ///
    /// Throws `.system` for a lasting failure. A client that disconnects before it is accepted causes none.
    package func accept() throws(StreamError) -> StreamPair? {
        while true {
            if canceller.isCancelled { return nil }
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                return StreamPair(socket: Socket(descriptor: connection))
            }
            if canceller.isCancelled { return nil }
            switch errno {
            // Errors of the connection, not of the listener; accept(2) documents that the call is to be retried.
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET,
                ENOPROTOOPT, EOPNOTSUPP:
                continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                // The pending connection stays in the queue; wait for others to end instead of spinning.
                _ = poll(nil, 0, 50)
            default: throw .system(errno: errno, operation: "accept on \(address)")
            }
        }
    }

    /// Ends `accept()` on the thread that waits in it.
    package func stop() { canceller.cancel() }
}
