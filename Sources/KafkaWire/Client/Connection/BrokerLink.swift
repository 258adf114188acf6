import KafkaProtocol
import WireCore
import WireStreams

/// Both halves of an established connection to a broker: see `BrokerLink+Setup.swift`. Belongs to one owner at a time.
final class BrokerLink {
    let broker: SocketAddress
    let sender: RequestSender
    let receiver: ResponseReceiver
    let canceller: SocketCanceller
    private let setTimeouts: (_ readMilliseconds: Int, _ writeMilliseconds: Int) -> Void
    /// Whether the broker has closed the connection, which is idle.
    let isClosedByPeer: () -> Bool
    private let requestTimeoutMilliseconds: Int
    private let mechanism: (any SASLMechanism)?
    private let observer: (any KafkaClientObserver)?
    private(set) var versions: BrokerVersions
    /// Whether versions are negotiated and the client is authenticated.
    private var isSetUp = false
    /// Whether the broker has answered a request since then.
    private var hasAnswered = false
    /// The time until which the broker asks the client to send no further request (KIP-219); nil if it has not asked.
    /// The owner waits.
    private(set) var throttledUntil: MonotonicInstant?
    /// The time at which the connection must be reauthenticated (KIP-368); nil if it need not be.
    private(set) var reauthenticateAt: MonotonicInstant?

    /// Opens a connection, negotiates versions and authenticates.
    ///
    /// - Parameters:
    ///   - setupTimeoutMilliseconds: the maximum time to connect; nil is the configuration's for a first attempt.
    ///   - cancellation: can close the connection from now on; the owner removes the canceller at the end.
    init(
        to broker: SocketAddress, _ configuration: KafkaClientConfiguration, setupTimeoutMilliseconds: Int? = nil,
        _ cancellation: Cancellation
    ) throws(KafkaError) {
        try cancellation.check()
        observer = configuration.observer
        mechanism = configuration.authentication
        let started = MonotonicInstant.now
        let streams: StreamPair
        do throws(KafkaError) {
            let timeout = setupTimeoutMilliseconds ?? configuration.connectTimeoutMilliseconds
            streams = try Self.open(broker, configuration, timeoutMilliseconds: timeout, cancellation)
        } catch {
            configuration.observer?.connectionFailed(to: broker, error)
            throw error
        }
        self.broker = broker
        sender = RequestSender(output: streams.output, broker: broker, clientID: configuration.clientID)
        receiver = ResponseReceiver(
            input: streams.input, broker: broker, responseBytesMax: configuration.responseBytesMax)
        canceller = streams.canceller
        setTimeouts = streams.setTimeouts
        isClosedByPeer = streams.isClosedByPeer
        requestTimeoutMilliseconds = configuration.requestTimeoutMilliseconds
        versions = BrokerVersions(ApiVersionsResponse())
        do throws(KafkaError) {
            versions = try negotiate()
            try authenticate(now: .now)
            isSetUp = true
        } catch {
            cancellation.remove(canceller)
            var failure = error
            // The broker may be unavailable: a retry, or another broker, may succeed.
            if case .malformed = error { failure = .notABroker(broker, reason: "\(error)") }
            observer?.connectionFailed(to: broker, failure)
            throw failure
        }
        observer?.connectionOpened(to: broker, milliseconds: MonotonicInstant.now.milliseconds(since: started))
    }

    /// The percentage of a session's lifetime after which a connection is reauthenticated: a random one, so that not
    /// all connections are at the same time. The values are those of Kafka's `SaslClientAuthenticator`.
    private static let lifetimePercent: ClosedRange<Int64> = 85...95

    private func authenticate(now: MonotonicInstant) throws(KafkaError) {
        guard let mechanism else { return }
        let lifetime = try authenticate(with: mechanism)
        reauthenticateAt = lifetime.map { lifetime in
            now.advanced(byMilliseconds: Int(lifetime / 100 * .random(in: Self.lifetimePercent)))
        }
    }

    /// Reauthenticates if the session is about to expire. No request may be in flight.
    func authenticateIfDue(now: MonotonicInstant) throws(KafkaError) {
        if let reauthenticateAt, now >= reauthenticateAt { try authenticate(now: now) }
    }

    /// Sets the read timeout; nil is that of an ordinary request.
    func setReadTimeout(milliseconds: Int?) {
        setTimeouts(milliseconds ?? requestTimeoutMilliseconds, requestTimeoutMilliseconds)
    }

    /// Sends a request and waits for its response. No other request may be in flight.
    func exchange<Request: KafkaRequest>(
        _ request: Request, version: Int16
    ) throws(KafkaError) -> Request.Response {
        guard let observer else {
            let correlationID = try sender.send(request, version: version)
            let response = try response(to: Request.self, version: version, correlationID: correlationID)
            throttle(milliseconds: Int(response.throttleTimeMilliseconds))
            return response
        }
        let sentAt = MonotonicInstant.now
        let correlationID = try sender.send(request, version: version)
        var event = KafkaRequestEvent(
            broker: broker, apiKey: Request.apiKey, apiVersion: version, requestBytes: sender.lastRequestBytes)
        observer.requestSent(event)
        let response = try response(to: Request.self, version: version, correlationID: correlationID)
        event.complete(responseBytes: receiver.lastResponseBytes, sentAt: sentAt, now: .now)
        observer.requestAnswered(event)
        throttle(milliseconds: Int(response.throttleTimeMilliseconds))
        return response
    }

    /// Notes the throttle time of a response.
    func throttle(milliseconds: Int) {
        guard milliseconds > 0 else { return }
        throttledUntil = .now.advanced(byMilliseconds: milliseconds)
        observer?.throttled(by: broker, milliseconds: milliseconds)
    }

    /// Waits for the response to the oldest request in flight.
    func response<Request: KafkaRequest>(
        to _: Request.Type, version: Int16, correlationID: Int32
    ) throws(KafkaError) -> Request.Response {
        let frame = try receive()
        do throws(WireError) {
            var reader = ByteReader(frame)
            let header = try ResponseHeader(from: &reader, apiKey: Request.apiKey, apiVersion: version)
            guard header.correlationID == correlationID else {
                throw WireError(
                    .invalidValue("response to request \(header.correlationID) instead of \(correlationID)"), at: 0)
            }
            return try Self.decode(Request.Response.self, reader, version)
        } catch {
            throw .malformed(context: "\(Request.apiKey) response v\(version) from broker \(broker)", error)
        }
    }

    private func receive() throws(KafkaError) -> UnsafeRawBufferPointer {
        do throws(KafkaError) {
            let frame = try receiver.receive()
            if isSetUp { hasAnswered = true }
            return frame
        } catch {
            // A listener with SASL answers ApiVersions, and closes the connection at any other request.
            guard isSetUp, mechanism == nil, !hasAnswered, case .stream(.closed, _) = error else { throw error }
            throw .notABroker(
                broker, reason: "it has closed the connection at the first request; a listener that requires SASL does so "
                    + "(security.protocol=SASL_PLAINTEXT or SASL_SSL)")
        }
    }

    /// An ApiVersions response in version 0: the error code 35 and no API.
    private static let unsupportedVersionWithoutRange: [UInt8] = [0, 35, 0, 0, 0, 0]

    private static func decode<Response: KafkaMessage>(
        _: Response.Type, _ reader: ByteReader, _ version: Int16
    ) throws(WireError) -> Response {
        // An ApiVersions response with error 35 is in version 0, whatever the request's version.
        if Response.apiKey == .apiVersions, version > 0 {
            var probe = reader
            if try probe.bigEndian(Int16.self) == KafkaErrorCode.unsupportedVersion.rawValue {
                if let response = try? Response.decode(reader, version: 0) { return response }
                // librdkafka's mock cluster writes the range in another layout: then it is unknown, as without one.
                let withoutRange = unsupportedVersionWithoutRange
                return try Response.decode(ByteReader(withoutRange.span.bytes), version: 0)
            }
        }
        return try Response.decodeIgnoringRest(reader, version: version)
    }
}
