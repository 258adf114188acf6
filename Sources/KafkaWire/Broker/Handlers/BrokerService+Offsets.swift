import KafkaProtocol
import WireCore

extension RequestHandler {
    static let listOffsets = RequestHandler(ListOffsetsRequest.self) { service, request, context in
        service.listOffsets(request, context)
    }
    static let offsetForLeaderEpoch = RequestHandler(OffsetForLeaderEpochRequest.self) { service, request, context in
        service.offsetForLeaderEpoch(request, context)
    }
}

extension BrokerService {
    /// ListOffsets: the start, the end, or the first record with at least a timestamp.
    func listOffsets(_ request: ListOffsetsRequest, _ context: RequestContext) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        let keys = request.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic.name, $0.partitionIndex) }
        }
        let counts = Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
        var answered: Set<TopicPartition> = []
        for wanted in request.topics {
            let topic = topics.topic(named: wanted.name)
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = wanted.name
            for entry in wanted.partitions {
                let key = TopicPartition(wanted.name, entry.partitionIndex)
                guard answered.insert(key).inserted else { continue }
                var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
                answer.partitionIndex = entry.partitionIndex
                if let code = refusal(of: entry, isRepeated: counts[key] != 1, context.version) {
                    answer.errorCode = code
                    result.partitions.append(answer)
                    continue
                }
                // -2 is a debugging consumer, which any replica answers.
                let found = partition(
                    topic, entry.partitionIndex, of: context.node.id, leaderEpoch: entry.currentLeaderEpoch,
                    mustLead: request.replicaID != -2)
                switch found {
                case .failure(let code): answer.errorCode = code
                case .success(let log):
                    do throws(StorageError) {
                        let isolation = PartitionLog.Isolation(request.isolationLevel)
                        guard let found = try offset(in: log, at: entry.timestamp, isolation) else { break }
                        answer.timestamp = found.timestamp
                        answer.offset = found.offset
                        // The end belongs to the leader, which may not have written anything.
                        let epoch = entry.timestamp == -1 ? nil : log.epoch(at: found.offset)
                        answer.leaderEpoch = epoch ?? log.registration.leaderEpoch
                    } catch {
                        Self.logger.error("\(error)")
                        answer.errorCode = .kafkaStorageError
                    }
                }
                result.partitions.append(answer)
            }
            if !result.partitions.isEmpty { response.topics.append(result) }
        }
        return response
    }

    /// The versions since which negative timestamps have a meaning: KIP-734, KIP-405, KIP-1005, KIP-1023.
    private static let specialTimestamps: [Int64: Int16] = [-3: 7, -4: 8, -5: 9, -6: 11]

    private func refusal(
        of entry: ListOffsetsRequest.ListOffsetsPartition, isRepeated: Bool, _ version: Int16
    ) -> KafkaErrorCode? {
        if isRepeated { return .invalidRequest }
        if let first = Self.specialTimestamps[entry.timestamp], version < first { return .unsupportedVersion }
        return nil
    }

    /// Negative timestamps have a meaning of their own: -1 is the end, -2 and -4 the start (the whole log is local), -3
    /// the record with the largest timestamp. -5 and -6 are for remote storage, which does not exist here.
    private func offset(
        in log: PartitionLog, at timestamp: Int64, _ isolation: PartitionLog.Isolation
    ) throws(StorageError) -> PartitionLog.TimedOffset? {
        let limit = isolation == .committed ? log.lastStableOffset : log.endOffset
        switch timestamp {
        case -1: return .init(timestamp: -1, offset: limit)
        case -2, -4: return .init(timestamp: -1, offset: log.startOffset)
        case -3: return try log.latestByTime().flatMap { $0.offset < limit ? $0 : nil }
        case ..<0: return nil
        default:
            guard let found = try log.firstRecord(timestampAtLeast: timestamp), found.offset < limit else { return nil }
            return found
        }
    }

    /// OffsetForLeaderEpoch: the offset at which an epoch of the partition's leaders ended.
    func offsetForLeaderEpoch(
        _ request: OffsetForLeaderEpochRequest, _ context: RequestContext
    ) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        for wanted in request.topics {
            let topic = topics.topic(named: wanted.topic)
            var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            result.topic = wanted.topic
            for entry in wanted.partitions {
                var answer = OffsetForLeaderEpochResponse.EpochEndOffset()
                answer.partition = entry.partition
                let found = partition(
                    topic, entry.partition, of: context.node.id, leaderEpoch: entry.currentLeaderEpoch, mustLead: true)
                switch found {
                case .failure(let code): answer.errorCode = code
                case .success(let log):
                    guard entry.leaderEpoch >= 0, let found = log.end(ofEpoch: entry.leaderEpoch) else { break }
                    answer.leaderEpoch = found.number
                    answer.endOffset = found.startOffset
                }
                result.partitions.append(answer)
            }
            response.topics.append(result)
        }
        return response
    }
}
