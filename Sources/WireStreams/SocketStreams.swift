import Foundation

/// The receiving side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
public final class SocketInputStream: InputStream, FailureReportingStream {
    private let socket: Socket
    public private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(data: Data())
    }

    /// How long a read may wait for its first byte; 0 waits for ever.
    public var timeoutMilliseconds: Int {
        get { socket.readTimeoutMilliseconds }
        set { socket.readTimeoutMilliseconds = newValue }
    }

    public override func open() {}
    public override func close() { socket.canceller.cancel() }
    public override var hasBytesAvailable: Bool { true }
    public override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    public override var streamError: (any Error)? { failure }

    public override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        do throws(StreamError) {
            return try socket.receive(into: buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }

    public override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}

/// The sending side of a TCP connection as a Foundation stream. Blocking; use it from one thread.
public final class SocketOutputStream: OutputStream, FailureReportingStream {
    private let socket: Socket?
    public private(set) var failure: StreamError?

    init(socket: Socket) {
        self.socket = socket
        super.init(toMemory: ())
    }

    /// Foundation demands this initialiser of every subclass; such a stream is closed from the start.
    public required init(toMemory: ()) {
        socket = nil
        super.init(toMemory: ())
    }

    /// How long a write may wait for room; 0 waits for ever.
    public var timeoutMilliseconds: Int {
        get { socket?.writeTimeoutMilliseconds ?? 0 }
        set { socket?.writeTimeoutMilliseconds = newValue }
    }

    public override func open() {}
    public override func close() { socket?.canceller.cancel() }
    public override var hasSpaceAvailable: Bool { true }
    public override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    public override var streamError: (any Error)? { failure }

    public override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        guard let socket else { return -1 }
        do throws(StreamError) {
            return try socket.send(buffer, count: count)
        } catch {
            failure = error
            return -1
        }
    }
}

/// Both directions of a connection and the handle that cuts it. What the wire libraries are built on.
public struct StreamPair {
    public let input: InputStream
    public let output: OutputStream
    public let canceller: SocketCanceller
    /// Sets how long reads (and writes) wait; 0 waits for ever.
    public let setTimeouts: (_ readMilliseconds: Int, _ writeMilliseconds: Int) -> Void
    /// Sets when reads and writes end at the latest, whatever their own limits say; nil: never.
    public let setDeadline: (ContinuousClock.Instant?) -> Void
    /// The peer's numeric address, for logs; nil where the connection is gone.
    public let peerHost: () -> String?

    init(socket: Socket) {
        input = SocketInputStream(socket: socket)
        output = SocketOutputStream(socket: socket)
        canceller = socket.canceller
        setTimeouts = { socket.readTimeoutMilliseconds = $0; socket.writeTimeoutMilliseconds = $1 }
        setDeadline = { socket.deadline = $0 }
        peerHost = { socket.peerHost }
    }

    /// Over streams that are no sockets (bytes in memory, a test's bad network); they know no time limits.
    public init(input: InputStream, output: OutputStream) {
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
}
