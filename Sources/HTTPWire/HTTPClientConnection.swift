import WireCore
import WireStreams

/// One connection of a client, for a sequence of exchanges.
final class HTTPClientConnection {
    let url: HTTPURL
    /// When its last exchange ended.
    var idleSince = MonotonicInstant.now
    /// Whether anything has arrived in the current exchange.
    private(set) var hasReceived = false
    private let streams: StreamPair
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    /// Connects, with TLS for https.
    ///
    /// - Parameters:
    ///   - url: names the server.
    ///   - deadline: of the whole exchange, including the connection.
    init(
        to url: HTTPURL, tls: TLSConfiguration, limits: HTTPClientLimits, deadline: MonotonicInstant,
        _ cancellation: HTTPCancellation
    ) throws(HTTPClientError) {
        self.url = url
        let remaining = deadline.milliseconds(since: .now)
        let timeout = min(limits.connectTimeoutMilliseconds, remaining)
        guard timeout > 0 else { throw .timedOut(.total, milliseconds: limits.totalTimeoutMilliseconds) }
        let connectDeadline = ContinuousClock.now + .milliseconds(timeout)
        do throws(StreamError) {
            let plain = try SocketConnector.connect(to: url.address, timeoutMilliseconds: timeout) {
                cancellation.add($0)
            }
            guard url.scheme == .https else {
                streams = plain
                return
            }
            plain.setDeadline(connectDeadline)
            streams = try plain.startingTLS(tls.connecting(to: url.host))
        } catch {
            if cancellation.isCancelled { throw .cancelled }
            guard case .timedOut = error else { throw .connection(url.address, error) }
            if timeout == remaining { throw .timedOut(.total, milliseconds: limits.totalTimeoutMilliseconds) }
            throw .timedOut(.connect, milliseconds: limits.connectTimeoutMilliseconds)
        }
    }

    var canceller: SocketCanceller { streams.canceller }

    /// Begins an exchange.
    func begin(readMilliseconds: Int, deadline: MonotonicInstant) {
        hasReceived = false
        streams.setTimeouts(readMilliseconds, readMilliseconds)
        // Rounded up: a time-out of the socket must come after the deadline, by which its cause is found.
        streams.setDeadline(.now + .milliseconds(max(0, deadline.milliseconds(since: .now)) + 1))
    }

    func send(_ bytes: [UInt8]) throws(StreamError) {
        try bytes.span.bytes.withUnsafeBytes { (buffer) throws(StreamError) in try streams.output.writeAll(buffer) }
    }

    /// Passes the next bytes to the parser. Returns false at the end of the connection.
    func receive(into parser: inout HTTPResponseParser) throws(StreamError) -> Bool {
        let count = try chunk.withMutableBytes { (buffer) throws(StreamError) in
            try streams.input.readSome(into: buffer)
        }
        chunk.withUnsafeBytes { parser.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        hasReceived = hasReceived || count > 0
        return count > 0
    }

    func close() { streams.close() }
}
