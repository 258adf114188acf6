import KafkaProtocol
import WireCore
import WireStreams

extension RequestHandler {
    /// Announced since version 0, as by Kafka 4: without version 0 librdkafka assumes that compression is not supported
    /// (KAFKA-18659).
    static let produce = RequestHandler(
        ProduceRequest.self, announced: 0...ProduceRequest.versions.upperBound
    ) { service, request, context in try service.produce(request, context: context) }
}

extension BrokerService {
    private typealias PartitionResponse = ProduceResponse.PartitionProduceResponse

    /// Produce. There is one copy of the records: acks=1 and acks=all are the same. With acks=0 there is no response,
    /// and an error closes the connection.
    func produce(_ request: ProduceRequest, context: RequestContext) throws -> ProduceResponse? {
        var response = ProduceResponse()
        var firstError = KafkaErrorCode.none
        var hints = LeaderHints()
        for wanted in request.topicData {
            var result = ProduceResponse.TopicProduceResponse()
            result.name = wanted.name
            result.topicID = wanted.topicID
            let topic = context.version >= 13 ? topics.topic(id: wanted.topicID) : topics.topic(named: wanted.name)
            for entry in wanted.partitionData {
                var answer = PartitionResponse()
                answer.index = entry.index
                do throws(IncomingBatch.ValidationError) {
                    try check(request)
                    guard let topic else {
                        throw .init(
                            code: context.version >= 13 ? .unknownTopicID : .unknownTopicOrPartition,
                            message: "This server does not host this topic-partition.")
                    }
                    try checkLeader(of: topic, entry.index, context)
                    let batch = try IncomingBatch(
                        entry.records, for: topic.configuration, now: WallTime.now.epochMilliseconds,
                        version: context.version)
                    if batch.header.isTransactional {
                        try join(request, batch.header, topic.name, entry.index, context)
                    }
                    try append(batch, to: topic, entry.index, as: context.node.id, into: &answer)
                } catch {
                    answer.errorCode = error.code
                    answer.errorMessage = AdminError.clipped(error.message)
                    answer.recordErrors = error.records.map { refused in
                        var record = ProduceResponse.BatchIndexAndErrorMessage()
                        record.batchIndex = refused.index
                        record.batchIndexErrorMessage = refused.message
                        return record
                    }
                    answer.baseOffset = -1
                    if error.code == .notLeaderOrFollower, let log = topic?.partition(entry.index) {
                        answer.errorMessage = nil
                        let leader = hints.leader(of: log, self, context)
                        answer.currentLeader.leaderID = leader.node
                        answer.currentLeader.leaderEpoch = leader.epoch
                    }
                    if firstError == .none { firstError = error.code }
                }
                result.partitionResponses.append(answer)
            }
            response.responses.append(result)
        }
        response.nodeEndpoints = hints.nodes.map { id, address in
            var endpoint = ProduceResponse.NodeEndpoint()
            endpoint.nodeID = id
            endpoint.host = address.host
            endpoint.port = Int32(address.port)
            return endpoint
        }
        guard request.acks == 0 else { return response }
        if firstError != .none { throw ConnectionError.unacknowledged(firstError) }
        return nil
    }

    private func check(_ request: ProduceRequest) throws(IncomingBatch.ValidationError) {
        guard (-1...1).contains(request.acks) else {
            throw .init(code: .invalidRequiredAcks, message: "acks=\(request.acks) is neither 0 nor 1 nor -1 (all)")
        }
    }

    private func checkLeader(
        of topic: BrokerTopic, _ index: Int32, _ context: RequestContext
    ) throws(IncomingBatch.ValidationError) {
        switch partition(topic, index, of: context.node.id, mustLead: true) {
        case .success: break
        case .failure(.unknownTopicOrPartition):
            throw .init(
                code: .unknownTopicOrPartition, message: "The topic has \(topic.partitions.count) partition(s)")
        case .failure(let code): throw .init(code: code, message: code.text)
        }
    }

    /// Checks that a transactional batch belongs to a transaction with this partition. Producers of version 2 of
    /// transactions add the partition by writing to it (KIP-890).
    private func join(
        _ request: ProduceRequest, _ header: RecordBatchHeader, _ topic: String, _ index: Int32,
        _ context: RequestContext
    ) throws(IncomingBatch.ValidationError) {
        guard let transactionalID = request.transactionalID else {
            throw .init(
                code: .transactionalIDAuthorizationFailed, message: "A transactional batch needs a transactional id")
        }
        let partition = TransactionState.Partition(topic: topic, index: index)
        var code: KafkaErrorCode
        if context.version >= 12 {
            code = transactions.add(
                [partition], to: transactionalID, producerID: header.producerID, epoch: header.producerEpoch,
                bumpsEpoch: true)
            // Clients of these versions retry this one.
            if code == .concurrentTransactions { code = .notEnoughReplicas }
        } else {
            code = transactions.verify(
                partition, in: transactionalID, producerID: header.producerID, epoch: header.producerEpoch)
            if code == .concurrentTransactions { code = .notEnoughReplicas }
            if code == .invalidTxnState, context.version >= 11 { code = .transactionAbortable }
        }
        guard code == .none else {
            throw .init(code: code.asWritten, message: "\(topic)-\(index) of \(transactionalID): \(code.text)")
        }
    }

    private func append(
        _ incoming: IncomingBatch, to topic: BrokerTopic, _ index: Int32, as nodeID: Int32,
        into answer: inout PartitionResponse
    ) throws(IncomingBatch.ValidationError) {
        guard let log = topic.partition(index) else {
            throw .init(
                code: .unknownTopicOrPartition, message: "The topic has \(topic.partitions.count) partition(s)")
        }
        var batch = incoming
        let appendTime = topic.configuration.stampsAppendTime ? WallTime.now.epochMilliseconds : nil
        let outcome: PartitionLog.AppendOutcome
        do throws(StorageError) {
            outcome = try log.append(&batch.bytes, batch.header, as: nodeID, appendTime: appendTime)
        } catch {
            Self.logger.error("Topic \(topic.name), partition \(index): \(error)")
            throw .init(code: .kafkaStorageError, message: error.description)
        }
        switch outcome {
        case .appended(let baseOffset, let isRepeated):
            answer.baseOffset = baseOffset
            answer.logStartOffset = log.startOffset
            // The append time of a repeated batch is not stored.
            answer.logAppendTimeMilliseconds = isRepeated ? -1 : appendTime ?? -1
        case .refused(let code):
            throw .init(code: code, message: code.text)
        }
    }
}
