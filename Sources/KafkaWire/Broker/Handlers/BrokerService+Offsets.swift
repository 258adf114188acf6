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
    /// The requested partition, or the error code if it does not exist or the client has another leader epoch.
    func partition(
        _ topic: BrokerTopic?, _ index: Int32, leaderEpoch: Int32
    ) -> ErrorCodeResult<PartitionLog> {
        guard let partition = topic?.partition(index) else { return .failure(.unknownTopicOrPartition) }
        if leaderEpoch > BrokerTopic.leaderEpoch { return .failure(.unknownLeaderEpoch) }
        if leaderEpoch >= 0, leaderEpoch < BrokerTopic.leaderEpoch { return .failure(.fencedLeaderEpoch) }
        return .success(partition)
    }

    /// ListOffsets: the start, the end, or the first record with at least a timestamp.
    func listOffsets(_ request: ListOffsetsRequest, _: RequestContext) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        for wanted in request.topics {
            let topic = topics.topic(named: wanted.name)
            var result = ListOffsetsResponse.ListOffsetsTopicResponse()
            result.name = wanted.name
            for entry in wanted.partitions {
                var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
                answer.partitionIndex = entry.partitionIndex
                switch partition(topic, entry.partitionIndex, leaderEpoch: entry.currentLeaderEpoch) {
                case .failure(let code): answer.errorCode = code
                case .success(let log):
                    do throws(StorageError) {
                        let isolation = PartitionLog.Isolation(request.isolationLevel)
                        guard let found = try offset(in: log, at: entry.timestamp, isolation) else { break }
                        answer.timestamp = found.timestamp
                        answer.offset = found.offset
                        answer.leaderEpoch = log.epoch(at: found.offset) ?? BrokerTopic.leaderEpoch
                    } catch {
                        Self.logger.error("\(error)")
                        answer.errorCode = .kafkaStorageError
                    }
                }
                result.partitions.append(answer)
            }
            response.topics.append(result)
        }
        return response
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
        case -3: return try log.latestByTime()
        case ..<0: return nil
        default:
            guard let found = try log.firstRecord(timestampAtLeast: timestamp), found.offset < limit else { return nil }
            return found
        }
    }

    /// OffsetForLeaderEpoch: the offset at which an epoch of the partition's leaders ended.
    func offsetForLeaderEpoch(
        _ request: OffsetForLeaderEpochRequest, _: RequestContext
    ) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        for wanted in request.topics {
            let topic = topics.topic(named: wanted.topic)
            var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            result.topic = wanted.topic
            for entry in wanted.partitions {
                var answer = OffsetForLeaderEpochResponse.EpochEndOffset()
                answer.partition = entry.partition
                switch partition(topic, entry.partition, leaderEpoch: entry.currentLeaderEpoch) {
                case .failure(let code): answer.errorCode = code
                case .success(let log):
                    guard let found = log.end(ofEpoch: entry.leaderEpoch, current: BrokerTopic.leaderEpoch) else {
                        break
                    }
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
