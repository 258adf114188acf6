import KafkaProtocol

extension KafkaAdmin {
    // MARK: Producers

    /// The producers that have written to partitions (Kafka 2.8); one result for each partition, in the same order.
    ///
    /// - Parameter brokerID: the replica that is asked; nil: each partition's leader.
    public func describeProducers(
        _ partitions: [TopicPartition], at brokerID: Int32? = nil
    ) -> [Result<[ProducerDescription], KafkaError>] {
        let targets = partitions.map { brokerID.map(AdminTarget.broker) ?? .leader($0) }
        return perform("describing the producers of", partitions.map(\.description), at: targets) {
            connection, items, results throws(KafkaError) in
            var request = DescribeProducersRequest()
            request.topics = partitions.groupedByTopic(items).map { group in
                var topic = DescribeProducersRequest.TopicRequest()
                topic.name = group.topic
                topic.partitionIndexes = group.items.map { partitions[$0].partition }
                return topic
            }
            for topic in try connection.request(request).topics {
                for partition in topic.partitions {
                    let name = TopicPartition(topic.name, partition.partitionIndex).description
                    results.set(
                        name, partition.errorCode, partition.errorMessage,
                        partition.activeProducers.map { ProducerDescription($0) })
                }
            }
        }
    }

    // MARK: Transactions

    /// The transactions of every broker (Kafka 3.0); one result for each broker, in the order of their ids.
    ///
    /// - Parameters:
    ///   - states: for example `Ongoing`; empty: all.
    ///   - producerIDs: empty: all.
    ///   - durationMillisecondsMin: only those that have been open longer (Kafka 3.8).
    ///   - transactionalIDPattern: a regular expression in RE2's syntax (Kafka 4.1); nil: all.
    public func listTransactions(
        states: [String] = [], producerIDs: [Int64] = [], durationMillisecondsMin: Int64? = nil,
        transactionalIDPattern: String? = nil
    ) -> [Result<[TransactionListing], KafkaError>] {
        onEachBroker("listing transactions of broker") { connection throws(KafkaError) in
            if durationMillisecondsMin != nil {
                try connection.require(.listTransactions, version: 1, for: "listing transactions by duration")
            }
            if transactionalIDPattern != nil {
                try connection.require(.listTransactions, version: 2, for: "listing transactions by pattern")
            }
            var request = ListTransactionsRequest()
            request.stateFilters = states
            request.producerIDFilters = producerIDs
            request.durationFilter = durationMillisecondsMin ?? -1
            request.transactionalIDPattern = transactionalIDPattern
            let response = try connection.request(request)
            try response.errorCode.check("listing transactions")
            if let state = response.unknownStateFilters.first {
                let message = "the broker does not know the state \(state)"
                throw .code(.invalidRequest, about: "listing transactions", message: message)
            }
            return response.transactionStates.map { transaction in
                TransactionListing(
                    transactionalID: transaction.transactionalID, producerID: transaction.producerID,
                    state: transaction.transactionState)
            }
        }
    }

    /// Describes transactional producers (Kafka 3.0); one result for each, in the same order.
    /// `.transactionalIDNotFound` if a coordinator has none with that id.
    public func describeTransactions(
        _ transactionalIDs: [String]
    ) -> [Result<TransactionDescription, KafkaError>] {
        let targets = transactionalIDs.map { AdminTarget.coordinator(.transaction($0)) }
        return perform("describing transactional id", transactionalIDs, at: targets) {
            connection, items, results throws(KafkaError) in
            var request = DescribeTransactionsRequest()
            request.transactionalIDs = items.map { transactionalIDs[$0] }
            for transaction in try connection.request(request).transactionStates {
                results.set(
                    transaction.transactionalID, transaction.errorCode, nil, TransactionDescription(transaction))
            }
        }
    }

    /// Aborts the open transaction of a producer in one partition, which its coordinator has forgotten (Kafka 3.0).
    public func abortTransaction(_ transaction: AbortedTransaction) throws(KafkaError) {
        let partition = transaction.partition
        let about = "aborting a transaction in \(partition)"
        var topic = WriteTxnMarkersRequest.WritableTxnMarkerTopic()
        topic.name = partition.topic
        topic.partitionIndexes = [partition.partition]
        var marker = WriteTxnMarkersRequest.WritableTxnMarker()
        marker.producerID = transaction.producerID
        marker.producerEpoch = transaction.producerEpoch
        marker.coordinatorEpoch = transaction.coordinatorEpoch
        marker.transactionResult = false
        marker.topics = [topic]
        var request = WriteTxnMarkersRequest()
        request.markers = [marker]
        try self.request(about, at: .leader(partition)) { connection throws(KafkaError) in
            let results = try connection.request(request).markers.flatMap(\.topics).flatMap(\.partitions)
            guard let result = results.first else {
                throw .code(.unknownServerError, about: about, message: "an empty answer")
            }
            try result.errorCode.check(about)
        }
    }

    /// Fences the producers that use transactional ids, and aborts their open transactions (KIP-618); one result for
    /// each id, in the same order.
    public func fenceProducers(_ transactionalIDs: [String]) -> [Result<FencedProducer, KafkaError>] {
        let targets = transactionalIDs.map { AdminTarget.coordinator(.transaction($0)) }
        return perform("fencing transactional id", transactionalIDs, at: targets) {
            connection, items, results throws(KafkaError) in
            for index in items {
                var request = InitProducerIdRequest()
                request.transactionalID = transactionalIDs[index]
                // The timeout applies to a transaction that is never begun.
                request.transactionTimeoutMilliseconds = requestTimeoutMilliseconds
                let response = try connection.request(request)
                results.set(
                    transactionalIDs[index], response.errorCode, nil,
                    FencedProducer(producerID: response.producerID, producerEpoch: response.producerEpoch))
            }
        }
    }
}

extension ProducerDescription {
    fileprivate init(_ state: DescribeProducersResponse.ProducerState) {
        self.init(
            producerID: state.producerID, producerEpoch: state.producerEpoch, lastSequence: state.lastSequence,
            lastTimestampMilliseconds: state.lastTimestamp < 0 ? nil : state.lastTimestamp,
            coordinatorEpoch: state.coordinatorEpoch < 0 ? nil : state.coordinatorEpoch,
            transactionStartOffset: state.currentTxnStartOffset < 0 ? nil : state.currentTxnStartOffset)
    }
}

extension TransactionDescription {
    fileprivate init(_ state: DescribeTransactionsResponse.TransactionState) {
        self.init(
            transactionalID: state.transactionalID, state: state.transactionState, producerID: state.producerID,
            producerEpoch: state.producerEpoch, timeoutMilliseconds: state.transactionTimeoutMilliseconds,
            startMilliseconds: state.transactionStartTimeMilliseconds < 0
                ? nil : state.transactionStartTimeMilliseconds,
            partitions: state.topics.flatMap { topic in topic.partitions.map { TopicPartition(topic.topic, $0) } })
    }
}
