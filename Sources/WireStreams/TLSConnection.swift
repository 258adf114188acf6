import Foundation
import Synchronization
import WireCore

/// How the end of a TLS connection is recognised.
package enum TLSEnd: Equatable, Sendable {
    /// By the peer's close_notify. Reads throw `StreamError.truncated` if the connection ends without it.
    case closeNotify
    /// By the protocol above, whose messages have a length or an end mark of their own. Reads return 0 when the
    /// connection ends, with or without close_notify.
    case delimitedByProtocol
}

/// The state that both streams of a TLS connection share: the engine under its lock, and the inner streams.
///
/// The engine's lock is held only while bytes are converted. The reading thread may have something to send too (a
/// key update), so writes to the inner stream have a lock of their own, `unsent`, which is taken first.
final class TLSConnection {
    private let engine: TLSEngine
    private let engineLock = Mutex(())
    /// Ciphertext that the system had no room for in `writeAvailable`; sent before any other.
    private let unsent = Mutex<[UInt8]>([])
    private let inner: StreamPair
    /// The inner output if it can write without blocking.
    private let nonblockingOutput: (any NonblockingOutputStream)?
    private let end: TLSEnd
    private var isClosed = false
    /// Ciphertext that is read. Not initialized, so that the part that is never filled takes no memory.
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// The maximum time that close_notify waits for room in the system's buffer.
    private static let closeMillisecondsMax = 100

    init(engine: TLSEngine, inner: StreamPair, end: TLSEnd) {
        self.engine = engine
        self.inner = inner
        nonblockingOutput = inner.output as? any NonblockingOutputStream
        self.end = end
    }

    /// A connection that is released without `close()` ends in order too.
    deinit {
        close()
        chunk.deallocate()
    }

    func handshake() throws(StreamError) {
        while true {
            // If it fails, the alert with the reason is sent before the error is thrown.
            let progress = engineLock.withLock { _ in Result { () throws(StreamError) in try engine.handshake() } }
            try flush()
            if try progress.get() == .done { return }
            // As without TLS: a later attempt may succeed, when the peer has started or accepts connections again.
            guard try readInner() > 0 else { throw .closed }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        while true {
            let (count, hasOutgoing) = try engineLock.withLock { _ throws(StreamError) in
                (try engine.read(into: buffer), engine.hasOutgoing)
            }
            if hasOutgoing { try flush() }
            if let count { return count }
            guard try readInner() > 0 else {
                if end == .closeNotify { throw .truncated }
                return 0
            }
        }
    }

    func write(_ plaintext: UnsafeRawBufferPointer) throws(StreamError) {
        var rest = plaintext
        while rest.count > 0 {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(256 << 10))
            try engineLock.withLock { _ throws(StreamError) in try engine.write(piece) }
            try flush()
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        }
    }

    /// Sends close_notify. The inner streams stay open. A second call does nothing.
    func close() {
        if isClosed { return }
        isClosed = true
        inner.setTimeouts(Self.closeMillisecondsMax, Self.closeMillisecondsMax)
        engineLock.withLock { _ in engine.shutDown() }
        do throws(StreamError) { try flush() } catch { /* The peer is gone or reads nothing. */ }
    }

    /// Encrypts and sends as much as the system accepts at once; the rest is kept. Returns the number of bytes that
    /// were accepted: all, or 0 if earlier bytes or those of another thread must be sent first.
    func writeAvailable(_ plaintext: UnsafeRawBufferPointer) throws(StreamError) -> Int {
        guard let output = nonblockingOutput else { return 0 }
        return try unsent.withLockIfAvailable { unsent throws(StreamError) in
            guard unsent.isEmpty else { return 0 }
            let ciphertext = try engineLock.withLock { _ throws(StreamError) in
                try engine.write(plaintext)
                return engine.takeOutgoing()
            }
            let sent = try ciphertext.span.bytes.withUnsafeBytes { (bytes) throws(StreamError) in
                try output.writeAvailable(bytes)
            }
            if sent < ciphertext.count { unsent = Array(ciphertext[sent...]) }
            return plaintext.count
        } ?? 0
    }

    var hasUnsentBytes: Bool { unsent.withLock { !$0.isEmpty } }

    func sendUnsentBytes() throws(StreamError) {
        try unsent.withLock { unsent throws(StreamError) in try send([], after: &unsent) }
    }

    private func readInner() throws(StreamError) -> Int {
        let count = try inner.input.readSome(into: chunk)
        engineLock.withLock { _ in engine.feed(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
        return count
    }

    private func flush() throws(StreamError) {
        try unsent.withLock { unsent throws(StreamError) in
            let bytes = engineLock.withLock { _ in engine.takeOutgoing() }
            if !bytes.isEmpty { try send(bytes, after: &unsent) }
        }
    }

    private func send(_ bytes: [UInt8], after unsent: inout [UInt8]) throws(StreamError) {
        let earlier = unsent
        unsent = []
        for part in [earlier, bytes] where !part.isEmpty {
            try part.span.bytes.withUnsafeBytes { (buffer) throws(StreamError) in try inner.output.writeAll(buffer) }
        }
    }
}
