import Foundation

/// Why a stream could not be read or written. Contains no data of the connection, so it may be logged.
public enum StreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The peer closed the connection.
    case closed
    /// The connection ended without close_notify, TLS's mark of the end: data may have been cut off.
    case truncated
    /// No byte was received (or could be sent) within the time limit.
    case timedOut(milliseconds: Int)
    /// This side cancelled the connection through its `SocketCanceller`.
    case cancelled
    /// A system call failed; `operation` names the call and its object.
    case system(errno: Int32, operation: String)
    /// A host name that does not resolve to an address.
    case unresolvable(host: String, reason: String)
    /// TLS failed: certificate, protocol version, handshake.
    case tls(String)

    public var description: String {
        switch self {
        case .closed: "the peer closed the connection"
        case .truncated: "the TLS connection ended without close_notify"
        case .timedOut(let milliseconds): "no answer within \(milliseconds) ms"
        case .cancelled: "the connection was cancelled"
        case .system(let code, let operation): "\(operation): \(String(cString: strerror(code)))"
        case .unresolvable(let host, let reason): "the host name \(host) cannot be resolved: \(reason)"
        case .tls(let reason): "TLS: \(reason)"
        }
    }
}

/// A stream that reports its last failure as a `StreamError`, as all subclasses in this module do.
package protocol FailureReportingStream: AnyObject {
    var failure: StreamError? { get }
}

extension InputStream {
    /// Reads the available bytes; blocks until there is at least one.
    ///
    /// - Returns: the number of bytes; 0 at the end of the stream.
    package func readSome(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard let address = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count > 0 else { return 0 }
        let count = read(address, maxLength: buffer.count)
        guard count >= 0 else {
            throw (self as? any FailureReportingStream)?.failure ?? .system(errno: EIO, operation: "read")
        }
        return count
    }
}

extension OutputStream {
    /// Writes all bytes; blocks until the system has accepted the last one.
    package func writeAll(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
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
