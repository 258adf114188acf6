import KafkaProtocol
import WireCore

extension RequestHandler {
    static let initProducerID = RequestHandler(InitProducerIdRequest.self) { service, request, context in
        service.initProducerID(request, context)
    }
    static let addPartitionsToTxn = RequestHandler(AddPartitionsToTxnRequest.self) { service, request, context in
        service.addPartitionsToTransaction(request, context)
    }
    static let addOffsetsToTxn = RequestHandler(AddOffsetsToTxnRequest.self) { service, request, context in
        service.addOffsetsToTransaction(request, context)
    }
    static let endTxn = RequestHandler(EndTxnRequest.self) { service, request, context in
        service.endTransaction(request, context)
    }
    static let writeTxnMarkers = RequestHandler(WriteTxnMarkersRequest.self) { service, request, context in
        service.writeTransactionMarkers(request, context)
    }
    static let txnOffsetCommit = RequestHandler(TxnOffsetCommitRequest.self) { service, request, context in
        service.commitOffsetsInTransaction(request, context)
    }
}

extension KafkaErrorCode {
    /// Clients of older versions know only INVALID_PRODUCER_EPOCH.
    fileprivate func fenced(since first: Int16, _ context: RequestContext) -> KafkaErrorCode {
        self == .producerFenced && context.version < first ? .invalidProducerEpoch : self
    }
}

extension BrokerService {
    /// InitProducerId: an idempotent producer gets a new id, a transactional one the id of its transactional id.
    func initProducerID(_ request: InitProducerIdRequest, _ context: RequestContext) -> InitProducerIdResponse {
        var response = InitProducerIdResponse()
        guard let transactionalID = request.transactionalID else {
            do throws(StorageError) {
                response.producerID = try producerIDs.next()
            } catch {
                Self.logger.error("No producer id can be allocated: \(error)")
                response.errorCode = .kafkaStorageError
            }
            return response
        }
        let hasOne = request.producerID != -1
        guard !transactionalID.isEmpty, isShort(transactionalID), hasOne == (request.producerEpoch != -1) else {
            response.errorCode = .invalidRequest
            response.producerEpoch = -1
            return response
        }
        guard coordinates(transactionalID, context) else {
            response.errorCode = .notCoordinator
            response.producerEpoch = -1
            return response
        }
        let outcome = transactions.initialize(
            transactionalID, timeoutMilliseconds: request.transactionTimeoutMilliseconds,
            expected: hasOne ? (request.producerID, request.producerEpoch) : nil)
        response.errorCode = outcome.code.fenced(since: 4, context)
        guard outcome.code == .none else {
            response.producerEpoch = -1
            return response
        }
        response.producerID = outcome.producerID
        response.producerEpoch = outcome.epoch
        return response
    }

    private typealias Topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic
    private typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult

    /// AddPartitionsToTxn: one transaction of a client up to version 3; several, which brokers send, since version 4.
    func addPartitionsToTransaction(
        _ request: AddPartitionsToTxnRequest, _ context: RequestContext
    ) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        guard context.version >= 4 else {
            guard !request.v3AndBelowTransactionalID.isEmpty else {
                response.resultsByTopicV3AndBelow = results(request.v3AndBelowTopics) { _ in .invalidRequest }
                return response
            }
            guard coordinates(request.v3AndBelowTransactionalID, context) else {
                response.resultsByTopicV3AndBelow = results(request.v3AndBelowTopics) { _ in .notCoordinator }
                return response
            }
            response.resultsByTopicV3AndBelow = add(request.v3AndBelowTopics) { partitions in
                transactions.add(
                    partitions, to: request.v3AndBelowTransactionalID, producerID: request.v3AndBelowProducerID,
                    epoch: request.v3AndBelowProducerEpoch, bumpsEpoch: false
                ).fenced(since: 2, context)
            }
            return response
        }
        response.resultsByTransaction = request.transactions.distinct(by: \.transactionalID).map { transaction in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
            result.transactionalID = transaction.transactionalID
            if !coordinates(transaction.transactionalID, context) {
                result.topicResults = results(transaction.topics) { _ in .notCoordinator }
            } else if transaction.verifyOnly {
                result.topicResults = verify(transaction, context)
            } else {
                result.topicResults = add(transaction.topics) { partitions in
                    transactions.add(
                        partitions, to: transaction.transactionalID, producerID: transaction.producerID,
                        epoch: transaction.producerEpoch, bumpsEpoch: true)
                }
            }
            return result
        }
        return response
    }

    /// Adds all partitions or none: if one of them does not exist, the others are not attempted.
    private func add(
        _ wanted: [Topic], _ add: ([TransactionState.Partition]) -> KafkaErrorCode
    ) -> [TopicResult] {
        let partitions = wanted.flatMap { topic in
            topic.partitions.map { TransactionState.Partition(topic: topic.name, index: $0) }
        }
        let absent = Set(partitions.filter { topics.topic(named: $0.topic)?.partition($0.index) == nil })
        let code = absent.isEmpty ? add(partitions) : .operationNotAttempted
        return results(wanted) { absent.contains($0) ? .unknownTopicOrPartition : code }
    }

    private func verify(
        _ transaction: AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction, _ context: RequestContext
    ) -> [TopicResult] {
        results(transaction.topics) { partition in
            let code = transactions.verify(
                partition, in: transaction.transactionalID, producerID: transaction.producerID,
                epoch: transaction.producerEpoch)
            return code == .invalidTxnState && context.version >= 5 ? .transactionAbortable : code
        }
    }

    private func results(_ wanted: [Topic], _ code: (TransactionState.Partition) -> KafkaErrorCode) -> [TopicResult] {
        wanted.map { topic in
            var result = TopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map { index in
                var entry = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                entry.partitionIndex = index
                entry.partitionErrorCode = code(.init(topic: topic.name, index: index))
                return entry
            }
            return result
        }
    }

    /// AddOffsetsToTxn: the transaction will commit offsets of a group.
    func addOffsetsToTransaction(
        _ request: AddOffsetsToTxnRequest, _ context: RequestContext
    ) -> AddOffsetsToTxnResponse {
        var response = AddOffsetsToTxnResponse()
        guard !request.groupID.isEmpty, isShort(request.groupID) else {
            response.errorCode = .invalidGroupID
            return response
        }
        guard coordinates(request.transactionalID, context) else { return request.refusal(.notCoordinator) }
        response.errorCode = transactions.add(
            [], groupID: request.groupID, to: request.transactionalID, producerID: request.producerID,
            epoch: request.producerEpoch, bumpsEpoch: false
        ).fenced(since: 2, context)
        return response
    }

    /// EndTxn. Since version 5 each transaction has an epoch of its own, which the response has (KIP-890).
    func endTransaction(_ request: EndTxnRequest, _ context: RequestContext) -> EndTxnResponse {
        guard !request.transactionalID.isEmpty else { return request.refusal(.invalidRequest) }
        guard coordinates(request.transactionalID, context) else { return request.refusal(.notCoordinator) }
        var response = EndTxnResponse()
        let outcome = transactions.end(
            request.transactionalID, isCommit: request.committed, producerID: request.producerID,
            epoch: request.producerEpoch, bumpsEpoch: context.version >= 5)
        response.errorCode = outcome.code.fenced(since: 2, context)
        guard outcome.code == .none, context.version >= 5 else { return response }
        response.producerID = outcome.producerID
        response.producerEpoch = outcome.epoch
        return response
    }

    /// WriteTxnMarkers: an administrator ends a transaction that its coordinator does not know (`kafka-transactions
    /// abort`).
    func writeTransactionMarkers(
        _ request: WriteTxnMarkersRequest, _ context: RequestContext
    ) -> WriteTxnMarkersResponse {
        var response = WriteTxnMarkersResponse()
        response.markers = request.markers.map { wanted in
            var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
            result.producerID = wanted.producerID
            let marker = TransactionMarker(
                isCommit: wanted.transactionResult, coordinatorEpoch: wanted.coordinatorEpoch)
            result.topics = wanted.topics.map { topic in
                var topicResult = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
                topicResult.name = topic.name
                topicResult.partitions = topic.partitionIndexes.map { index in
                    var entry = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
                    entry.partitionIndex = index
                    entry.errorCode = append(
                        marker, producerID: wanted.producerID, epoch: wanted.producerEpoch, as: context.node.id,
                        topic.name, index)
                    return entry
                }
                return topicResult
            }
            return result
        }
        return response
    }

    private func append(
        _ marker: TransactionMarker, producerID: Int64, epoch: Int16, as nodeID: Int32, _ topic: String, _ index: Int32
    ) -> KafkaErrorCode {
        // Kafka's node does not know a partition of which it is no replica here.
        guard let log = topics.topic(named: topic)?.partition(index), log.registration.replicas.contains(nodeID) else {
            return .unknownTopicOrPartition
        }
        do throws(StorageError) {
            return try log.append(marker, producerID: producerID, epoch: epoch, as: nodeID)
        } catch {
            Self.logger.error("Topic \(topic), partition \(index): \(error)")
            return .kafkaStorageError
        }
    }

    /// TxnOffsetCommit. Since version 5 the group is added to the transaction by it.
    func commitOffsetsInTransaction(
        _ request: TxnOffsetCommitRequest, _ context: RequestContext
    ) -> TxnOffsetCommitResponse {
        let now = WallTime.now.epochMilliseconds
        var commits: [GroupCoordinator.Commit] = []
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { wanted in
            var result = TxnOffsetCommitResponse.Topic()
            result.name = wanted.name
            let topic = topics.topic(named: wanted.name)
            result.partitions = wanted.partitions.map { entry in
                var answer = TxnOffsetCommitResponse.Partition()
                answer.partitionIndex = entry.partitionIndex
                let metadata = entry.committedMetadata ?? ""
                if topic?.partition(entry.partitionIndex) == nil {
                    answer.errorCode = .unknownTopicOrPartition
                } else if metadata.utf8.count > configuration.limits.offsetMetadataBytesMax {
                    answer.errorCode = .offsetMetadataTooLarge
                } else {
                    let committed = CommittedOffset(
                        offset: entry.committedOffset, leaderEpoch: entry.committedLeaderEpoch, metadata: metadata,
                        committedAt: now)
                    commits.append(.init(topic: wanted.name, partition: entry.partitionIndex, committed: committed))
                }
                return answer
            }
            return result
        }
        var code = verifyGroup(of: request, context)
        if code == .none {
            code = groups.commitInTransaction(
                producerID: request.producerID, groupID: request.groupID, memberID: request.memberID,
                groupInstanceID: request.groupInstanceID, generation: request.generationID, commits)
        }
        guard code != .none else { return response }
        for topic in response.topics.indices {
            for partition in response.topics[topic].partitions.indices
            where response.topics[topic].partitions[partition].errorCode == .none {
                response.topics[topic].partitions[partition].errorCode = code
            }
        }
        return response
    }

    private func verifyGroup(of request: TxnOffsetCommitRequest, _ context: RequestContext) -> KafkaErrorCode {
        guard !request.groupID.isEmpty, isShort(request.groupID) else { return .invalidGroupID }
        guard coordinates(request.groupID, context) else { return .notCoordinator }
        if context.version >= 5 {
            return transactions.add(
                [], groupID: request.groupID, to: request.transactionalID, producerID: request.producerID,
                epoch: request.producerEpoch, bumpsEpoch: true
            ).asWritten
        }
        let code = transactions.verify(
            nil, groupID: request.groupID, in: request.transactionalID, producerID: request.producerID,
            epoch: request.producerEpoch)
        return code.asWritten
    }
}

extension KafkaErrorCode {
    /// What a producer gets that writes to a partition, or commits offsets, outside of its transaction.
    var asWritten: KafkaErrorCode { self == .producerFenced ? .invalidProducerEpoch : self }
}
