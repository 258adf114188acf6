import KafkaProtocol
import KafkaWire
import Synchronization
import WireStreams

/// Reports brokers that cannot be reached to the user, each once, while the client keeps trying, and positions that a
/// consumer had to leave.
final class ConnectionWarnings: KafkaClientObserver {
    private let reported = Mutex<Set<SocketAddress>>([])

    func connectionFailed(to broker: SocketAddress, _ error: KafkaError) {
        // The command ends.
        if case .stream(.cancelled, _) = error { return }
        guard reported.withLock({ $0.insert(broker).inserted }) else { return }
        // Other errors end the command.
        if error.isRetriable { StandardError.print("cdcd: \(error); trying again") }
    }

    func positionReset(_ position: KafkaPositionEvent) { StandardError.print("cdcd: \(position)") }

    func connectionOpened(to broker: SocketAddress, milliseconds: Int) {
        reported.withLock { _ = $0.remove(broker) }
    }
}
