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
/// key update), so writes to the inner stream have a lock of their own, `sendOrder`, which is taken first.
final class TLSConnection {
    private let engine: TLSEngine
    private let engineLock = Mutex(())
    private let sendOrder = Mutex(())
    private let inner: StreamPair
    private let end: TLSEnd
    private var isClosed = false
    /// The maximum time that close_notify waits for room in the system's buffer.
    private static let closeMillisecondsMax = 100

    init(engine: TLSEngine, inner: StreamPair, end: TLSEnd) {
        self.engine = engine
        self.inner = inner
        self.end = end
    }

    /// A connection that is released without `close()` ends in order too.
    deinit { close() }

    func handshake() throws(StreamError) {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            // If it fails, the alert with the reason is sent before the error is thrown.
            let progress = engineLock.withLock { _ in Result { () throws(StreamError) in try engine.handshake() } }
            try flush()
            if try progress.get() == .done { return }
            // As without TLS: a later attempt may succeed, when the peer has started or accepts connections again.
            guard try readInner(into: &chunk) > 0 else { throw .closed }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        var chunk: [UInt8] = []
        while true {
            let count = try engineLock.withLock { _ throws(StreamError) in try engine.read(into: buffer) }
            try flush()
            if let count { return count }
            if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: 64 << 10) }
            guard try readInner(into: &chunk) > 0 else {
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

    private func readInner(into chunk: inout [UInt8]) throws(StreamError) -> Int {
        let count = try chunk.withMutableBytes { (buffer) throws(StreamError) in
            try inner.input.readSome(into: buffer)
        }
        chunk.withUnsafeBytes { bytes in
            engineLock.withLock { _ in engine.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        }
        return count
    }

    private func flush() throws(StreamError) {
        try sendOrder.withLock { _ throws(StreamError) in
            let bytes = engineLock.withLock { _ in engine.takeOutgoing() }
            guard !bytes.isEmpty else { return }
            try bytes.span.bytes.withUnsafeBytes { (buffer) throws(StreamError) in
                try inner.output.writeAll(buffer)
            }
        }
    }
}
