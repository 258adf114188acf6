import KafkaProtocol
import WireCore

extension RequestHandler {
    static let describeTransactions = RequestHandler(DescribeTransactionsRequest.self) { service, request, context in
        service.describeTransactions(request, context)
    }
    static let listTransactions = RequestHandler(ListTransactionsRequest.self) { service, request, context in
        service.listTransactions(request, context)
    }
    static let describeProducers = RequestHandler(DescribeProducersRequest.self) { service, request, context in
        service.describeProducers(request, context)
    }
}

extension BrokerService {
    /// DescribeTransactions.
    func describeTransactions(
        _ request: DescribeTransactionsRequest, _ context: RequestContext
    ) -> DescribeTransactionsResponse {
        var response = DescribeTransactionsResponse()
        response.transactionStates = request.transactionalIDs.distinct { $0 }.map { transactionalID in
            var entry = DescribeTransactionsResponse.TransactionState()
            entry.transactionalID = transactionalID
            guard coordinates(transactionalID, context) else {
                entry.errorCode = .notCoordinator
                return entry
            }
            guard let transaction = transactions.transaction(transactionalID) else {
                entry.errorCode = transactionalID.isEmpty ? .invalidRequest : .transactionalIDNotFound
                return entry
            }
            entry.transactionState = transaction.phase.name
            entry.transactionTimeoutMilliseconds = transaction.timeoutMilliseconds
            entry.transactionStartTimeMilliseconds = transaction.startedAt
            entry.producerID = transaction.producerID
            entry.producerEpoch = transaction.epoch
            entry.topics = Dictionary(grouping: transaction.partitions, by: \.topic).sorted { $0.key < $1.key }.map {
                var topic = DescribeTransactionsResponse.TopicData()
                topic.topic = $0.key
                topic.partitions = $0.value.map(\.index).sorted()
                return topic
            }
            return entry
        }
        return response
    }

    /// ListTransactions: those that this node coordinates, filtered by state, producer id and duration. A pattern of
    /// ids is a regular expression.
    func listTransactions(
        _ request: ListTransactionsRequest, _ context: RequestContext
    ) -> ListTransactionsResponse {
        var response = ListTransactionsResponse()
        let names = Set(TransactionState.Phase.allCases.map(\.name))
        response.unknownStateFilters = request.stateFilters.filter { !names.contains($0) }
        var pattern: RegularExpression?
        if let text = request.transactionalIDPattern, !text.isEmpty {
            guard let compiled = RegularExpression(text) else {
                response.errorCode = .invalidRegularExpression
                return response
            }
            pattern = compiled
        }
        let now = WallTime.now.epochMilliseconds
        response.transactionStates = transactions.transactions.filter { transaction in
            coordinates(transaction.transactionalID, context)
                && (request.stateFilters.isEmpty || request.stateFilters.contains(transaction.phase.name))
                && (request.producerIDFilters.isEmpty || request.producerIDFilters.contains(transaction.producerID))
                && (request.durationFilter < 0
                    || transaction.startedAt >= 0 && now - transaction.startedAt > request.durationFilter)
                && (pattern?.matches(transaction.transactionalID) ?? true)
        }.map { transaction in
            var entry = ListTransactionsResponse.TransactionState()
            entry.transactionalID = transaction.transactionalID
            entry.producerID = transaction.producerID
            entry.transactionState = transaction.phase.name
            return entry
        }
        return response
    }

    /// DescribeProducers: the idempotent and transactional producers of partitions.
    func describeProducers(
        _ request: DescribeProducersRequest, _ context: RequestContext
    ) -> DescribeProducersResponse {
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { wanted in
            var result = DescribeProducersResponse.TopicResponse()
            result.name = wanted.name
            let topic = topics.topic(named: wanted.name)
            result.partitions = wanted.partitionIndexes.distinct { $0 }.map { index in
                var entry = DescribeProducersResponse.PartitionResponse()
                entry.partitionIndex = index
                let log: PartitionLog
                switch partition(topic, index, of: context.node.id, mustLead: false) {
                case .failure(let code):
                    entry.errorCode = code
                    return entry
                case .success(let found): log = found
                }
                entry.activeProducers = log.producers.sorted { $0.key < $1.key }.map { producerID, producer in
                    var state = DescribeProducersResponse.ProducerState()
                    state.producerID = producerID
                    state.producerEpoch = Int32(producer.epoch)
                    state.lastSequence = producer.lastSequence
                    state.lastTimestamp = producer.lastTimestamp
                    state.coordinatorEpoch = producer.coordinatorEpoch
                    state.currentTxnStartOffset = producer.transactionFirstOffset ?? -1
                    return state
                }
                return entry
            }
            return result
        }
        return response
    }
}
