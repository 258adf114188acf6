import ConnectData
import HTTPWire
import WireCore
import WireStreams

/// Requests over HTTP, which a stop of the task interrupts.
final class HTTPRegistryTransport: RegistryTransport {
    private let client: HTTPClient
    private let control: TaskControl?
    private let stopHandler: Int?
    private let stopped: Monitor<Bool>
    private var generator = SystemRandomNumberGenerator()

    /// Answers hold schemas, which registries limit to 1 MB by default.
    private static let bodyBytesMax = 16 << 20

    /// - Parameters:
    ///   - limits: the times; the sizes are set here.
    ///   - control: of the task; nil: nothing interrupts a request.
    init(limits: HTTPClientLimits, tls: TLSConfiguration, control: TaskControl?) {
        var limits = limits
        limits.bodyBytesMax = Self.bodyBytesMax
        let cancellation = HTTPCancellation()
        let stopped = Monitor(false)
        client = HTTPClient(limits: limits, tls: tls, userAgent: "cdcd", cancellation: cancellation)
        self.stopped = stopped
        self.control = control
        stopHandler = control?.onStop {
            cancellation.cancel()
            stopped.update { $0 = true }
        }
    }

    deinit {
        if let control, let stopHandler { control.removeStopHandler(stopHandler) }
    }

    func send(_ request: HTTPClientRequest) throws(HTTPClientError) -> RegistryResponse {
        let response = try client.send(request)
        return RegistryResponse(status: response.status, body: response.body)
    }

    func pause(milliseconds: Int) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: milliseconds)
        if stopped.wait(until: deadline, for: { $0 ? true : nil }) != nil { throw CancellationError() }
    }

    var now: MonotonicInstant { .now }

    func random() -> UInt64 { generator.next() }
}
