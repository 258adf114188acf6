import KafkaProtocol
import Synchronization
import WireStreams

/// The idle connections of a client. A call owns the connection that it uses, so a long poll does not delay other
/// requests.
final class ConnectionPool: Sendable {
    private static let idlePerBrokerMax = 8

    private let configuration: KafkaClientConfiguration
    private let idle = Mutex<[SocketAddress: [BrokerConnection]]>([:])

    init(_ configuration: KafkaClientConfiguration) { self.configuration = configuration }

    /// Runs `body` with a connection to `broker`.
    ///
    /// Brokers close idle connections: if a pooled connection turns out to be closed, it is replaced and `body` runs
    /// again.
    func withConnection<R>(
        to broker: SocketAddress, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        try cancellation.check()
        if let connection = takeIdle(broker) {
            cancellation.add(connection.canceller)
            do throws(KafkaError) {
                return try run(connection, cancellation, body)
            } catch {
                guard error.isEndOfConnection else { throw error }
            }
        }
        return try run(try BrokerConnection(to: broker, configuration, cancellation), cancellation, body)
    }

    private func run<R>(
        _ connection: BrokerConnection, _ cancellation: Cancellation,
        _ body: (BrokerConnection) throws(KafkaError) -> R
    ) throws(KafkaError) -> R {
        defer { cancellation.remove(connection.canceller) }
        do throws(KafkaError) {
            let result = try body(connection)
            putBack(connection, cancellation)
            return result
        } catch {
            // After an error response the connection can be used again; after any other error it cannot.
            if case .code = error { putBack(connection, cancellation) }
            if cancellation.isCancelled { throw .closed }
            throw error
        }
    }

    private func takeIdle(_ broker: SocketAddress) -> BrokerConnection? {
        idle.withLock { $0[broker]?.popLast() }
    }

    private func putBack(_ connection: BrokerConnection, _ cancellation: Cancellation) {
        guard !cancellation.isCancelled, !connection.canceller.isCancelled else { return }
        idle.withLock { idle in
            if idle[connection.broker, default: []].count < Self.idlePerBrokerMax {
                idle[connection.broker, default: []].append(connection)
            }
        }
    }

    func close() { idle.withLock { $0 = [:] } }
}
