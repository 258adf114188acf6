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
    /// The requested partition, or the error code if it does not exist or the leader epoch is newer than ours.
    func partition(
        _ topic: BrokerTopic?, _ index: Int32, leaderEpoch: Int32
    ) -> ErrorCodeResult<PartitionLog> {
        guard let partition = topic?.partition(index) else { return .failure(.unknownTopicOrPartition) }
        if leaderEpoch > PartitionLog.leaderEpoch { return .failure(.unknownLeaderEpoch) }
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
                        guard let found = try offset(in: log, at: entry.timestamp) else { break }
                        answer.timestamp = found.timestamp
                        answer.offset = found.offset
                        if found.offset >= 0 { answer.leaderEpoch = PartitionLog.leaderEpoch }
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
    private func offset(in log: PartitionLog, at timestamp: Int64) throws(StorageError) -> PartitionLog.TimedOffset? {
        switch timestamp {
        case -1: .init(timestamp: -1, offset: log.endOffset)
        case -2, -4: .init(timestamp: -1, offset: log.startOffset)
        case -3: log.latestByTime
        case ..<0: nil
        default: try log.firstRecord(timestampAtLeast: timestamp)
        }
    }

    /// OffsetForLeaderEpoch: the only epoch ends at the end of the log.
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
                case .success(let log) where entry.leaderEpoch == PartitionLog.leaderEpoch:
                    answer.leaderEpoch = PartitionLog.leaderEpoch
                    answer.endOffset = log.endOffset
                case .success: break
                }
                result.partitions.append(answer)
            }
            response.topics.append(result)
        }
        return response
    }
}
