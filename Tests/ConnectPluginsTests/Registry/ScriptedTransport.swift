import HTTPWire
import WireCore

@testable import ConnectPlugins

/// Answers requests in the order of a script, without I/O.
final class ScriptedTransport: RegistryTransport {
    enum Step {
        case answer(Int, String)
        case failure(HTTPClientError)
    }

    private var steps: [Step]
    private(set) var requests: [HTTPClientRequest] = []
    private(set) var pauses: [Int] = []
    private(set) var now = MonotonicInstant(nanoseconds: 1)

    init(_ steps: [Step]) { self.steps = steps }

    /// `METHOD URL`, and the body if there is one.
    var lines: [String] {
        requests.map { request in
            let body = if case .bytes(let bytes) = request.body { " " + String(decoding: bytes, as: UTF8.self) } else { "" }
            return "\(request.method) \(request.url)\(body)"
        }
    }

    func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse {
        requests.append(request)
        guard !steps.isEmpty else { throw .closedBeforeResponse }
        switch steps.removeFirst() {
        case .answer(let status, let body): return RegistryResponse(status: status, body: Array(body.utf8))
        case .failure(let error): throw error
        }
    }

    func pause(milliseconds: Int) throws {
        pauses.append(milliseconds)
        advance(milliseconds: milliseconds)
    }

    func advance(milliseconds: Int) { now = now.advanced(byMilliseconds: milliseconds) }

    func random() -> UInt64 { UInt64.max }
}
