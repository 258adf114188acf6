import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Sends a producer's batches over one connection to a broker: compresses, checksums, encodes, writes.
// Only the thread that has the broker's `ProducerCore.WriteToken` uses it. The token changes hands under the core's
// lock, which orders the accesses of different threads.
final class BatchSender: @unchecked Sendable {
    private static let versionMax: Int16 = 13
    /// From this version on requests have the ids of topics instead of their names (KIP-516).
    static let topicIDVersion: Int16 = 13
    /// Brokers know Zstandard from Kafka 2.1 on (KIP-110).
    private static let zstandardVersionMin: Int16 = 7
    /// From the next version on, a broker adds the partitions of a request to the transaction (KIP-890).
    private static let firstTransactionVersionMax: Int16 = 11

    let connection: ProducerConnection
    private let broker: Int32
    private let sender: RequestSender
    private let negotiatedVersion: Int16
    /// The version of the last request.
    private var version: Int16

    /// Takes over the sending half of `link`.
    ///
    /// - Parameter limit: the highest version that the broker serves, whatever it announces.
    init(
        _ link: BrokerLink, broker: Int32, _ compression: CompressionCodec, atMost limit: Int16 = .max
    ) throws(KafkaError) {
        self.broker = broker
        sender = link.sender
        version = try link.versions.version(of: .produce, atMost: min(Self.versionMax, limit))
        negotiatedVersion = version
        if compression == .zstd, version < Self.zstandardVersionMin {
            throw .unsupportedCodec("zstd", about: "a batch for broker \(link.broker), which is older than Kafka 2.1,")
        }
        connection = ProducerConnection(
            broker: link.broker, canceller: link.canceller, lowestVersion: link.versions.lowestVersion(of: .produce))
    }

    /// Sends a request with these batches; blocks until the system has accepted it.
    func send(_ assignments: [ProducerCore.Assignment], _ engine: ProducerEngine) {
        let request = begin(assignments, engine)
        do throws(KafkaError) {
            try sender.send(request, version: version)
            if request.acks == .none { settleUnanswered(engine) }
        } catch {
            connection.canceller.cancel()
        }
        settleIfEnded(engine)
    }

    /// Sends a request with these batches as far as the system accepts it at once, and settles nothing.
    ///
    /// - Returns: whether that is all; otherwise the writer must call `finish`.
    func sendAvailable(_ assignments: [ProducerCore.Assignment], _ engine: ProducerEngine) -> Bool {
        precondition(engine.configuration.acks != .none, "a request without a response is settled after it is sent")
        let request = begin(assignments, engine)
        do throws(KafkaError) {
            return try sender.sendAvailable(request, version: version) && !connection.isEnded
        } catch {
            connection.canceller.cancel()
            return false
        }
    }

    /// Sends the rest of the request of `sendAvailable`; blocks until the system has accepted it.
    func finish(_ engine: ProducerEngine) {
        do throws(KafkaError) {
            try sender.sendUnsentBytes()
        } catch {
            connection.canceller.cancel()
        }
        settleIfEnded(engine)
    }

    /// Prepares a request and adds it to those in flight.
    private func begin(_ assignments: [ProducerCore.Assignment], _ engine: ProducerEngine) -> OutgoingRequest {
        version = requestVersion(assignments, engine)
        var batches: [OutgoingBatch] = []
        batches.reserveCapacity(assignments.count)
        for assignment in assignments {
            batches.append(
                OutgoingBatch(
                    topic: assignment.topic, topicID: assignment.topicID, partition: assignment.place.partition,
                    assignment.batch, assignment.stamp, engine.configuration,
                    isTransactional: engine.configuration.transactionalID != nil))
        }
        if engine.configuration.compression != .none {
            let sizes = batches.map(\.payloadBytes)
            engine.core.withLock { $0.compressed(assignments, sizes) }
        }
        var pending = ProducerConnection.PendingRequest(
            correlationID: sender.nextCorrelationID, version: version, assignments: assignments, sentAt: .now)
        if let observer = engine.observer { pending.event = observe(assignments, batches, observer) }
        // Before it is written: the response may arrive before the write returns. If the connection has ended in the
        // meantime, the request is settled by the thread that removes it from the list.
        connection.push(pending)
        return OutgoingRequest(
            batches: batches, acks: engine.configuration.acks,
            timeoutMilliseconds: engine.client.configuration.requestTimeoutMilliseconds,
            transactionalID: engine.configuration.transactionalID)
    }

    private func requestVersion(_ assignments: [ProducerCore.Assignment], _ engine: ProducerEngine) -> Int16 {
        var version = negotiatedVersion
        if version >= Self.topicIDVersion, assignments.contains(where: { $0.topicID == .zero }) {
            version = Self.topicIDVersion - 1
        }
        guard engine.configuration.transactionalID != nil else { return version }
        let isVersion2 = engine.core.withLock { $0.transaction?.version == .two }
        return isVersion2 ? version : min(version, Self.firstTransactionVersionMax)
    }

    private func observe(
        _ assignments: [ProducerCore.Assignment], _ batches: [OutgoingBatch], _ observer: any KafkaClientObserver
    ) -> KafkaRequestEvent {
        let bytes = batches.reduce(0) { $0 + $1.header.totalBytes }
        let event = KafkaRequestEvent(
            broker: connection.broker, apiKey: .produce, apiVersion: version, requestBytes: bytes)
        for assignment in assignments {
            observer.batchSent(
                KafkaBatchEvent(topic: assignment.topic, partition: assignment.place.partition, assignment.batch))
        }
        observer.requestSent(event)
        return event
    }

    private func settleUnanswered(_ engine: ProducerEngine) {
        guard let request = connection.popAnswered() else { return }
        engine.brokerAnswered()
        let answers = request.assignments.map { ProducerCore.Answer(place: $0.place, outcome: .stored) }
        engine.apply(engine.core.withLock { $0.settle(answers, ofBroker: broker, now: .now) })
    }

    /// If the reader has ended, it settles no request that is added to the connection from then on.
    private func settleIfEnded(_ engine: ProducerEngine) {
        if connection.isEnded { BrokerReader.lose(connection, engine, broker) }
    }
}
