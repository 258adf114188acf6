import KafkaProtocol
import Synchronization
import WireCore
import WireStreams

extension RequestHandler {
    static let fetch = RequestHandler(FetchRequest.self) { service, request, context in
        service.fetch(request, context: context)
    }
}

extension BrokerService {
    private typealias PartitionData = FetchResponse.PartitionData

    /// One partition of a fetch, with its topic if that exists.
    private struct FetchTarget {
        var wanted: FetchSessions.Wanted
        var topic: BrokerTopic?
    }

    /// Fetch, of a session (KIP-227) or without. Waits until there are `minBytes`, for at most `maxWaitMilliseconds`.
    ///
    /// No replica is behind: the high watermark is the end of the log. Since version 11 consumers may read from any
    /// replica, as with Kafka (KIP-392).
    func fetch(_ request: FetchRequest, context: RequestContext) -> FetchResponse {
        var response = FetchResponse()
        let newID = Int32.random(in: 1...Int32.max)
        let beginning = context.node.fetchSessions.withLock {
            $0.begin(request, usesIDs: context.version >= 13, newID: newID, now: .now)
        }
        guard case .ready(let sessionID, let isIncremental, let wanted) = beginning else {
            if case .refused(let code) = beginning { response.errorCode = code }
            return response
        }
        response.sessionID = sessionID
        let targets = wanted.map { target($0, context: context) }
        wait(for: targets, request, context)

        var remainingBytes = min(
            max(0, Int(request.maxBytes)), configuration.limits.fetchBytesMax, quotaEnforcement.fetchBytesMax(context))
        var isFirst = true
        var hints = LeaderHints()
        for target in targets {
            var data = read(target, bytesMax: remainingBytes, isFirst: isFirst, request, context)
            if data.errorCode == .notLeaderOrFollower || data.errorCode == .fencedLeaderEpoch, context.version >= 16,
                let log = target.topic?.partition(data.partitionIndex)
            {
                let leader = hints.leader(of: log, self, context)
                data.currentLeader.leaderID = leader.node
                data.currentLeader.leaderEpoch = leader.epoch
            }
            let count = data.records?.count ?? 0
            if count > 0 { isFirst = false }
            remainingBytes = max(0, remainingBytes - count)
            let key = target.wanted.key
            let isReturned = context.node.fetchSessions.withLock {
                $0.returns(data, of: key, sessionID: sessionID, isIncremental: isIncremental)
            }
            if isReturned { Self.append(data, of: key, to: &response) }
        }
        response.nodeEndpoints = hints.nodes.map { id, address in
            var endpoint = FetchResponse.NodeEndpoint()
            endpoint.nodeID = id
            endpoint.host = address.host
            endpoint.port = Int32(address.port)
            return endpoint
        }
        return response
    }

    private static func append(
        _ data: PartitionData, of key: FetchSessions.Key, to response: inout FetchResponse
    ) {
        if response.responses.last?.topic != key.topic || response.responses.last?.topicID != key.topicID {
            var topic = FetchResponse.FetchableTopicResponse()
            topic.topic = key.topic
            topic.topicID = key.topicID
            response.responses.append(topic)
        }
        response.responses[response.responses.count - 1].partitions.append(data)
    }

    private func target(_ wanted: FetchSessions.Wanted, context: RequestContext) -> FetchTarget {
        let byID = context.version >= 13
        let topic = byID ? topics.topic(id: wanted.key.topicID) : topics.topic(named: wanted.key.topic)
        return FetchTarget(wanted: wanted, topic: topic)
    }

    /// The partition, or the error code if there is none, this node may not answer for it any longer, or it is refused.
    private func log(of target: FetchTarget, _ context: RequestContext) -> ErrorCodeResult<PartitionLog> {
        let key = target.wanted.key
        let entry = RequestEntry(topic: key.topic, topicID: key.topicID, partition: key.partition)
        if let refusal = context.refusal, refusal.contains(entry) { return .failure(refusal.code) }
        if context.version >= 13, target.topic == nil { return .failure(.unknownTopicID) }
        return partition(
            target.topic, key.partition, of: context.node.id,
            leaderEpoch: target.wanted.entry.currentLeaderEpoch, mustLead: context.version < 11)
    }

    /// Returns when there is an error or enough bytes to return, or when the maximum wait time has passed.
    private func wait(for targets: [FetchTarget], _ request: FetchRequest, _ context: RequestContext) {
        let timeoutMilliseconds = min(Int(request.maxWaitMilliseconds), configuration.limits.fetchWaitMillisecondsMax)
        guard timeoutMilliseconds > 0, request.minBytes > 0, !hasAnswer(targets, request, context) else { return }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: timeoutMilliseconds)
        let signal = AppendSignal()
        let logs = targets.compactMap { $0.topic?.partition($0.wanted.key.partition) }
        for log in logs { log.addListener(signal) }
        context.node.addListener(signal)
        defer {
            for log in logs { log.removeListener(signal) }
            context.node.removeListener(signal)
        }
        repeat {
            if context.node.isStopped || hasAnswer(targets, request, context) { return }
        } while signal.wait(until: deadline)
    }

    private func hasAnswer(_ targets: [FetchTarget], _ request: FetchRequest, _ context: RequestContext) -> Bool {
        let isolation = PartitionLog.Isolation(request.isolationLevel)
        var bytes = 0
        for target in targets {
            let offset = target.wanted.entry.fetchOffset
            guard case .success(let log) = log(of: target, context), !log.isDeleted, offset >= log.startOffset,
                offset <= log.endOffset, divergence(of: target.wanted.entry, in: log) == .none
            else { return true }
            do throws(StorageError) {
                bytes += try log.bytesAvailable(from: offset, isolation: isolation)
            } catch { return true }
            if bytes >= Int(request.minBytes) { return true }
        }
        return false
    }

    private enum Divergence: Equatable {
        case none
        case at(LeaderEpochs.Epoch)
        /// The client's last record has an epoch that no leader had.
        case unknownEpoch
    }

    /// Where the client's log and the partition's diverge, if the client names the epoch of its last record and that
    /// one ended before the client's offset (KIP-595).
    private func divergence(of entry: FetchRequest.FetchPartition, in log: PartitionLog) -> Divergence {
        guard entry.lastFetchedEpoch >= 0 else { return .none }
        guard let found = log.end(ofEpoch: entry.lastFetchedEpoch) else { return .unknownEpoch }
        return found.number < entry.lastFetchedEpoch || found.startOffset < entry.fetchOffset ? .at(found) : .none
    }

    private func read(
        _ target: FetchTarget, bytesMax: Int, isFirst: Bool, _ request: FetchRequest, _ context: RequestContext
    ) -> PartitionData {
        var data = PartitionData()
        let entry = target.wanted.entry
        data.partitionIndex = entry.partition
        data.highWatermark = -1
        data.abortedTransactions = request.isolationLevel == 1 ? [] : nil
        switch log(of: target, context) {
        case .failure(let code): data.errorCode = code
        case .success(let log):
            do throws(StorageError) {
                let limit = min(bytesMax, max(0, Int(entry.partitionMaxBytes)))
                let divergence = divergence(of: entry, in: log)
                let batches = try log.read(
                    from: divergence == .none ? entry.fetchOffset : log.endOffset, bytesMax: limit,
                    firstAlways: isFirst, isolation: PartitionLog.Isolation(request.isolationLevel))
                guard let batches, divergence != .unknownEpoch else {
                    data.errorCode = log.isDeleted ? .unknownTopicOrPartition : .offsetOutOfRange
                    break
                }
                data.records = batches.bytes
                data.highWatermark = batches.endOffset
                data.lastStableOffset = batches.lastStableOffset
                data.logStartOffset = batches.startOffset
                if case .at(let diverging) = divergence {
                    data.divergingEpoch.epoch = diverging.number
                    data.divergingEpoch.endOffset = diverging.startOffset
                }
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
