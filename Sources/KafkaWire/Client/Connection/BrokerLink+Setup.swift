import KafkaProtocol
import WireCore
import WireStreams

/// The set-up of a connection: open (TCP and TLS), negotiate (ApiVersions), authenticate (SASL).
extension BrokerLink {
    /// Connects, and starts TLS if it is configured.
    static func open(
        _ broker: SocketAddress, _ configuration: KafkaClientConfiguration, timeoutMilliseconds: Int,
        _ cancellation: Cancellation
    ) throws(KafkaError) -> StreamPair {
        var registered: SocketCanceller?
        var hasConnected = false
        do throws(StreamError) {
            let streams = try SocketConnector.connect(
                to: broker, timeoutMilliseconds: timeoutMilliseconds,
                buffers: SocketConnector.BufferSizes(
                    sendBytes: configuration.sendBufferBytes, receiveBytes: configuration.receiveBufferBytes)
            ) { canceller in
                if let registered { cancellation.remove(registered) }
                registered = canceller
                cancellation.add(canceller)
            }
            streams.setTimeouts(configuration.requestTimeoutMilliseconds, configuration.requestTimeoutMilliseconds)
            guard let tls = configuration.tls else { return streams }
            hasConnected = true
            return try streams.startingTLS(tls.connecting(to: broker.host))
        } catch {
            if let registered { cancellation.remove(registered) }
            switch error {
            // Kafka's plaintext listeners take the ClientHello for a huge request and close the connection.
            case .closed where hasConnected, .system where hasConnected:
                throw .notABroker(
                    broker, reason: "\(error) during the TLS handshake; a listener without TLS does so "
                        + "(security.protocol=PLAINTEXT or SASL_PLAINTEXT)")
            default: throw .stream(error, broker: broker)
            }
        }
    }

    /// ApiVersions (KIP-511): a broker that does not support the request's version responds in version 0, with the
    /// range of versions that it supports, or without one before Kafka 2.4.
    func negotiate() throws(KafkaError) -> BrokerVersions {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = Self.softwareName
        request.clientSoftwareVersion = Self.softwareVersion
        var version = Self.apiVersionsVersion
        while true {
            let response = try explainingLoss { () throws(KafkaError) in try exchange(request, version: version) }
            guard response.errorCode == .unsupportedVersion, version > 0 else {
                guard response.errorCode == .none else { throw .code(response.errorCode, about: "ApiVersions") }
                return BrokerVersions(response)
            }
            let supported = response.apiKeys.first { $0.apiKey == APIKey.apiVersions.rawValue }?.maxVersion ?? 0
            version = min(max(0, supported), version - 1)
        }
    }

    /// In TLS 1.3 a server refuses a client's certificate after the handshake. If it has closed the connection before
    /// the first request is sent, sending fails, and the alert with the reason is still to be read.
    private func explainingLoss<R>(_ body: () throws(KafkaError) -> R) throws(KafkaError) -> R {
        do throws(KafkaError) {
            return try body()
        } catch {
            guard case .stream(.system, _) = error else { throw error }
            do throws(KafkaError) { _ = try receiver.receive() } catch let reason {
                if case .stream(.tls, _) = reason { throw reason }
            }
            throw error
        }
    }

    /// Version 4 differs from it only in supported features, which are not used, and Kafka before 3.9 refuses it.
    private static let apiVersionsVersion: Int16 = 3
    private static let softwareName = "KafkaWire"
    private static let softwareVersion = "1"

    /// The maximum number of messages that a client sends in one authentication; no mechanism needs more than four.
    private static let messagesMax = 10

    /// SaslHandshake and SaslAuthenticate (KIP-43, KIP-152), at the beginning of a connection or for reauthentication
    /// (KIP-368).
    ///
    /// - Returns: the lifetime of the authentication in milliseconds; nil if it does not expire.
    func authenticate(with mechanism: any SASLMechanism) throws(KafkaError) -> Int64? {
        var handshake = SaslHandshakeRequest()
        handshake.mechanism = mechanism.name
        // Version 0 is followed by tokens without Kafka's framing.
        let handshakeVersion = try versions.version(of: .saslHandshake)
        guard handshakeVersion >= 1 else { throw .unsupportedVersion(.saslHandshake, broker: versions[.saslHandshake]) }
        let offer = try exchange(handshake, version: handshakeVersion)
        guard offer.errorCode != .unsupportedSASLMechanism else {
            let offered = offer.mechanisms.joined(separator: ", ")
            throw failure(
                mechanism, "the broker does not offer this mechanism; it offers \(offered) (sasl.mechanism)")
        }
        guard offer.errorCode != .illegalSASLState else {
            throw failure(mechanism, "its listener does not use SASL (security.protocol=PLAINTEXT or SSL)")
        }
        guard offer.errorCode == .none else { throw .code(offer.errorCode, about: "SaslHandshake with \(broker)") }
        let version = try versions.version(of: .saslAuthenticate)
        let outcome: Result<Int64?, KafkaError>
        do throws(SASLError) {
            var session = try mechanism.makeSession(broker: broker)
            outcome = try run(&session, mechanism, version: version)
        } catch {
            if error.isRetriable { throw .credentialsUnavailable(mechanism: mechanism.name, reason: error.reason) }
            throw failure(mechanism, error.reason)
        }
        return try outcome.get()
    }

    /// An error of the exchange is returned, an error of the mechanism is thrown.
    private func run(
        _ session: inout any SASLSession, _ mechanism: any SASLMechanism, version: Int16
    ) throws(SASLError) -> Result<Int64?, KafkaError> {
        var request = SaslAuthenticateRequest()
        request.authBytes = try session.initialResponse()
        for _ in 0..<Self.messagesMax {
            let response: SaslAuthenticateResponse
            do throws(KafkaError) {
                response = try exchange(request, version: version)
            } catch { return .failure(error) }
            guard response.errorCode == .none else {
                return .failure(failure(mechanism, response.errorMessage.nonEmpty ?? response.errorCode.text))
            }
            guard let next = try session.response(to: response.authBytes) else {
                return .success(response.sessionLifetimeMilliseconds > 0 ? response.sessionLifetimeMilliseconds : nil)
            }
            request.authBytes = next
        }
        throw SASLError("the exchange has not ended after \(Self.messagesMax) messages")
    }

    private func failure(_ mechanism: any SASLMechanism, _ reason: String) -> KafkaError {
        .authentication(mechanism: mechanism.name, broker: broker, reason: reason)
    }
}
