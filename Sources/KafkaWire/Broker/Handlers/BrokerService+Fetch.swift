import KafkaProtocol
import WireCore

extension RequestHandler {
    static let fetch = RequestHandler(FetchRequest.self) { service, request, context in
        service.fetch(request, context: context)
    }
}

extension BrokerService {
    private typealias PartitionData = FetchResponse.PartitionData

    /// One partition of a fetch, and its log or the error code if there is none.
    private struct FetchTarget {
        var topic: FetchRequest.FetchTopic
        var entry: FetchRequest.FetchPartition
        var log: ErrorCodeResult<PartitionLog>
    }

    /// Fetch. Waits until there are `minBytes`, for at most `maxWaitMilliseconds`.
    ///
    /// There are no fetch sessions (KIP-227): the session id in responses is 0, so that clients continue to send full
    /// requests. There are no replicas that could be behind: the high watermark is the end of the log.
    func fetch(_ request: FetchRequest, context: RequestContext) -> FetchResponse {
        var response = FetchResponse()
        guard request.sessionID == 0 else {
            response.errorCode = .fetchSessionIDNotFound
            return response
        }
        let targets = targets(of: request, context: context)
        wait(for: targets, request)

        var remainingBytes = min(max(0, Int(request.maxBytes)), configuration.limits.fetchBytesMax)
        var isFirst = true
        for wanted in request.topics {
            var result = FetchResponse.FetchableTopicResponse()
            result.topic = wanted.topic
            result.topicID = wanted.topicID
            response.responses.append(result)
        }
        var index = 0
        for (topicIndex, wanted) in request.topics.enumerated() {
            for _ in wanted.partitions {
                let data = read(targets[index], bytesMax: remainingBytes, isFirst: isFirst, request)
                let count = data.records?.count ?? 0
                if count > 0 { isFirst = false }
                remainingBytes = max(0, remainingBytes - count)
                response.responses[topicIndex].partitions.append(data)
                index += 1
            }
        }
        return response
    }

    private func targets(of request: FetchRequest, context: RequestContext) -> [FetchTarget] {
        request.topics.flatMap { wanted in
            let byID = context.version >= 13
            let topic = byID ? topics.topic(id: wanted.topicID) : topics.topic(named: wanted.topic)
            return wanted.partitions.map { entry in
                let log = byID && topic == nil
                    ? .failure(.unknownTopicID)
                    : partition(topic, entry.partition, leaderEpoch: entry.currentLeaderEpoch)
                return FetchTarget(topic: wanted, entry: entry, log: log)
            }
        }
    }

    /// Returns when there is an error or enough bytes to return, or when the maximum wait time has passed.
    private func wait(for targets: [FetchTarget], _ request: FetchRequest) {
        let timeoutMilliseconds = min(Int(request.maxWaitMilliseconds), configuration.limits.fetchWaitMillisecondsMax)
        guard timeoutMilliseconds > 0, request.minBytes > 0 else { return }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        let signal = AppendSignal()
        let logs = targets.compactMap(\.log.value)
        for log in logs { log.addListener(signal) }
        defer { for log in logs { log.removeListener(signal) } }
        repeat {
            let isolation = PartitionLog.Isolation(request.isolationLevel)
            if hasAnswer(targets, minBytes: Int(request.minBytes), isolation: isolation) { return }
        } while signal.wait(until: deadline)
    }

    private func hasAnswer(
        _ targets: [FetchTarget], minBytes: Int, isolation: PartitionLog.Isolation
    ) -> Bool {
        var bytes = 0
        for target in targets {
            guard case .success(let log) = target.log, !log.isDeleted,
                target.entry.fetchOffset >= log.startOffset, target.entry.fetchOffset <= log.endOffset
            else { return true }
            do throws(StorageError) {
                bytes += try log.bytesAvailable(from: target.entry.fetchOffset, isolation: isolation)
            } catch { return true }
        }
        return bytes >= minBytes
    }

    private func read(_ target: FetchTarget, bytesMax: Int, isFirst: Bool, _ request: FetchRequest) -> PartitionData {
        var data = PartitionData()
        data.partitionIndex = target.entry.partition
        data.highWatermark = -1
        data.abortedTransactions = request.isolationLevel == 1 ? [] : nil
        switch target.log {
        case .failure(let code): data.errorCode = code
        case .success(let log):
            do throws(StorageError) {
                let limit = min(bytesMax, max(0, Int(target.entry.partitionMaxBytes)))
                let batches = try log.read(
                    from: target.entry.fetchOffset, bytesMax: limit, firstAlways: isFirst,
                    isolation: PartitionLog.Isolation(request.isolationLevel))
                guard let batches else {
                    data.errorCode = log.isDeleted ? .unknownTopicOrPartition : .offsetOutOfRange
                    break
                }
                data.records = batches.bytes
                data.highWatermark = batches.endOffset
                data.lastStableOffset = batches.lastStableOffset
                data.logStartOffset = batches.startOffset
                guard request.isolationLevel == 1 else { break }
                data.abortedTransactions = batches.aborted.map { transaction in
                    var entry = FetchResponse.AbortedTransaction()
                    entry.producerID = transaction.producerID
                    entry.firstOffset = transaction.firstOffset
                    return entry
                }
            } catch {
                Self.logger.error("\(error)")
                data.errorCode = .kafkaStorageError
            }
        }
        return data
    }
}

extension PartitionLog.Isolation {
    /// The isolation level of a request.
    init(_ level: Int8) { self = level == 1 ? .committed : .uncommitted }
}
