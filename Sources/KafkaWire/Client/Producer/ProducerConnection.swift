import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// The state that the senders and the reader of one connection share: the requests in flight, in order.
final class ProducerConnection: Sendable {
    struct PendingRequest: Sendable {
        let correlationID: Int32
        let version: Int16
        let assignments: [ProducerCore.Assignment]
        let sentAt: MonotonicInstant
        /// Set if events are observed.
        var event: KafkaRequestEvent?
    }

    let broker: SocketAddress
    let canceller: SocketCanceller
    /// The lowest version of Produce that both sides support.
    let lowestVersion: Int16
    private let state = Mutex(State())

    private struct State {
        var requests: [PendingRequest] = []
        var hasAnswered = false
        var isEnded = false
    }

    init(broker: SocketAddress, canceller: SocketCanceller, lowestVersion: Int16) {
        self.broker = broker
        self.lowestVersion = lowestVersion
        self.canceller = canceller
    }

    func push(_ request: PendingRequest) { state.withLock { $0.requests.append(request) } }

    func popOldest() -> PendingRequest? {
        state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
    }

    /// Removes the oldest request, to which the broker has responded.
    func popAnswered() -> PendingRequest? {
        state.withLock { state in
            state.hasAnswered = true
            return state.requests.isEmpty ? nil : state.requests.removeFirst()
        }
    }

    /// Whether the broker has responded to a request on this connection.
    var hasAnswered: Bool { state.withLock { $0.hasAnswered } }

    var oldest: PendingRequest? { state.withLock { $0.requests.first } }

    /// Set when no more responses are received: the writer then settles the requests that are added.
    func end() { state.withLock { $0.isEnded = true } }

    var isEnded: Bool { state.withLock { $0.isEnded } }
}

/// Moves a receiver to the thread that reads from it.
// Only that thread uses the receiver from then on. The only mutable state that both directions share is the TLS
// engine's, which has a lock.
struct ReceivingHalf: @unchecked Sendable {
    let receiver: ResponseReceiver
}
