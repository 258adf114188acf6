import KafkaProtocol
import Synchronization
import WireCore

/// The faults of a running broker, which are added and removed while it serves requests.
package final class FaultRegistry: Sendable {
    private static let logger = Logger("cdcd.broker.Faults")

    private let table = Mutex(FaultTable())

    init(_ interceptors: RequestInterceptors) {
        interceptors.add { [weak self] request in self?.decide(request) }
    }

    package var entries: [FaultTable.Entry] { table.withLock { $0.entries } }

    @discardableResult
    package func add(_ fault: Fault) -> FaultTable.Entry { table.withLock { $0.add(fault) } }

    /// Returns false if there is no fault with this id.
    package func remove(_ id: Int) -> Bool { table.withLock { $0.remove(id) } }

    package func removeAll() { table.withLock { $0.removeAll() } }

    private func decide(_ request: InterceptedRequest) -> Interception? {
        guard let fault = table.withLock({ $0.decide(request) }) else { return nil }
        Self.logger.debug(
            "Fault for \(request.apiKey.name) version \(request.version) of client \(request.clientID): "
                + fault.text)
        return fault.interception
    }
}
