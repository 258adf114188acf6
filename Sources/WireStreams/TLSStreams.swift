import Foundation

/// What the two streams of a TLS connection share: the engine behind its lock, and the inner streams.
///
/// The lock is held only while bytes are turned into bytes. The reading thread may also have something to send (a
/// key update), so writes to the inner stream have a lock of their own.
final class TLSConnection {
    private let engine: TLSEngine
    private let lock = NSLock()
    private let sending = NSLock()
    private let inner: StreamPair

    init(engine: TLSEngine, inner: StreamPair) {
        self.engine = engine
        self.inner = inner
    }

    func handshake() throws(StreamError) {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let progress = Result { () throws(StreamError) in try engine.handshake() }
            try flush()
            if try progress.get() == .done { return }
            // As without TLS: the peer may well answer a later attempt, when it has started or has room again.
            guard try readInner(into: &chunk) > 0 else { throw .closed }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        var chunk: [UInt8] = []
        while true {
            let count = try locked { () throws(StreamError) in try engine.read(into: buffer) }
            try flush()
            if let count { return count }
            if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: 64 << 10) }
            if try readInner(into: &chunk) == 0 { return 0 }
        }
    }

    func write(_ plaintext: UnsafeRawBufferPointer) throws(StreamError) {
        var rest = plaintext
        while rest.count > 0 {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(256 << 10))
            try locked { () throws(StreamError) in try engine.write(piece) }
            try flush()
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        }
    }

    private func readInner(into chunk: inout [UInt8]) throws(StreamError) -> Int {
        var result: Result<Int, StreamError> = .success(0)
        chunk.withUnsafeMutableBytes { buffer in
            result = Result { () throws(StreamError) in try inner.input.readSome(into: buffer) }
        }
        let count = try result.get()
        lock.lock()
        chunk.withUnsafeBytes { engine.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        lock.unlock()
        return count
    }

    private func flush() throws(StreamError) {
        sending.lock()
        defer { sending.unlock() }
        lock.lock()
        let bytes = engine.takeOutgoing()
        lock.unlock()
        guard !bytes.isEmpty else { return }
        var result: Result<Void, StreamError> = .success(())
        bytes.withUnsafeBytes { buffer in
            result = Result { () throws(StreamError) in try inner.output.writeAll(buffer) }
        }
        try result.get()
    }

    private func locked<R>(_ body: () throws(StreamError) -> R) throws(StreamError) -> R {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}

extension StreamPair {
    /// Makes a TLS connection of this one; returns when the handshake is done.
    ///
    /// Throws `StreamError.tls` with the reason (the certificate's fault, no common version, …).
    public func startingTLS(
        _ configuration: TLSConfiguration, isServer: Bool = false
    ) throws(StreamError) -> StreamPair {
        let connection = TLSConnection(engine: try TLSEngine(configuration, isServer: isServer), inner: self)
        try connection.handshake()
        return StreamPair(input: TLSInputStream(connection), output: TLSOutputStream(connection), over: self)
    }
}

/// The receiving side of a TLS connection.
final class TLSInputStream: InputStream, FailureReportingStream {
    private let connection: TLSConnection
    private(set) var failure: StreamError?

    init(_ connection: TLSConnection) {
        self.connection = connection
        super.init(data: Data())
    }

    override func open() {}
    override func close() {}
    override var hasBytesAvailable: Bool { true }
    override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    override var streamError: (any Error)? { failure }

    override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength count: Int) -> Int {
        do throws(StreamError) {
            return try connection.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
        } catch {
            failure = error
            return -1
        }
    }

    override func getBuffer(
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, length count: UnsafeMutablePointer<Int>
    ) -> Bool { false }
}

/// The sending side of a TLS connection.
final class TLSOutputStream: OutputStream, FailureReportingStream {
    private let connection: TLSConnection?
    private(set) var failure: StreamError?

    init(_ connection: TLSConnection) {
        self.connection = connection
        super.init(toMemory: ())
    }

    /// Foundation demands this initialiser of every subclass; such a stream is closed from the start.
    required init(toMemory: ()) {
        connection = nil
        super.init(toMemory: ())
    }

    override func open() {}
    override func close() {}
    override var hasSpaceAvailable: Bool { true }
    override var streamStatus: Stream.Status { failure == nil ? .open : .error }
    override var streamError: (any Error)? { failure }

    override func write(_ buffer: UnsafePointer<UInt8>, maxLength count: Int) -> Int {
        guard let connection else { return -1 }
        do throws(StreamError) {
            try connection.write(UnsafeRawBufferPointer(start: buffer, count: count))
            return count
        } catch {
            failure = error
            return -1
        }
    }
}
