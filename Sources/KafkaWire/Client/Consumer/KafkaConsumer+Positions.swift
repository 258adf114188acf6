import KafkaProtocol
import WireCore

extension KafkaConsumer {
    // MARK: Positions

    /// The offset of the next record that `poll` returns; waits until it is known.
    ///
    /// - Throws: `.timedOut` after `timeoutMilliseconds` (nil: the client's `apiTimeoutMilliseconds`).
    public func position(
        of partition: TopicPartition, timeoutMilliseconds: Int? = nil
    ) throws(KafkaError) -> Int64 {
        let limit = timeoutMilliseconds ?? engine.client.configuration.apiTimeoutMilliseconds
        let found = engine.wait(until: .now.advanced(byMilliseconds: limit)) { state -> Result<Int64, KafkaError>? in
            if state.isClosed { return .failure(.closed) }
            guard let known = state.fetch.partitions[partition] else {
                return .failure(.consumer(.invalidState("\(partition) is not assigned to the consumer")))
            }
            if let position = state.consumedPositions[partition] { return .success(position.offset) }
            guard known.phase == .halted else { return nil }
            return .failure(state.fetch.takeFailure() ?? .consumer(.noCommittedOffset(partition)))
        }
        guard let found else {
            let last = engine.read { $0.fetch.errors.last }.map { "\($0)" }
            throw .timedOut(what: "finding the position of \(partition)", milliseconds: limit, lastError: last)
        }
        return try found.get()
    }

    /// Sets the position of a partition: its next record is the one with this offset or the first after it.
    ///
    /// - Throws: `ConsumerError.invalidState` if the partition is not assigned, as all functions that set positions.
    public func seek(_ partition: TopicPartition, to offset: Int64) throws(KafkaError) {
        try onEach([partition]) { $0.fetch.seek($1, to: FetchPosition(offset: offset)) }
    }

    /// The same with the leader epoch, so that a truncation since then is noticed.
    public func seek(_ partition: TopicPartition, to offset: OffsetAndMetadata) throws(KafkaError) {
        let position = FetchPosition(offset: offset.offset, epoch: offset.leaderEpoch ?? -1)
        try onEach([partition]) { $0.fetch.seek($1, to: position) }
    }

    /// Sets the positions to the first records.
    public func seekToBeginning(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        try onEach(partitions) { $0.fetch.seek($1, to: .earliest) }
    }

    /// Sets the positions after the last records that may be read.
    public func seekToEnd(_ partitions: some Sequence<TopicPartition>) throws(KafkaError) {
        try onEach(partitions) { $0.fetch.seek($1, to: .latest) }
    }

    /// Sets the positions to the first records with this timestamp or a later one; after the last record if there are
    /// none.
    ///
    /// - Parameter milliseconds: since 1970.
    public func seek(
        _ partitions: some Sequence<TopicPartition>, toTimestampMilliseconds milliseconds: Int64
    ) throws(KafkaError) {
        try onEach(partitions) { $0.fetch.seek($1, to: .time(milliseconds)) }
    }

    /// The number of records between the position and the end of a partition; nil while that is not known.
    public func lag(of partition: TopicPartition) -> Int64? {
        engine.read { state in
            guard let known = state.fetch.partitions[partition], let position = state.consumedPositions[partition],
                let end = configuration.isolationLevel == .readCommitted ? known.lastStableOffset : known.highWatermark
            else { return nil }
            return max(0, end - position.offset)
        }
    }

    // MARK: Offsets of partitions

    /// The offsets of the first records.
    public func beginningOffsets(
        of partitions: some Sequence<TopicPartition>
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        try offsets(of: Array(partitions), at: .earliest).compactMapValues { $0?.offset }
    }

    /// The offsets after the last records that may be read.
    public func endOffsets(
        of partitions: some Sequence<TopicPartition>
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        try offsets(of: Array(partitions), at: .latest).compactMapValues { $0?.offset }
    }

    /// The first record of each partition with the given timestamp or a later one; none for a partition without one.
    ///
    /// - Parameter milliseconds: since 1970.
    public func offsets(
        of partitions: some Sequence<TopicPartition>, atTimestampMilliseconds milliseconds: Int64
    ) throws(KafkaError) -> [TopicPartition: TimestampedOffset] {
        try offsets(of: Array(partitions), at: .timestamp(milliseconds)).compactMapValues { $0 }
    }

    private func offsets(
        of partitions: [TopicPartition], at spec: OffsetSpec
    ) throws(KafkaError) -> [TopicPartition: TimestampedOffset?] {
        var found: [TopicPartition: TimestampedOffset?] = [:]
        for (name, indices) in partitions.byTopic {
            let listed = try engine.client.retrying("listing offsets of \(name)", engine.cancellation) {
                () throws(KafkaError) in
                try engine.client.listOffsets(
                    of: name, indices, at: spec, configuration.isolationLevel, engine.cancellation)
            }
            for (index, offset) in listed { found[TopicPartition(name, index)] = .some(offset) }
        }
        return found
    }

    // MARK: Committed offsets

    /// Commits what was consumed: what `poll`, or a sequence, has returned. Waits for the answer.
    ///
    /// - Parameter timeoutMilliseconds: nil is the client's `apiTimeoutMilliseconds`.
    /// - Throws: `ConsumerError.commitFailed` if the partitions may belong to another member; `.rebalanceInProgress` if
    ///   the commit can be repeated after the next `poll`.
    public func commit(timeoutMilliseconds: Int? = nil) throws(KafkaError) {
        let consumed = engine.read { state in
            OffsetsToCommit(
                offsets: state.consumedPositions.mapValues { OffsetAndMetadata($0) }, topicIDs: state.topicIDs)
        }
        try commit(consumed, timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Commits these offsets.
    public func commit(
        _ offsets: [TopicPartition: OffsetAndMetadata], timeoutMilliseconds: Int? = nil
    ) throws(KafkaError) {
        let ids = engine.read { $0.topicIDs }
        try commit(OffsetsToCommit(offsets: offsets, topicIDs: ids), timeoutMilliseconds: timeoutMilliseconds)
    }

    private func commit(_ offsets: OffsetsToCommit, timeoutMilliseconds: Int?) throws(KafkaError) {
        _ = try engine.groupMetadata()
        let limit = timeoutMilliseconds ?? engine.client.configuration.apiTimeoutMilliseconds
        try engine.commit(offsets, timeoutMilliseconds: limit)
    }

    /// Commits these offsets, or what was consumed, in the background, without retries: a later commit covers it.
    ///
    /// - Parameter completion: called on a thread of the consumer, in the order of the commits.
    public func commitInBackground(
        _ offsets: [TopicPartition: OffsetAndMetadata]? = nil,
        completion: (@Sendable (KafkaError?) -> Void)? = nil
    ) throws(KafkaError) {
        _ = try engine.groupMetadata()
        let toCommit = engine.read { state in
            OffsetsToCommit(
                offsets: offsets ?? state.consumedPositions.mapValues { OffsetAndMetadata($0) },
                topicIDs: state.topicIDs)
        }
        engine.enqueueCommit(toCommit, completion: completion)
    }

    /// What `commit()` commits: the offset after the last consumed record of each partition.
    public var consumedOffsets: [TopicPartition: OffsetAndMetadata] {
        engine.read { $0.consumedPositions }.mapValues { OffsetAndMetadata($0) }
    }

    /// The committed offsets of the group, of those partitions that have one.
    public func committed(
        _ partitions: some Sequence<TopicPartition>
    ) throws(KafkaError) -> [TopicPartition: OffsetAndMetadata] {
        let wanted = Array(partitions)
        _ = try engine.groupMetadata()
        return try engine.client.retrying(
            "fetching committed offsets", engine.cancellation, where: { $0.isRetriable || $0.isOfFormerMembership }
        ) { () throws(KafkaError) in
            let ids = engine.read { $0.topicIDs }
            return try engine.offsets.fetch(wanted, topicIDs: ids, try engine.groupMetadata()).compactMapValues { $0 }
        }
    }
}
