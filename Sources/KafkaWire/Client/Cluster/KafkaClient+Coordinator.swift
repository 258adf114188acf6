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
            try connection.findCoordinators(of: [key], limitMilliseconds: limitMilliseconds)[0].1.get()
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
}

extension BrokerConnection {
    /// The coordinators of keys of one type, in the same order; from version 4 on in one request.
    func findCoordinators(
        of keys: [CoordinatorKey], limitMilliseconds: Int? = nil
    ) throws(KafkaError) -> [(CoordinatorKey, Result<SocketAddress, KafkaError>)] {
        var found: [FindCoordinatorResponse.Coordinator] = []
        var request = FindCoordinatorRequest()
        request.keyType = keys.first?.type ?? 0
        if try versions.version(of: .findCoordinator) >= 4 {
            request.coordinatorKeys = keys.map(\.id)
            found = try self.request(request, limitMilliseconds: limitMilliseconds).coordinators
        } else {
            for key in keys {
                request.key = key.id
                let response = try self.request(request, limitMilliseconds: limitMilliseconds)
                var coordinator = FindCoordinatorResponse.Coordinator()
                coordinator.key = key.id
                (coordinator.host, coordinator.port) = (response.host, response.port)
                (coordinator.errorCode, coordinator.errorMessage) = (response.errorCode, response.errorMessage)
                found.append(coordinator)
            }
        }
        return keys.map { key in
            (key, Self.address(of: found.first { $0.key == key.id }, of: key))
        }
    }

    private static func address(
        of coordinator: FindCoordinatorResponse.Coordinator?, of key: CoordinatorKey
    ) -> Result<SocketAddress, KafkaError> {
        let about = "finding the coordinator of \(key)"
        guard let coordinator else { return .failure(.code(.coordinatorNotAvailable, about: about)) }
        guard coordinator.errorCode == .none else {
            return .failure(.code(coordinator.errorCode, about: about, message: coordinator.errorMessage.nonEmpty))
        }
        guard let port = UInt16(exactly: coordinator.port) else {
            let fault = WireError(.invalidValue("port \(coordinator.port)"), at: 0)
            return .failure(.malformed(context: "coordinator of \(key)", fault))
        }
        return .success(SocketAddress(host: coordinator.host, port: port))
    }
}

extension KafkaErrorCode {
    /// Whether another broker may be the coordinator.
    var isOfCoordinator: Bool { self == .notCoordinator || self == .coordinatorNotAvailable }
}
