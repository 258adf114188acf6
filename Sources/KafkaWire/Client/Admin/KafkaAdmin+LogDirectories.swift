import KafkaProtocol

extension KafkaAdmin {
    /// The directories of brokers; one result for each broker, in the same order.
    ///
    /// - Parameter partitions: the partitions whose replicas are described; nil: all.
    public func describeLogDirectories(
        of brokerIDs: [Int32], partitions: [TopicPartition]? = nil
    ) -> [Result<[LogDirectory], KafkaError>] {
        let names = brokerIDs.map { "\($0)" }
        return perform("describing the log directories of broker", names, at: brokerIDs.map(AdminTarget.broker)) {
            connection, items, results throws(KafkaError) in
            var request = DescribeLogDirsRequest()
            request.topics = partitions.map { partitions in
                partitions.groupedByTopic().map { group in
                    var topic = DescribeLogDirsRequest.DescribableLogDirTopic()
                    topic.topic = group.topic
                    topic.partitions = group.items.map { partitions[$0].partition }
                    return topic
                }
            }
            let response = try connection.request(request)
            for index in items {
                results.set(names[index], response.errorCode, nil, response.results.map { LogDirectory($0) })
            }
        }
    }

    /// Moves replicas to other directories of their brokers; one result for each, in the same order. A success means
    /// that the move has begun.
    public func moveReplicas(_ moves: [ReplicaMove]) -> [Result<Void, KafkaError>] {
        let partitions = moves.map(\.partition)
        func name(_ partition: TopicPartition, _ brokerID: Int32) -> String { "\(partition) of broker \(brokerID)" }
        return perform(
            "moving replica", moves.map { name($0.partition, $0.brokerID) }, at: moves.map { .broker($0.brokerID) }
        ) { connection, items, results throws(KafkaError) in
            var request = AlterReplicaLogDirsRequest()
            request.dirs = Dictionary(grouping: items) { moves[$0].path }.map { path, items in
                var directory = AlterReplicaLogDirsRequest.AlterReplicaLogDir()
                directory.path = path
                directory.topics = partitions.groupedByTopic(items).map { group in
                    var topic = AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic()
                    topic.name = group.topic
                    topic.partitions = group.items.map { partitions[$0].partition }
                    return topic
                }
                return directory
            }
            // All items of a connection are of one broker.
            guard let brokerID = items.first.map({ moves[$0].brokerID }) else { return }
            for topic in try connection.request(request).results {
                for partition in topic.partitions {
                    let moved = TopicPartition(topic.topicName, partition.partitionIndex)
                    results.set(name(moved, brokerID), partition.errorCode, nil, ())
                }
            }
        }
    }
}

extension LogDirectory {
    fileprivate init(_ directory: DescribeLogDirsResponse.DescribeLogDirsResult) {
        self.init(
            path: directory.logDir, error: directory.errorCode == .none ? nil : directory.errorCode,
            totalBytes: directory.totalBytes < 0 ? nil : directory.totalBytes,
            usableBytes: directory.usableBytes < 0 ? nil : directory.usableBytes, isCordoned: directory.isCordoned,
            replicas: directory.topics.flatMap { topic in
                topic.partitions.map { partition in
                    Replica(
                        partition: TopicPartition(topic.name, partition.partitionIndex),
                        sizeBytes: partition.partitionSize, offsetLag: partition.offsetLag,
                        isFuture: partition.isFutureKey)
                }
            })
    }
}
