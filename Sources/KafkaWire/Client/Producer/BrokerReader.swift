import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

/// Receives the responses of one connection and settles their batches. Runs on a thread of its own.
struct BrokerReader {
    private let engine: ProducerEngine
    private let broker: Int32
    private let connection: ProducerConnection
    private let receiver: ResponseReceiver

    init(_ engine: ProducerEngine, broker: Int32, _ connection: ProducerConnection, _ half: ReceivingHalf) {
        self.engine = engine
        self.broker = broker
        self.connection = connection
        receiver = half.receiver
    }

    /// Runs until the connection ends; the batches in flight on it are then retried.
    func run() {
        while true {
            do throws(KafkaError) {
                try settle(try receiver.receive())
            } catch {
                if isWithinRequestTimeout(error) { continue }
                noteEnd(error)
                // A connection that worked until it ended is replaced.
                let isOrdinary = connection.hasAnswered && error.isEndOfConnection
                if !isOrdinary, connection.oldest != nil { engine.brokerFailed(error) }
                engine.observer?.connectionClosed(
                    to: connection.broker, connection.canceller.isCancelled ? nil : error)
                connection.canceller.cancel()
                engine.cancellation.remove(connection.canceller)
                engine.disconnected(broker)
                connection.end()
                Self.lose(connection, engine, broker)
                return
            }
        }
    }

    /// A read timeout is ignored unless a request has timed out.
    private func isWithinRequestTimeout(_ error: KafkaError) -> Bool {
        guard case .stream(.timedOut, _) = error else { return false }
        guard let oldest = connection.oldest else { return true }
        let waited = MonotonicInstant.now.milliseconds(since: oldest.sentAt)
        return waited < engine.client.configuration.requestTimeoutMilliseconds
    }

    private func settle(_ frame: UnsafeRawBufferPointer) throws(KafkaError) {
        guard let request = connection.oldest else {
            let fault = WireError(.trailingBytes(frame.count), at: 0)
            throw .malformed(context: "response from broker \(connection.broker) without a request", fault)
        }
        let response: ProduceResponse
        do throws(WireError) {
            var reader = ByteReader(frame)
            let header = try ResponseHeader(from: &reader, apiKey: .produce, apiVersion: request.version)
            guard header.correlationID == request.correlationID else {
                let answered = header.correlationID
                throw WireError(.invalidValue("response to request \(answered), not \(request.correlationID)"), at: 0)
            }
            response = try ProduceResponse.decodeIgnoringRest(reader, version: request.version)
        } catch {
            throw .malformed(context: "Produce response v\(request.version) from broker \(connection.broker)", error)
        }
        try check(response, request.version)
        _ = connection.popAnswered()
        observe(request, response)
        let answers = Self.answers(to: request, response)
        engine.client.learn(response.nodeEndpoints.compactMap { BrokerDescription($0) })
        let throttle = response.throttleTimeMilliseconds
        engine.apply(
            engine.core.withLock {
                $0.settle(answers, ofBroker: broker, throttleMilliseconds: throttle, now: .now)
            })
        engine.brokerAnswered()
    }

    // MARK: Versions that the broker announces and does not serve

    /// Throws if the broker does not serve the version, and a lower one is left: the batches are sent again in that.
    private func check(_ response: ProduceResponse, _ version: Int16) throws(KafkaError) {
        if response.refusesVersion {
            let isLowered = engine.client.updateVersions(of: connection.broker) {
                $0.requestRefused(.produce, version: version, lowest: connection.lowestVersion)
            }
            if isLowered { throw .code(.unsupportedVersion, about: "Produce v\(version)") }
        } else if !connection.hasAnswered {
            engine.client.updateVersions(of: connection.broker) { $0.requestAnswered(.produce, version: version) }
        }
    }

    private func noteEnd(_ error: KafkaError) {
        guard error.isEndOfConnection, !connection.canceller.isCancelled, let request = connection.oldest else {
            return
        }
        engine.client.updateVersions(of: connection.broker) {
            $0.connectionEnded(.produce, version: request.version, lowest: connection.lowestVersion)
        }
    }

    private func observe(_ request: ProducerConnection.PendingRequest, _ response: ProduceResponse) {
        guard let observer = engine.observer, var event = request.event else { return }
        event.complete(responseBytes: receiver.lastResponseBytes, sentAt: request.sentAt, now: .now)
        observer.requestAnswered(event)
        if response.throttleTimeMilliseconds > 0 {
            observer.throttled(by: connection.broker, milliseconds: Int(response.throttleTimeMilliseconds))
        }
    }

    /// From version 13 on responses have the topic's id, before its name.
    private struct Key: Hashable {
        let topic: String
        let topicID: KafkaUUID
        let partition: Int32

        init(_ assignment: ProducerCore.Assignment, _ request: ProducerConnection.PendingRequest) {
            let hasIDs = request.version >= BatchSender.topicIDVersion
            topic = hasIDs ? "" : assignment.topic
            topicID = hasIDs ? assignment.topicID : .zero
            partition = assignment.place.partition
        }

        init(_ topic: ProduceResponse.TopicProduceResponse, _ partition: Int32) {
            self.topic = topic.name
            topicID = topic.topicID
            self.partition = partition
        }
    }

    private static func answers(
        to request: ProducerConnection.PendingRequest, _ response: ProduceResponse
    ) -> [ProducerCore.Answer] {
        if request.assignments.count == 1, response.responses.count == 1, let topic = response.responses.first,
            topic.partitionResponses.count == 1, let partition = topic.partitionResponses.first {
            let assignment = request.assignments[0]
            let isAnswer = Key(topic, partition.index) == Key(assignment, request)
            return [answer(to: assignment, isAnswer ? partition : nil)]
        }
        var byPartition: [Key: ProduceResponse.PartitionProduceResponse] = [:]
        for topic in response.responses {
            for partition in topic.partitionResponses {
                byPartition[Key(topic, partition.index)] = partition
            }
        }
        return request.assignments.map { assignment in
            answer(to: assignment, byPartition[Key(assignment, request)])
        }
    }

    private static func answer(
        to assignment: ProducerCore.Assignment, _ response: ProduceResponse.PartitionProduceResponse?
    ) -> ProducerCore.Answer {
        guard let response else {
            return ProducerCore.Answer(
                place: assignment.place, outcome: .refused(.unknownServerError),
                message: "the response lacks this partition")
        }
        if response.errorCode == .none {
            return ProducerCore.Answer(place: assignment.place, outcome: .stored, baseOffset: response.baseOffset)
        }
        var answer = ProducerCore.Answer(
            place: assignment.place, outcome: .refused(response.errorCode), message: response.errorMessage.nonEmpty)
        for record in response.recordErrors {
            answer.refusedRecords.updateValue(record.batchIndexErrorMessage.nonEmpty, forKey: record.batchIndex)
        }
        let leader = response.currentLeader
        if leader.leaderID >= 0 { answer.leader = (leader.leaderID, leader.leaderEpoch) }
        return answer
    }

    /// Settles all requests of a connection that has ended.
    static func lose(_ connection: ProducerConnection, _ engine: ProducerEngine, _ broker: Int32) {
        while let request = connection.popOldest() {
            let answers = request.assignments.map { ProducerCore.Answer(place: $0.place, outcome: .lost) }
            engine.apply(engine.core.withLock { $0.settle(answers, ofBroker: broker, now: .now) })
        }
    }
}
