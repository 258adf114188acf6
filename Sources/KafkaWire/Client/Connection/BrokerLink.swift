import KafkaProtocol
import WireCore
import WireStreams

/// Both halves of a connection to a broker, its versions known. Belongs to one owner at a time.
final class BrokerLink {
    let broker: SocketAddress
    let sender: RequestSender
    let receiver: ResponseReceiver
    let canceller: SocketCanceller
    private let setTimeouts: (_ readMilliseconds: Int, _ writeMilliseconds: Int) -> Void
    private let requestTimeoutMilliseconds: Int
    private(set) var versions: BrokerVersions

    /// Connects, starts TLS where it is configured, and asks for the broker's versions.
    ///
    /// - Parameter cancellation: can cut the connection from now on; its owner removes the canceller in the end.
    init(
        to broker: SocketAddress, _ configuration: KafkaClientConfiguration, _ cancellation: Cancellation
    ) throws(KafkaError) {
        try cancellation.check()
        let streams = try Self.open(broker, configuration, cancellation)
        self.broker = broker
        sender = RequestSender(output: streams.output, broker: broker, clientID: configuration.clientID)
        receiver = ResponseReceiver(
            input: streams.input, broker: broker, responseBytesMax: configuration.responseBytesMax)
        canceller = streams.canceller
        setTimeouts = streams.setTimeouts
        requestTimeoutMilliseconds = configuration.requestTimeoutMilliseconds
        versions = BrokerVersions(ApiVersionsResponse())
        do throws(KafkaError) {
            versions = try negotiate()
        } catch {
            cancellation.remove(canceller)
            // Nobody has shown yet that a broker is there: another try, or another broker, may find one.
            if case .malformed = error { throw .notABroker(broker, reason: "\(error)") }
            throw error
        }
    }

    private static func open(
        _ broker: SocketAddress, _ configuration: KafkaClientConfiguration, _ cancellation: Cancellation
    ) throws(KafkaError) -> StreamPair {
        var registered: SocketCanceller?
        do throws(StreamError) {
            let streams = try SocketConnector.connect(
                to: broker, timeoutMilliseconds: configuration.connectTimeoutMilliseconds
            ) { canceller in
                if let registered { cancellation.remove(registered) }
                registered = canceller
                cancellation.add(canceller)
            }
            streams.setTimeouts(configuration.requestTimeoutMilliseconds, configuration.requestTimeoutMilliseconds)
            guard var tls = configuration.tls else { return streams }
            if case .identity = tls.verification { tls.verification = .identity(host: broker.host) }
            return try streams.startingTLS(tls, end: .delimitedByProtocol)
        } catch {
            if let registered { cancellation.remove(registered) }
            throw .stream(error, broker: broker)
        }
    }

    /// ApiVersions (KIP-511): a broker that does not know our version answers in version 0.
    private func negotiate() throws(KafkaError) -> BrokerVersions {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "cdcd"
        request.clientSoftwareVersion = "1"
        for version in [Int16(3), 0] {
            let response = try exchange(request, version: version)
            if response.errorCode == .unsupportedVersion, version > 0 { continue }
            guard response.errorCode == .none else { throw .code(response.errorCode, about: "ApiVersions") }
            return BrokerVersions(response)
        }
        throw .unsupportedVersion(.apiVersions, broker: nil)
    }

    /// How long a read may wait for its first byte; nil: as long as a request may go unanswered.
    func setReadTimeout(milliseconds: Int?) {
        setTimeouts(milliseconds ?? requestTimeoutMilliseconds, requestTimeoutMilliseconds)
    }

    /// Sends a request and waits for its answer. Nothing else may be under way.
    func exchange<Request: KafkaRequest>(
        _ request: Request, version: Int16
    ) throws(KafkaError) -> Request.Response {
        let correlationID = try sender.send(request, version: version)
        return try response(to: Request.self, version: version, correlationID: correlationID)
    }

    /// Waits for the answer to the oldest request that is under way.
    func response<Request: KafkaRequest>(
        to _: Request.Type, version: Int16, correlationID: Int32
    ) throws(KafkaError) -> Request.Response {
        let frame = try receiver.receive()
        do throws(WireError) {
            var reader = ByteReader(frame)
            let header = try ResponseHeader(from: &reader, apiKey: Request.apiKey, apiVersion: version)
            guard header.correlationID == correlationID else {
                throw WireError(
                    .invalidValue("answer to request \(header.correlationID) instead of \(correlationID)"), at: 0)
            }
            return try Self.decode(Request.Response.self, reader, version)
        } catch {
            throw .malformed(context: "\(Request.apiKey) response v\(version) from broker \(broker)", error)
        }
    }

    private static func decode<Response: KafkaMessage>(
        _: Response.Type, _ reader: ByteReader, _ version: Int16
    ) throws(WireError) -> Response {
        // An ApiVersions answer of error 35 is in version 0, whatever was asked.
        if Response.apiKey == .apiVersions, version > 0 {
            var probe = reader
            if try probe.bigEndian(Int16.self) == KafkaErrorCode.unsupportedVersion.rawValue {
                return try Response.decode(reader, version: 0)
            }
        }
        return try Response.decode(reader, version: version)
    }
}
