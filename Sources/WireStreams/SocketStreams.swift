import Foundation

/// The receiving side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
package final class SocketInputStream: InputStream, FailureReportingStream {
    private let socket: Socket
    package private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(data: Data())
    }

    /// How long a read may wait for its first byte; 0 waits without a limit.
    package var timeoutMilliseconds: Int {
        get { socket.readTimeoutMilliseconds }
        set { socket.readTimeoutMilliseconds = newValue }
    }

    package override func open() {}
    package override func close() { socket.canceller.cancel() }
    package override var hasBytesAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        do throws(StreamError) {
            return try socket.receive(into: buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }

    package override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}

/// The sending side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
package final class SocketOutputStream: OutputStream, FailureReportingStream {
    private let socket: Socket?
    package private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(toMemory: ())
    }

    /// Foundation requires this initializer of every subclass. The stream is closed from the start.
    package required init(toMemory: ()) {
        socket = nil
        super.init(toMemory: ())
    }

    /// How long a write may wait for room; 0 waits without a limit.
    package var timeoutMilliseconds: Int {
        get { socket?.writeTimeoutMilliseconds ?? 0 }
        set { socket?.writeTimeoutMilliseconds = newValue }
    }

    package override func open() {}
    package override func close() { socket?.canceller.cancel() }
    package override var hasSpaceAvailable: Bool { true }
    package override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    package override var streamError: (any Error)? { failure }

    package override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        guard let socket else { return -1 }
        do throws(StreamError) {
            return try socket.send(buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }
}

/// Both directions of a connection and the handle that interrupts it.
package struct StreamPair {
    package let input: InputStream
    package let output: OutputStream
    package let canceller: SocketCanceller
    /// Sets how long reads and writes wait; 0 waits without a limit.
    package let setTimeouts: (_ readMilliseconds: Int, _ writeMilliseconds: Int) -> Void
    /// Sets when reads and writes end at the latest, whatever their own limits say; nil: never.
    package let setDeadline: (ContinuousClock.Instant?) -> Void
    /// The peer's numeric address, for logs; nil if the connection has ended.
    package let peerHost: () -> String?

    init(socket: Socket) {
        input = SocketInputStream(socket: socket)
        output = SocketOutputStream(socket: socket)
        canceller = socket.canceller
        setTimeouts = { socket.readTimeoutMilliseconds = $0; socket.writeTimeoutMilliseconds = $1 }
        setDeadline = { socket.deadline = $0 }
        peerHost = { socket.peerHost }
    }

    /// A pair of streams that are not sockets (bytes in memory, a test's faulty network), without time limits.
    package init(input: InputStream, output: OutputStream) {
        self.input = input
        self.output = output
        canceller = SocketCanceller(descriptor: -1)
        setTimeouts = { _, _ in }
        setDeadline = { _ in }
        peerHost = { nil }
    }

    init(input: InputStream, output: OutputStream, over inner: StreamPair) {
        self.input = input
        self.output = output
        canceller = inner.canceller
        setTimeouts = inner.setTimeouts
        setDeadline = inner.setDeadline
        peerHost = inner.peerHost
    }

    /// Ends the connection in order: over TLS with close_notify. Called by the thread that writes.
    package func close() {
        output.close()
        canceller.cancel()
    }
}
