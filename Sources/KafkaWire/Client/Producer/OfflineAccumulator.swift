import KafkaProtocol
import Synchronization
import WireCore

/// A producer's batches without its threads and its network, to measure the cost of a record from `append` to a
/// finished batch (`scripts/count-instructions`).
///
/// Records are appended as `KafkaProducer.append` does. `drain` replaces a broker's writer and reader: it takes the
/// batches as they would be sent, compresses and checksums them, and reports them as stored.
package final class OfflineAccumulator: Sendable {
    private static let broker: Int32 = 0

    private let core: Mutex<ProducerCore>
    private let configuration: ProducerConfiguration
    private let listener: any DeliveryListener

    package init(_ configuration: ProducerConfiguration, listener: any DeliveryListener) {
        self.configuration = configuration
        self.listener = listener
        var core = ProducerCore(configuration)
        core.adopt(ProducerIdentity(producerID: 1, epoch: 0))
        self.core = Mutex(core)
    }

    /// A topic of one partition, whose leader is reachable.
    package func topic(_ name: String) -> ProducerTopic {
        core.withLock { core in
            let topic = ProducerCore.TopicState(name: name, index: core.topics.count)
            core.topics.append(topic)
            core.topicsByName[name] = topic
            let partition = TopicDescription.Partition(
                index: 0, leader: Self.broker, replicas: [Self.broker], inSyncReplicas: [Self.broker])
            _ = core.update([TopicDescription(name: name, partitions: [partition])])
            core.connected(Self.broker)
            return ProducerTopic(name: name, index: topic.index)
        }
    }

    /// Appends a record. Throws if the buffer is full, since no thread sends its content.
    package func append(
        to topic: ProducerTopic, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: EncodedHeaders, timestampMilliseconds: Int64, tag: UInt64
    ) throws(KafkaError) {
        let record = ProducerCore.NewRecord(
            topicIndex: topic.index, partition: partition, key: key.map { BorrowedBytes($0) },
            value: value.map { BorrowedBytes($0) }, headers: headers, timestampMilliseconds: timestampMilliseconds,
            tag: tag, receipt: nil)
        let step = core.withLock { $0.appendToOpenBatch(record) } ?? core.withLock { $0.append(record, now: .now) }
        switch step {
        case .appended: return
        case .refused(let error): throw error
        case .mustWait: throw .timedOut(what: "waiting for room in the buffer", milliseconds: 0, lastError: nil)
        }
    }

    /// Finishes all batches. Returns the number of their records and the number of bytes that would be sent.
    package func drain() throws(KafkaError) -> (recordCount: Int, byteCount: Int) {
        core.withLock { $0.isFlushing = $0.unfinishedBatches > 0 }
        var total = (recordCount: 0, byteCount: 0)
        while true {
            let assignments = takeAssignments()
            if assignments.isEmpty { return total }
            var answers: [ProducerCore.Answer] = []
            for assignment in assignments {
                let batch = try OutgoingBatch(
                    topic: assignment.topic, partition: assignment.place.partition, assignment.batch, assignment.stamp,
                    configuration)
                total.recordCount += Int(assignment.batch.recordCount)
                total.byteCount += batch.header.totalBytes
                answers.append(ProducerCore.Answer(place: assignment.place, outcome: .stored, baseOffset: 0))
            }
            settle(answers)
        }
    }

    private func takeAssignments() -> [ProducerCore.Assignment] {
        var taken: [ProducerCore.Assignment] = []
        while case .send(let assignments) = core.withLock({ $0.nextStep(ofBroker: Self.broker, now: .now) }) {
            taken += assignments
        }
        return taken
    }

    private func settle(_ answers: [ProducerCore.Answer]) {
        let effects = core.withLock { $0.settle(answers, ofBroker: Self.broker, now: .now) }
        for finished in effects.finished {
            listener.finished(
                topic: finished.topic, partition: finished.partition, tags: finished.batch.tags, error: nil)
        }
        _ = core.withLock { $0.notified(effects.finished.count) }
    }
}
