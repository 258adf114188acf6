import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Sends a producer's batches to one broker: compresses, checksums, writes. Runs on a thread of its own.
struct BrokerWriter {
    /// The highest version in which ProduceRequest names topics; later versions use their ids.
    private static let versionMax: Int16 = 12

    private let engine: ProducerEngine
    private let broker: Int32
    private var sender: RequestSender?
    private var connection: ProducerConnection?
    private var version: Int16 = 0
    private var backoff: Backoff

    init(_ engine: ProducerEngine, broker: Int32) {
        self.engine = engine
        self.broker = broker
        backoff = Backoff(engine.client.configuration)
    }

    mutating func run() {
        guard let wakeup = engine.core.withLock({ $0.brokers[broker]?.wakeup }) else { return }
        while true {
            let now = MonotonicInstant.now
            switch engine.core.withLock({ $0.nextStep(ofBroker: broker, now: now) }) {
            case .end:
                connection?.canceller.cancel()
                return
            case .sleep(let milliseconds): wakeup.wait(milliseconds: milliseconds)
            case .connect: if !connect() { return }
            // Its reader detects the end and reports it; then the connection is replaced.
            case .disconnect: connection?.canceller.cancel()
            case .send(let assignments): send(assignments)
            }
        }
    }

    /// Opens a connection, or waits before the next attempt. Returns false if the producer has ended in the meantime.
    private mutating func connect() -> Bool {
        do throws(KafkaError) {
            if let former = connection {
                connection = nil
                // If a broker closes every connection without a response, it is not retried without a pause.
                if former.hasAnswered { backoff.reset() } else { try pause() }
            }
            let configuration = engine.client.configuration
            let address = try engine.client.address(of: broker, engine.cancellation)
            let link = try BrokerLink(to: address, configuration, engine.cancellation)
            version = try link.versions.version(of: .produce, atMost: Self.versionMax)
            link.setReadTimeout(milliseconds: max(100, configuration.requestTimeoutMilliseconds / 4))
            let connection = ProducerConnection(broker: address, canceller: link.canceller)
            self.connection = connection
            sender = link.sender
            engine.core.withLock { $0.connected(broker, reauthenticateAt: link.reauthenticateAt) }
            engine.startReader(of: broker, connection, ReceivingHalf(receiver: link.receiver))
            return true
        } catch {
            if engine.cancellation.isCancelled { return false }
            // A TLS handshake may also fail because the broker is shutting down.
            guard error.isRetriable || error.isOfConnection else {
                engine.fail(error)
                return false
            }
            engine.brokerFailed(error)
            do throws(KafkaError) {
                try pause()
                return true
            } catch { return false }
        }
    }

    private mutating func pause() throws(KafkaError) {
        try engine.cancellation.pause(milliseconds: backoff.next())
    }

    private mutating func send(_ assignments: [ProducerCore.Assignment]) {
        guard let sender, let connection else { preconditionFailure("batches are taken only while connected") }
        var batches: [OutgoingBatch] = []
        batches.reserveCapacity(assignments.count)
        do throws(KafkaError) {
            for assignment in assignments {
                batches.append(
                    try OutgoingBatch(
                        topic: assignment.topic, partition: assignment.place.partition, assignment.batch,
                        assignment.stamp, engine.configuration,
                        isTransactional: engine.identitySource.transactionalID != nil))
            }
        } catch { return engine.fail(error) }
        let isAnswered = engine.configuration.acks != .none
        var request = ProducerConnection.PendingRequest(
            correlationID: sender.nextCorrelationID, version: version, assignments: assignments, sentAt: .now)
        if let observer = engine.observer {
            let bytes = batches.reduce(0) { $0 + $1.header.totalBytes }
            let event = KafkaRequestEvent(
                broker: connection.broker, apiKey: .produce, apiVersion: version, requestBytes: bytes)
            request.event = event
            for assignment in assignments {
                observer.batchSent(
                    KafkaBatchEvent(topic: assignment.topic, partition: assignment.place.partition, assignment.batch))
            }
            observer.requestSent(event)
        }
        // Before it is written: the response may arrive before `sendProduce` returns. If the connection has ended in
        // the meantime, the request is settled by the thread that removes it from the list.
        connection.push(request)
        do throws(KafkaError) {
            _ = try sender.sendProduce(
                batches, version: version, acks: engine.configuration.acks,
                timeoutMilliseconds: engine.client.configuration.requestTimeoutMilliseconds,
                transactionalID: engine.identitySource.transactionalID)
            if !isAnswered { settleUnanswered(connection) }
        } catch {
            connection.canceller.cancel()
        }
        if connection.isEnded { BrokerReader.lose(connection, engine, broker) }
    }

    private func settleUnanswered(_ connection: ProducerConnection) {
        guard let request = connection.popOldest() else { return }
        connection.noteAnswer()
        engine.brokerAnswered()
        let answers = request.assignments.map { ProducerCore.Answer(place: $0.place, outcome: .stored) }
        engine.apply(engine.core.withLock { $0.settle(answers, ofBroker: broker, now: .now) })
    }
}
