import WireCore
import WireStreams

/// One connection's life: requests in, answers out, until either side has had enough. Lives on its own thread.
package final class HTTPConnection {
    private let streams: StreamPair
    private let limits: HTTPLimits
    private let budget: HTTPByteBudget
    /// What of the budget this connection has taken.
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
    /// - Parameter idleChanged: called when the connection begins or stops to wait between requests; answers whether
    ///   the connection may go on.
    package func serve(handler: HTTPServer.Handler, idleChanged: (Bool) -> Bool) {
        defer { budget.giveBack(heldBytes) }
        do {
            while idleChanged(true), let request = try receive(idleChanged) {
                let response = handler(request)
                let keepAlive = request.wantsKeepAlive && idleChanged(false)
                try send(
                    response, persistence: keepAlive ? .open(minorVersion: request.minorVersion) : .closing,
                    headOnly: request.method == "HEAD")
                if !keepAlive { break }
                // What is left belongs to the next request.
                try hold(parser.heldBytes)
            }
            streams.canceller.cancel()
        } catch let error as HTTPProtocolError {
            refuse(error)
        } catch {
            // The peer is gone or too slow for an answer.
            streams.canceller.cancel()
        }
    }

    /// Answers with an error in Connect's form and ends the connection.
    package func refuse(_ error: HTTPProtocolError) {
        let body = JSONValue.object(["error_code": .integer(Int64(error.status)), "message": .string(error.reason)])
        let response = HTTPResponse(
            status: error.status, headers: [.init(name: "Content-Type", value: "application/json")], body: body.encoded())
        do {
            try send(response, persistence: .closing, headOnly: false)
            try drain()
        } catch {
            // Nothing more can be said to a peer that does not listen.
        }
        streams.canceller.cancel()
    }

    /// Reads on for a moment after an early answer: closing with unread bytes resets the connection, and the peer
    /// might never see the answer.
    private func drain() throws(StreamError) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: limits.drainMillisecondsMax)
        var bytes = 0
        while bytes < limits.bodyBytesMax {
            let left = deadline.milliseconds(since: .now)
            guard left > 0 else { return }
            streams.setTimeouts(min(left, 200), limits.writeTimeoutMilliseconds)
            let count = try chunk.withUnsafeMutableBytesTyped { buffer throws(StreamError) in
                try streams.input.readSome(into: buffer)
            }
            if count == 0 { return }
            bytes += count
        }
    }

    /// The next request; nil at the orderly end of the connection.
    private func receive(_ idleChanged: (Bool) -> Bool) throws -> HTTPRequest? {
        var isIdle = true
        var phase = parser.phase
        var deadline = MonotonicInstant.now.advanced(byMilliseconds: limit(of: phase))
        while true {
            switch try parser.next() {
            case .request(let request):
                // Where it came in one piece, the end of the pause has not been reported yet.
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
                    throw HTTPProtocolError(400, "the request ends too early")
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

    /// Waits for more bytes; false at the end of the stream.
    private func fill(until deadline: MonotonicInstant, phase: HTTPRequestParser.Phase) throws -> Bool {
        let left = deadline.milliseconds(since: .now)
        var hasMore = false
        do throws(StreamError) {
            guard left > 0 else { throw .timedOut(milliseconds: 0) }
            streams.setTimeouts(left, limits.writeTimeoutMilliseconds)
            let count = try chunk.withUnsafeMutableBytesTyped { buffer throws(StreamError) in
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

    /// Takes as much of the budget as this connection's request needs, or returns what it no longer needs.
    private func hold(_ bytes: Int) throws(HTTPProtocolError) {
        guard budget.resize(from: heldBytes, to: bytes) else {
            throw HTTPProtocolError(503, "too many large requests at once; try again")
        }
        heldBytes = bytes
    }

    private func send(
        _ response: HTTPResponse, persistence: HTTPResponse.Persistence, headOnly: Bool
    ) throws(StreamError) {
        writer.reset()
        response.encode(into: &writer, persistence: persistence, headOnly: headOnly, now: WallTime.now.seconds)
        try writer.withUnsafeBytes { bytes throws(StreamError) in try streams.output.writeAll(bytes) }
    }
}

extension Array where Element == UInt8 {
    /// As `withUnsafeMutableBytes`, but keeps the type of the error.
    fileprivate mutating func withUnsafeMutableBytesTyped<R>(
        _ body: (UnsafeMutableRawBufferPointer) throws(StreamError) -> R
    ) throws(StreamError) -> R {
        var result: Result<R, StreamError>?
        withUnsafeMutableBytes { buffer in
            result = Result { () throws(StreamError) -> R in try body(buffer) }
        }
        guard let result else { preconditionFailure("withUnsafeMutableBytes runs its body") }
        return try result.get()
    }
}
