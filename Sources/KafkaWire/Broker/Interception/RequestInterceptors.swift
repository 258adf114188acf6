import KafkaProtocol
import Synchronization
import WireCore

/// The interceptors of a broker. They receive each request before it is handled and can hold it, refuse it or drop its
/// response, so that tests can check how a client handles that.
package final class RequestInterceptors: Sendable {
    /// Called on the connection's thread. Returns nil to leave the decision to the interceptors added earlier.
    package typealias Interceptor = @Sendable (InterceptedRequest) -> Interception?

    /// Identifies an interceptor, to remove it.
    package struct ID: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct State {
        var interceptors: [(id: ID, body: Interceptor)] = []
        var nextNumber = 0
        var gates: [RequestGate] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    /// The name of the topic with an id.
    let topicName: @Sendable (KafkaUUID) -> String?
    /// What a request to a node is about without naming it.
    let impliedEntries: @Sendable (any KafkaRequest, _ nodeID: Int32) -> [RequestEntry]
    /// Makes the next node the leader of the partitions.
    private let moveLeaders: @Sendable ([RequestEntry]) -> Void

    init(
        topicName: @escaping @Sendable (KafkaUUID) -> String?,
        impliedEntries: @escaping @Sendable (any KafkaRequest, _ nodeID: Int32) -> [RequestEntry],
        moveLeaders: @escaping @Sendable ([RequestEntry]) -> Void
    ) {
        self.topicName = topicName
        self.impliedEntries = impliedEntries
        self.moveLeaders = moveLeaders
    }

    /// Adds an interceptor, which takes precedence over those added before it.
    @discardableResult
    package func add(_ interceptor: @escaping Interceptor) -> ID {
        state.withLock { state in
            let id = ID(number: state.nextNumber)
            state.nextNumber += 1
            state.interceptors.insert((id, interceptor), at: 0)
            return id
        }
    }

    /// Removes one interceptor. Requests that it holds stay held until its gate is opened.
    package func remove(_ id: ID) {
        state.withLock { state in state.interceptors.removeAll { $0.id == id } }
    }

    /// Decides about a request, which is built only if there are interceptors. Returns after a hold.
    func decide(_ intercepted: @autoclosure () -> InterceptedRequest) -> Interception {
        // Not under the lock: an interceptor may add or remove interceptors.
        let interceptors = state.withLock { $0.interceptors }
        if interceptors.isEmpty { return .handle }
        let request = intercepted()
        for (_, body) in interceptors {
            guard let interception = body(request) else { continue }
            if let gate = interception.gate { pass(gate) }
            return interception
        }
        return .handle
    }

    /// Moves the leaders that an interceptor has decided to move at this moment.
    func moveLeaders(of interception: Interception, _ moment: Interception.Moment) {
        if let move = interception.leaderMove, move.moment == moment { moveLeaders(move.entries) }
    }

    private func pass(_ gate: RequestGate) {
        let isStopped = state.withLock { state in
            state.gates.append(gate)
            return state.isStopped
        }
        if !isStopped { gate.pass() }
    }

    /// Opens all gates, so that no connection's thread waits any longer.
    func stop() {
        let gates = state.withLock { state in
            state.isStopped = true
            defer { state.gates = [] }
            return state.gates
        }
        for gate in gates { gate.open() }
    }
}
