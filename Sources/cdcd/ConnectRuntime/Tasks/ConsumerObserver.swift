import ConnectData
import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore
import WireStreams

/// Passes the events of a task's consumer to its metrics, and notices that no broker answers it: the consumer itself
/// tries again without an end.
final class ConsumerObserver: KafkaClientObserver {
    private struct State {
        var lastAnswer = MonotonicInstant.now
        var condition = TaskControl.Condition.running
        var reported = TaskControl.Condition.running
    }

    /// Fetches are answered twice a second: one broker alone has not failed if no other has answered for this time.
    private static let silenceMilliseconds = 2000

    private let metrics: KafkaClientMetrics
    private let state = Mutex(State())

    init(_ metrics: KafkaClientMetrics) { self.metrics = metrics }

    /// The condition, if it has changed since the last call. Events occur while a connection is locked, so the task's
    /// thread asks for it.
    func takeChange() -> TaskControl.Condition? {
        state.withLock { state in
            guard state.condition != state.reported else { return nil }
            state.reported = state.condition
            return state.condition
        }
    }

    func connectionOpened(to broker: SocketAddress, milliseconds: Int) {
        metrics.connectionOpened(to: broker, milliseconds: milliseconds)
    }

    func connectionFailed(to broker: SocketAddress, _ error: KafkaError) {
        metrics.connectionFailed(to: broker, error)
        state.withLock { state in
            let silence = MonotonicInstant.now.milliseconds(since: state.lastAnswer)
            guard silence >= Self.silenceMilliseconds, state.condition == .running else { return }
            state.condition = .interrupted(reason: "No Kafka broker answers the consumer: \(error.explained())")
        }
    }

    func connectionClosed(to broker: SocketAddress, _ error: KafkaError?) {
        metrics.connectionClosed(to: broker, error)
    }

    func requestSent(_ request: KafkaRequestEvent) { metrics.requestSent(request) }

    func requestAnswered(_ request: KafkaRequestEvent) {
        metrics.requestAnswered(request)
        state.withLock { state in
            state.lastAnswer = .now
            state.condition = .running
        }
    }

    func recordsFetched(_ records: KafkaFetchEvent) { metrics.recordsFetched(records) }

    func groupJoined(group: String, generation: Int32, partitionCount: Int, milliseconds: Int) {
        metrics.groupJoined(
            group: group, generation: generation, partitionCount: partitionCount, milliseconds: milliseconds)
    }

    func offsetsCommitted(group: String, partitionCount: Int, milliseconds: Int) {
        metrics.offsetsCommitted(group: group, partitionCount: partitionCount, milliseconds: milliseconds)
    }
}
