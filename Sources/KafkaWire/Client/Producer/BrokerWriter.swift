import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Connects to one broker and sends the producer's batches to it. Runs on a thread of its own.
struct BrokerWriter {
    private let engine: ProducerEngine
    private let broker: Int32
    private var sender: BatchSender?
    private var backoff: Backoff

    init(_ engine: ProducerEngine, broker: Int32) {
        self.engine = engine
        self.broker = broker
        backoff = Backoff(
            firstMilliseconds: engine.client.configuration.reconnectBackoffMilliseconds,
            maxMilliseconds: engine.client.configuration.reconnectBackoffMaxMilliseconds)
    }

    mutating func run() {
        guard let wakeup = engine.core.withLock({ $0.brokers[broker]?.wakeup }) else { return }
        while true {
            let now = MonotonicInstant.now
            switch engine.core.withLock({ $0.nextStep(ofBroker: broker, now: now) }) {
            case .end:
                sender?.connection.canceller.cancel()
                engine.set(nil, ofBroker: broker)
                return
            case .sleep(let milliseconds): wakeup.wait(milliseconds: milliseconds)
            case .connect: if !connect() { return }
            // Its reader detects the end and reports it; then the connection is replaced.
            case .disconnect: sender?.connection.canceller.cancel()
            case .finishRequest: connectedSender.finish(engine)
            case .send(let assignments): connectedSender.send(assignments, engine)
            }
        }
    }

    private var connectedSender: BatchSender {
        guard let sender else { preconditionFailure("batches are taken only while connected") }
        return sender
    }

    /// Opens a connection, or waits before the next attempt. Returns false if the producer has ended in the meantime.
    private mutating func connect() -> Bool {
        do throws(KafkaError) {
            if let former = sender?.connection {
                sender = nil
                // If a broker closes every connection without a response, it is not retried without a pause.
                if former.hasAnswered { backoff.reset() } else { try pause() }
            }
            let configuration = engine.client.configuration
            let address = try engine.client.address(of: broker, engine.cancellation)
            let link = try BrokerLink(to: address, configuration, engine.cancellation)
            let limit = engine.client.updateVersions(of: link.broker) { $0.limit(of: .produce) }
            let sender = try BatchSender(link, broker: broker, engine.configuration.compression, atMost: limit)
            link.setReadTimeout(milliseconds: max(100, configuration.requestTimeoutMilliseconds / 4))
            self.sender = sender
            engine.set(sender, ofBroker: broker)
            engine.core.withLock { $0.connected(broker, reauthenticateAt: link.reauthenticateAt) }
            engine.startReader(of: broker, sender.connection, ReceivingHalf(receiver: link.receiver))
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
}
