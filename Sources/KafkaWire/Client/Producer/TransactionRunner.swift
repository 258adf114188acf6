import KafkaProtocol
import Synchronization
import WireCore

/// Sends a transactional producer's requests to its coordinators. Runs on a thread of its own.
struct TransactionRunner {
    private let engine: ProducerEngine
    private let transactionalID: String
    private var transaction: CoordinatorKey { .transaction(transactionalID) }

    init(_ engine: ProducerEngine, _ transactionalID: String) {
        self.engine = engine
        self.transactionalID = transactionalID
    }

    /// The pause while the coordinator completes the previous transaction, which takes a few milliseconds.
    private static let shortPauseMilliseconds = 20

    /// The highest versions in which the requests do not imply version 2 of the protocol (KIP-890).
    private enum VersionMax {
        static let addPartitions: Int16 = 3
        static let commitOffsets: Int16 = 4
        static let end: Int16 = 4
    }

    func run() {
        var backoff = Backoff(engine.client.configuration)
        let wakeup = engine.core.withLock { $0.transactionWakeup }
        while !engine.cancellation.isCancelled {
            let (next, wakeups) = engine.core.withLock { $0.nextTransactionRequest() }
            for waiter in wakeups { waiter.signal() }
            guard let next else {
                wakeup.wait(milliseconds: nil)
                continue
            }
            let answer = answer(to: next)
            var effects = ProducerCore.Effects()
            let consequence = engine.core.withLock { $0.settle(answer, &effects) }
            engine.apply(effects)
            guard case .retry(let isShort) = consequence else {
                backoff.reset()
                continue
            }
            do throws(KafkaError) {
                try engine.cancellation.pause(milliseconds: isShort ? Self.shortPauseMilliseconds : backoff.next())
            } catch { return }
        }
    }

    private func answer(to next: ProducerCore.TransactionRequest) -> TransactionMachine.Answer {
        do throws(KafkaError) {
            switch next.request {
            case .initProducerID(let raisesEpoch): return try initProducerID(raising: raisesEpoch ? next.identity : nil)
            case .addPartitions(let partitions): return try add(partitions, next.identity)
            case .addOffsets(let groupID): return try add(groupID: groupID, next.identity)
            case .commitOffsets(let offsets): return try commit(offsets, next)
            case .end(let commits): return try end(commits: commits, next)
            }
        } catch {
            return error.isOfConnection ? .lost : .failed(error)
        }
    }

    /// Sends a request to a coordinator; notes the transaction version that it announces.
    private func request<Request: KafkaRequest>(
        _ request: Request, to coordinator: CoordinatorKey, atMost cap: Int16 = .max, atLeast minimum: Int16 = 0
    ) throws(KafkaError) -> Request.Response where Request.Response: CoordinatorResponse {
        try engine.client.withCoordinator(of: coordinator, engine.cancellation) { connection throws(KafkaError) in
            let versions = connection.versions
            engine.core.withLock { $0.transactionVersion = versions.transactionVersion }
            guard try versions.version(of: Request.apiKey, atMost: cap) >= minimum else {
                throw .unsupportedVersion(Request.apiKey, broker: versions[Request.apiKey])
            }
            return try connection.request(request, atMost: cap)
        }
    }

    private func initProducerID(raising identity: ProducerIdentity?) throws(KafkaError) -> TransactionMachine.Answer {
        var request = InitProducerIdRequest()
        request.transactionalID = transactionalID
        request.transactionTimeoutMilliseconds = Int32(
            clamping: engine.configuration.transactionTimeoutMilliseconds)
        request.producerID = identity?.producerID ?? -1
        request.producerEpoch = identity?.epoch ?? -1
        // An older coordinator could not distinguish this producer from an older one (KIP-360).
        let response = try self.request(request, to: transaction, atLeast: identity == nil ? 0 : 3)
        guard response.errorCode == .none else { return .refused([response.errorCode], message: nil) }
        return .done(identity: ProducerIdentity(producerID: response.producerID, epoch: response.producerEpoch))
    }

    private func add(
        _ partitions: [TopicPartition], _ identity: ProducerIdentity?
    ) throws(KafkaError) -> TransactionMachine.Answer {
        var request = AddPartitionsToTxnRequest()
        request.v3AndBelowTransactionalID = transactionalID
        request.v3AndBelowProducerID = identity?.producerID ?? -1
        request.v3AndBelowProducerEpoch = identity?.epoch ?? -1
        request.v3AndBelowTopics = partitions.byTopic.map { name, partitions in
            var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            topic.name = name
            topic.partitions = partitions
            return topic
        }
        let response = try self.request(request, to: transaction, atMost: VersionMax.addPartitions)
        return Self.answer(response.codes)
    }

    private func add(
        groupID: String, _ identity: ProducerIdentity?
    ) throws(KafkaError) -> TransactionMachine.Answer {
        var request = AddOffsetsToTxnRequest()
        request.transactionalID = transactionalID
        request.producerID = identity?.producerID ?? -1
        request.producerEpoch = identity?.epoch ?? -1
        request.groupID = groupID
        return Self.answer([try self.request(request, to: transaction).errorCode])
    }

    private func commit(
        _ offsets: TransactionOffsets, _ next: ProducerCore.TransactionRequest
    ) throws(KafkaError) -> TransactionMachine.Answer {
        var request = TxnOffsetCommitRequest()
        request.transactionalID = transactionalID
        request.producerID = next.identity?.producerID ?? -1
        request.producerEpoch = next.identity?.epoch ?? -1
        request.groupID = offsets.group.groupID
        request.generationID = offsets.group.generationID
        request.memberID = offsets.group.memberID
        request.groupInstanceID = offsets.group.groupInstanceID
        request.topics = Dictionary(grouping: offsets.offsets, by: \.key.topic).map { name, offsets in
            var topic = TxnOffsetCommitRequest.Topic()
            topic.name = name
            topic.partitions = offsets.map { key, position in
                var partition = TxnOffsetCommitRequest.Partition()
                partition.partitionIndex = key.partition
                partition.committedOffset = position.offset
                partition.committedLeaderEpoch = position.leaderEpoch ?? -1
                partition.committedMetadata = position.metadata
                return partition
            }
            return topic
        }
        // Older coordinators cannot check who commits (KIP-447).
        let response = try self.request(
            request, to: .group(offsets.group.groupID),
            atMost: next.version == .two ? .max : VersionMax.commitOffsets, atLeast: offsets.group.isOfMember ? 3 : 0)
        return Self.answer(response.codes)
    }

    private func end(
        commits: Bool, _ next: ProducerCore.TransactionRequest
    ) throws(KafkaError) -> TransactionMachine.Answer {
        var request = EndTxnRequest()
        request.transactionalID = transactionalID
        request.producerID = next.identity?.producerID ?? -1
        request.producerEpoch = next.identity?.epoch ?? -1
        request.committed = commits
        let response = try self.request(
            request, to: transaction, atMost: next.version == .two ? .max : VersionMax.end)
        guard response.errorCode == .none else { return .refused([response.errorCode], message: nil) }
        // Before version 5 the response has no identity.
        guard response.producerID >= 0 else { return .done(identity: nil) }
        return .done(identity: ProducerIdentity(producerID: response.producerID, epoch: response.producerEpoch))
    }

    private static func answer(_ codes: [KafkaErrorCode]) -> TransactionMachine.Answer {
        let refusals = codes.filter { $0 != .none }
        return refusals.isEmpty ? .done(identity: nil) : .refused(refusals, message: nil)
    }
}

extension AddPartitionsToTxnResponse: CoordinatorResponse {
    fileprivate var codes: [KafkaErrorCode] {
        resultsByTopicV3AndBelow.flatMap { $0.resultsByPartition.map(\.partitionErrorCode) }
    }

    var coordinatorErrorCode: KafkaErrorCode { codes.first { $0 != .none } ?? .none }
}

extension AddOffsetsToTxnResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }
extension EndTxnResponse: CoordinatorResponse { var coordinatorErrorCode: KafkaErrorCode { errorCode } }

extension TxnOffsetCommitResponse: CoordinatorResponse {
    fileprivate var codes: [KafkaErrorCode] { topics.flatMap { $0.partitions.map(\.errorCode) } }

    var coordinatorErrorCode: KafkaErrorCode { codes.first { $0 != .none } ?? .none }
}
