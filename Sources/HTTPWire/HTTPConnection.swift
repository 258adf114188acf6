import WireCore
import WireStreams

/// Serves one connection on its own thread: receives requests and sends responses until either side closes.
package final class HTTPConnection {
    private let streams: StreamPair
    private let limits: HTTPLimits
    private let budget: HTTPByteBudget
    /// This connection's share of the budget.
    private var heldBytes = 0
    private var parser: HTTPRequestParser
    private var writer = ByteWriter(capacityBytes: 4096)
    private var chunk = [UInt8](repeating: 0, count: 16 << 10)

    package init(streams: StreamPair, limits: HTTPLimits, budget: HTTPByteBudget) {
        self.streams = streams
        self.limits = limits
        self.budget = budget
        parser = HTTPRequestParser(limits: limits)
    }

    /// Serves requests until the connection ends.
    ///
    /// - Parameter idleChanged: called when the connection begins or stops to wait between requests. Returns whether
    ///   the connection may continue.
    package func serve(handler: HTTPServer.Handler, idleChanged: (Bool) -> Bool) {
        defer { budget.release(heldBytes) }
        do {
            while idleChanged(true), let request = try receive(idleChanged) {
                let response = handler(request)
                let mayPersist = !response.isStreamed || request.minorVersion >= 1
                let keepAlive = request.wantsKeepAlive && mayPersist && idleChanged(false)
                try send(
                    response, to: request,
                    persistence: keepAlive ? .open(minorVersion: request.minorVersion) : .closing)
                if !keepAlive { break }
                // The rest belongs to the next request.
                try hold(parser.heldBytes)
            }
            streams.close()
        } catch let error as HTTPProtocolError {
            refuse(error)
        } catch {
            // The peer disconnected or is too slow, or a streamed body failed.
            streams.canceller.cancel()
        }
    }

    /// Answers with an error in Connect's form and ends the connection.
    package func refuse(_ error: HTTPProtocolError) {
        let body = JSONValue.object(["error_code": .integer(Int64(error.status)), "message": .string(error.reason)])
        let response = HTTPResponse(
            status: error.status, headers: [.init(name: "Content-Type", value: "application/json")], body: body.encoded())
        do {
            try send(response, persistence: .closing, headOnly: false, isChunked: false)
            try drain()
        } catch { /* The peer does not read the response. */ }
        streams.close()
    }

    /// Continues to read for a limited time after an early response: closing with unread bytes resets the connection,
    /// and the peer might not receive the response.
    private func drain() throws(StreamError) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: limits.drainMillisecondsMax)
        var bytes = 0
        while bytes < limits.bodyBytesMax {
            let left = deadline.milliseconds(since: .now)
            guard left > 0 else { return }
            streams.setTimeouts(min(left, 200), limits.writeTimeoutMilliseconds)
            let count = try chunk.withMutableBytes { buffer throws(StreamError) in
                try streams.input.readSome(into: buffer)
            }
            if count == 0 { return }
            bytes += count
        }
    }

    /// Returns the next request, or nil at the end of the connection.
    private func receive(_ idleChanged: (Bool) -> Bool) throws -> HTTPRequest? {
        var isIdle = true
        var phase = parser.phase
        var deadline = MonotonicInstant.now.advanced(byMilliseconds: limit(of: phase))
        while true {
            switch try parser.next() {
            case .request(let request):
                // The request may have arrived in one piece, while the connection counted as idle.
                if isIdle { guard idleChanged(false) else { return nil } }
                return request
            case .sendContinue:
                try HTTPResponse.continueInterim.withUnsafeBytes { try streams.output.writeAll($0) }
            case .needMore:
                if isIdle, parser.phase != .idle {
                    guard idleChanged(false) else { return nil }
                    isIdle = false
                }
                if parser.phase != phase {
                    phase = parser.phase
                    deadline = MonotonicInstant.now.advanced(byMilliseconds: limit(of: phase))
                }
                guard try fill(until: deadline, phase: phase) else {
                    if phase == .idle { return nil }
                    throw HTTPProtocolError(400, "the request is incomplete")
                }
            }
        }
    }

    private func limit(of phase: HTTPRequestParser.Phase) -> Int {
        switch phase {
        case .idle: limits.idleTimeoutMilliseconds
        case .head: limits.headersTimeoutMilliseconds
        case .body: limits.bodyTimeoutMilliseconds
        }
    }

    /// Waits for more bytes. Returns false at the end of the stream.
    private func fill(until deadline: MonotonicInstant, phase: HTTPRequestParser.Phase) throws -> Bool {
        let left = deadline.milliseconds(since: .now)
        var hasMore = false
        do throws(StreamError) {
            guard left > 0 else { throw .timedOut(milliseconds: 0) }
            streams.setTimeouts(left, limits.writeTimeoutMilliseconds)
            let count = try chunk.withMutableBytes { buffer throws(StreamError) in
                try streams.input.readSome(into: buffer)
            }
            chunk.withUnsafeBytes { parser.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            hasMore = count > 0
        } catch {
            guard case .timedOut = error, phase != .idle else { throw error }
            throw HTTPProtocolError(408, "the request took too long to arrive")
        }
        try hold(parser.heldBytes)
        return hasMore
    }

    /// Takes as much of the budget as this connection's request needs, or releases what it no longer needs.
    private func hold(_ bytes: Int) throws(HTTPProtocolError) {
        guard budget.resize(from: heldBytes, to: bytes) else {
            throw HTTPProtocolError(503, "too many large requests at once; try again")
        }
        heldBytes = bytes
    }

    private func send(
        _ response: HTTPResponse, to request: HTTPRequest, persistence: HTTPResponse.Persistence
    ) throws {
        let headOnly = request.method == "HEAD"
        let isChunked = request.minorVersion >= 1
        try send(response, persistence: persistence, headOnly: headOnly, isChunked: isChunked)
        guard case .stream(let write) = response.body, !headOnly else { return }
        let body = HTTPBodyWriter(streams.output, isChunked: isChunked)
        try write(body)
        try body.finish()
    }

    private func send(
        _ response: HTTPResponse, persistence: HTTPResponse.Persistence, headOnly: Bool, isChunked: Bool
    ) throws(StreamError) {
        writer.reset()
        response.encode(
            into: &writer, persistence: persistence, headOnly: headOnly, isChunked: isChunked,
            now: WallTime.now.seconds)
        try writer.withUnsafeBytes { bytes throws(StreamError) in try streams.output.writeAll(bytes) }
    }
}
