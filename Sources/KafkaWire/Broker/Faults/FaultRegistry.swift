import KafkaProtocol
import Synchronization
import WireCore

/// The faults of a running broker, which are added and removed while it serves requests.
package final class FaultRegistry: Sendable {
    private static let logger = Logger("cdcd.broker.Faults")

    private let table = Mutex(FaultTable())
    private let nodeCount: Int32

    init(_ interceptors: RequestInterceptors, nodeCount: Int32) {
        self.nodeCount = nodeCount
        interceptors.add { [weak self] request in self?.decide(request) }
    }

    package var entries: [FaultTable.Entry] { table.withLock { $0.entries } }

    /// Adds faults after the others: all of them, or none if the cluster's nodes do not allow one of them.
    @discardableResult
    package func add(_ faults: [Fault]) throws(FaultFieldError) -> [FaultTable.Entry] {
        for fault in faults { try fault.check(nodeCount: nodeCount) }
        return table.withLock { table in faults.map { table.add($0) } }
    }

    /// Returns false if there is no fault with this id.
    package func remove(_ id: Int) -> Bool { table.withLock { $0.remove(id) } }

    package func removeAll() { table.withLock { $0.removeAll() } }

    private func decide(_ request: InterceptedRequest) -> Interception? {
        guard let fault = table.withLock({ $0.decide(request) }) else { return nil }
        Self.logger.debug(
            "Fault for \(request.apiKey.name) version \(request.version) of client \(request.clientID): "
                + fault.text)
        return fault.interception(of: request)
    }
}
