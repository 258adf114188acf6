import KafkaProtocol

extension RequestHandler {
    static let alterReplicaLogDirs = RequestHandler(AlterReplicaLogDirsRequest.self) { service, request, _ in
        service.alterLogDirectories(request)
    }
}

extension BrokerService {
    /// AlterReplicaLogDirs: there is one directory, in which every partition is.
    func alterLogDirectories(_ request: AlterReplicaLogDirsRequest) -> AlterReplicaLogDirsResponse {
        typealias TopicResult = AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
        var results: [TopicResult] = []
        for wanted in request.dirs {
            let moved = wanted.topics.map { topic in
                var result = TopicResult()
                result.topicName = topic.name
                result.partitions = topic.partitions.map { index in
                    var partition = AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult()
                    partition.partitionIndex = index
                    if wanted.path != directory.path {
                        partition.errorCode = .logDirNotFound
                    } else if topics.topic(named: topic.name)?.partition(index) == nil {
                        partition.errorCode = .unknownTopicOrPartition
                    }
                    return partition
                }
                return result
            }
            results.merge(moved, by: \.topicName, \.partitions)
        }
        var response = AlterReplicaLogDirsResponse()
        response.results = results
        return response
    }
}
