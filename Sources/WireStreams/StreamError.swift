import Foundation

/// Why a stream gave or took no bytes. Carries no payload, so that it may be logged.
public enum StreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The peer closed its side in order.
    case closed
    /// Nothing came (or went) within the time limit.
    case timedOut(milliseconds: Int)
    /// Somebody here cut the connection through its `SocketCanceller`.
    case cancelled
    /// A system call failed; `operation` says which and on what.
    case system(errno: Int32, operation: String)
    /// A host name that leads to no address.
    case unresolvable(host: String, reason: String)
    /// The TLS layer refused: certificate, protocol version, handshake.
    case tls(String)

    public var description: String {
        switch self {
        case .closed: "the peer closed the connection"
        case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
        case .cancelled: "the connection was given up"
        case .system(let code, let operation): "\(operation): \(String(cString: strerror(code)))"
        case .unresolvable(let host, let reason): "the host name \(host) cannot be resolved: \(reason)"
        case .tls(let reason): "TLS: \(reason)"
        }
    }
}

/// A stream whose last failure is known in our own terms; every subclass of ours is one.
public protocol FailureReportingStream: AnyObject {
    var failure: StreamError? { get }
}

extension InputStream {
    /// Reads what is there, at least one byte, blocking until then.
    ///
    /// - Returns: the number of bytes; 0 at the orderly end of the stream.
    public func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard let address = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count > 0 else { return 0 }
        let count = read(address, maxLength: buffer.count)
        guard count >= 0 else {
            throw (self as? any FailureReportingStream)?.failure ?? .system(errno: EIO, operation: "read")
        }
        return count
    }
}

extension OutputStream {
    /// Writes all bytes, blocking until the last one is handed to the system.
    public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var rest = bytes
        while let address = rest.baseAddress?.assumingMemoryBound(to: UInt8.self), rest.count > 0 {
            let count = write(address, maxLength: rest.count)
            guard count > 0 else {
                if count == 0 { throw .closed }
                throw (self as? any FailureReportingStream)?.failure ?? .system(errno: EIO, operation: "write")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
