import Foundation

/// Both directions of a connection and the handle that interrupts it.
package struct StreamPair {
    package let input: InputStream
    package let output: OutputStream
    package let canceller: SocketCanceller
    /// Sets the time limits of reads and writes; 0 waits without a limit.
    package let setTimeouts: (_ readMilliseconds: Int, _ writeMilliseconds: Int) -> Void
    /// Sets the latest time at which reads and writes end, whatever their own limits; nil is never.
    package let setDeadline: (ContinuousClock.Instant?) -> Void
    /// The peer's numeric address, for logs; nil if the connection has ended.
    package let peerHost: () -> String?
    /// Whether the peer has ended a connection from which nothing is left to read.
    package let isClosedByPeer: () -> Bool
    /// The subject of the certificate that the peer has presented and that was verified, as RFC 2253 writes it; nil
    /// without one.
    package let peerSubject: String?

    init(socket: Socket) {
        input = SocketInputStream(socket: socket)
        output = SocketOutputStream(socket: socket)
        canceller = socket.canceller
        setTimeouts = { socket.readTimeoutMilliseconds = $0; socket.writeTimeoutMilliseconds = $1 }
        setDeadline = { socket.deadline = $0 }
        peerHost = { socket.peerHost }
        isClosedByPeer = { socket.isClosedByPeer }
        peerSubject = nil
    }

    /// A pair of streams that are not sockets (bytes in memory, a test's faulty network), without time limits.
    package init(input: InputStream, output: OutputStream) {
        self.input = input
        self.output = output
        canceller = SocketCanceller(descriptor: -1)
        setTimeouts = { _, _ in }
        setDeadline = { _ in }
        peerHost = { nil }
        isClosedByPeer = { false }
        peerSubject = nil
    }

    init(input: InputStream, output: OutputStream, over inner: StreamPair, peerSubject: String?) {
        self.input = input
        self.output = output
        canceller = inner.canceller
        setTimeouts = inner.setTimeouts
        setDeadline = inner.setDeadline
        peerHost = inner.peerHost
        isClosedByPeer = inner.isClosedByPeer
        self.peerSubject = peerSubject
    }

    /// Ends the connection in order: with close_notify if it uses TLS. Called by the thread that writes.
    package func close() {
        output.close()
        canceller.cancel()
    }
}
