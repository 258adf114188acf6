import Foundation
import WireStreams

/// Sends a response's body piece by piece. Used on the connection's thread, by the closure of a streamed response.
package final class HTTPBodyWriter {
    private let output: OutputStream
    private let isChunked: Bool

    init(_ output: OutputStream, isChunked: Bool) {
        self.output = output
        self.isChunked = isChunked
    }

    /// Sends bytes immediately. Blocks while the client does not read, for at most
    /// `HTTPLimits.writeTimeoutMilliseconds`.
    ///
    /// Throws if the client has disconnected or is too slow, or if the server stops. The closure should end then.
    package func write(_ bytes: [UInt8]) throws(StreamError) {
        // An empty chunk would end the body.
        guard !bytes.isEmpty else { return }
        guard isChunked else { return try send(bytes) }
        try send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A])
    }

    func finish() throws(StreamError) {
        if isChunked { try send(Array("0\r\n\r\n".utf8)) }
    }

    private func send(_ bytes: [UInt8]) throws(StreamError) {
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(StreamError) in try output.writeAll(buffer) }
    }
}
