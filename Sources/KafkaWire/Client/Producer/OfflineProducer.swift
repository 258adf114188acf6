import KafkaProtocol
import Synchronization
import WireCore

/// A `KafkaProducer` without threads and network, to measure the cost of a record from `append` to a finished batch
/// (`scripts/count-instructions`).
///
/// Records are appended to `producer`. `drain` replaces a broker's writer and reader: it takes the batches as they
/// would be sent, compresses and checksums them, and reports them as stored.
package final class OfflineProducer: Sendable {
    private static let broker: Int32 = 0

    /// Knows the topics that were added. Appending fails if the buffer is full, since no thread sends its content.
    package let producer: KafkaProducer
    private let engine: ProducerEngine

    /// - Parameters:
    ///   - listener: gets the outcome of every batch.
    ///   - timestampMilliseconds: the timestamp of records that are appended without one.
    package init(
        _ configuration: ProducerConfiguration, listener: any DeliveryListener, timestampMilliseconds: Int64
    ) {
        var configuration = configuration
        configuration.blockMillisecondsMax = 0
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: []))
        engine = ProducerEngine(
            client, configuration, listener, mode: .offline(timestampMilliseconds: timestampMilliseconds))
        producer = KafkaProducer(engine)
        engine.core.withLock { $0.adopt(ProducerIdentity(producerID: 1, epoch: 0)) }
    }

    /// Adds a topic of one partition, whose leader is reachable.
    package func addTopic(_ name: String) {
        engine.core.withLock { core in
            _ = core.topicIndex(name)
            let partition = TopicDescription.Partition(
                index: 0, leader: Self.broker, replicas: [Self.broker], inSyncReplicas: [Self.broker])
            _ = core.update([TopicDescription(name: name, partitions: [partition])])
            core.connected(Self.broker)
        }
    }

    /// Finishes all batches. Returns the number of their records and the number of bytes that would be sent.
    package func drain() -> (recordCount: Int, byteCount: Int) {
        producer.flush()
        var total = (recordCount: 0, byteCount: 0)
        while true {
            let assignments = takeAssignments()
            if assignments.isEmpty { return total }
            var answers: [ProducerCore.Answer] = []
            for assignment in assignments {
                let batch = OutgoingBatch(
                    topic: assignment.topic, partition: assignment.place.partition, assignment.batch, assignment.stamp,
                    engine.configuration)
                total.recordCount += Int(assignment.batch.recordCount)
                total.byteCount += batch.header.totalBytes
                answers.append(ProducerCore.Answer(place: assignment.place, outcome: .stored, baseOffset: 0))
            }
            engine.apply(engine.core.withLock { $0.settle(answers, ofBroker: Self.broker, now: .now) })
        }
    }

    private func takeAssignments() -> [ProducerCore.Assignment] {
        var taken: [ProducerCore.Assignment] = []
        while case .send(let assignments) = engine.core.withLock({ $0.nextStep(ofBroker: Self.broker, now: .now) }) {
            taken += assignments
        }
        // As a writer that never sleeps: a flush sends nothing itself.
        _ = engine.core.withLock { $0.wakeAll() }
        return taken
    }
}
