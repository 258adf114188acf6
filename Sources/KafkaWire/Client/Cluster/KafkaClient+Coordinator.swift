import KafkaProtocol
import WireCore
import WireStreams

extension KafkaClient {
    /// Runs `body` with a connection to the coordinator of a group or transactional id.
    ///
    /// The coordinator is cached until it responds with NOT_COORDINATOR or its connection fails. If the cached broker
    /// is no longer the coordinator, `body` runs a second time, with the coordinator that is then found.
    ///
    /// - Parameter limitMilliseconds: the timeout of FindCoordinator; nil is that of an ordinary request.
    func withCoordinator<Response: CoordinatorResponse>(
        of key: CoordinatorKey, limitMilliseconds: Int? = nil, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> Response
    ) throws(KafkaError) -> Response {
        if let cached = cachedCoordinator(of: key) {
            do throws(KafkaError) {
                let response = try run(key, at: cached, cancellation, body)
                if !response.coordinatorErrorCode.isOfCoordinator { return response }
            } catch {
                guard error.isOfConnection, !error.isTimeout, !cancellation.isCancelled else { throw error }
            }
        }
        let found = try withAnyBroker(cancellation) { connection throws(KafkaError) in
            try Self.findCoordinator(of: key, from: connection, limitMilliseconds: limitMilliseconds)
        }
        cacheCoordinator(found, of: key)
        return try run(key, at: found, cancellation, body)
    }

    private func run<Response: CoordinatorResponse>(
        _ key: CoordinatorKey, at broker: SocketAddress, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> Response
    ) throws(KafkaError) -> Response {
        do throws(KafkaError) {
            let response = try withConnection(to: broker, cancellation, body)
            if response.coordinatorErrorCode.isOfCoordinator { dropCoordinator(broker, of: key) }
            return response
        } catch {
            if error.isOfConnection { dropCoordinator(broker, of: key) }
            throw error
        }
    }

    private static func findCoordinator(
        of key: CoordinatorKey, from connection: BrokerConnection, limitMilliseconds: Int?
    ) throws(KafkaError) -> SocketAddress {
        var request = FindCoordinatorRequest()
        request.key = key.id
        request.keyType = key.type
        request.coordinatorKeys = [key.id]
        let response = try connection.request(request, limitMilliseconds: limitMilliseconds)
        let (code, message, host, port) = response.coordinators.first
            .map { ($0.errorCode, $0.errorMessage, $0.host, $0.port) }
            ?? (response.errorCode, response.errorMessage, response.host, response.port)
        guard code == .none else {
            throw .code(code, about: "finding the coordinator of \(key)", message: message.nonEmpty)
        }
        guard let port = UInt16(exactly: port) else {
            throw .malformed(context: "coordinator of \(key)", WireError(.invalidValue("port \(port)"), at: 0))
        }
        return SocketAddress(host: host, port: port)
    }
}

extension KafkaErrorCode {
    /// Whether another broker may be the coordinator.
    fileprivate var isOfCoordinator: Bool { self == .notCoordinator || self == .coordinatorNotAvailable }
}
