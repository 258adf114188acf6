import KafkaProtocol
import WireCore

/// The offset of the next record, and the leader epoch of the one before it; -1 if unknown.
struct FetchPosition: Equatable, Hashable, Sendable {
    var offset: Int64
    var epoch: Int32 = -1
}

/// The position of a consumer in one partition, and how it is found: a state machine without network and clock.
///
/// committed -> reset -> fetching <-> validation: the position is the group's committed offset, or given by the reset
/// policy, or set by the program; after a change of the leader it is compared with the leader's log (KIP-320).
struct PartitionState: Equatable, Sendable {
    /// Where a reset leads to.
    enum Target: Equatable, Hashable, Sendable {
        case earliest, latest
        /// The first record with this timestamp or a later one, in milliseconds since 1970; the end if there is none.
        case time(Int64)
        /// The first record that is at most this old; the end if there is none.
        case age(milliseconds: Int)
        /// This offset if the partition has it, otherwise the nearest end of the partition.
        case nearest(Int64)
    }

    enum Phase: Equatable, Sendable {
        /// The group's committed offset is to be fetched.
        case committed
        /// The offset of the target is to be listed.
        case reset(Target)
        /// The position is to be compared with the log of the current leader.
        case validation
        case fetching
        /// There is no position, or no way to read on from it: the program has an error and must seek.
        case halted
    }

    struct Replica: Equatable, Sendable {
        let id: Int32
        let until: MonotonicInstant
    }

    private(set) var phase: Phase
    /// The position of the next fetch; nil if it is not known yet.
    private(set) var position: FetchPosition?
    /// The position after the last record that the program has received.
    private(set) var consumed: FetchPosition?
    /// Changes with each position that is not the next one of the former: what was fetched before it is obsolete.
    private(set) var seekCount = 0
    /// The id of the topic that the position belongs to; zero if it is not known.
    private(set) var topicID: KafkaUUID
    private(set) var leader: Int32 = -1
    private(set) var leaderEpoch: Int32 = -1
    /// A follower to fetch from (KIP-392), and until when.
    private(set) var replica: Replica?
    private(set) var highWatermark: Int64?
    private(set) var lastStableOffset: Int64?
    private(set) var logStartOffset: Int64?
    var isPaused = false
    /// Whether the leader is unknown or has refused a request.
    var needsMetadata = true
    /// No request before this time, after an error.
    var retryAt: MonotonicInstant?
    /// The bytes that were fetched and are not consumed.
    var bufferedBytes = 0
    /// Whether a request about the position is in progress.
    var isBusy = false
    /// The order of full requests: partitions that returned records come last.
    var turn = 0

    init(_ phase: Phase, topicID: KafkaUUID = .zero) {
        self.phase = phase
        self.topicID = topicID
    }

    // MARK: The program's requests

    /// Sets the position; one with an epoch is compared with the leader's log before the next fetch.
    mutating func seek(to position: FetchPosition) {
        move(to: position)
        phase = position.epoch >= 0 && leaderEpoch >= 0 && position.epoch < leaderEpoch ? .validation : .fetching
    }

    mutating func seek(to target: Target) {
        seekCount += 1
        position = nil
        consumed = nil
        bufferedBytes = 0
        phase = .reset(target)
    }

    private mutating func move(to position: FetchPosition) {
        seekCount += 1
        self.position = position
        consumed = position
        bufferedBytes = 0
    }

    /// Records up to `next` were given to the program.
    mutating func consume(upTo next: FetchPosition) { consumed = next }

    // MARK: Answers

    /// The group's committed offset; nil if it has none.
    mutating func committed(
        _ committed: FetchPosition?, _ policy: Target?, _ partition: TopicPartition
    ) -> ConsumerError? {
        guard phase == .committed else { return nil }
        if let committed {
            seek(to: committed)
        } else if let policy {
            phase = .reset(policy)
        } else {
            phase = .halted
            return .noCommittedOffset(partition)
        }
        return nil
    }

    /// The offset that was listed for `target`; nil if there is no record of that time.
    mutating func listed(_ target: Target, _ found: FetchPosition?) {
        guard phase == .reset(target) else { return }
        switch (target, found) {
        case (.nearest(let wanted), let found?) where found.offset <= wanted: phase = .reset(.latest)
        case (_, let found?):
            move(to: found)
            phase = .fetching
        case (_, nil): phase = .reset(.latest)
        }
    }

    /// The id of the topic according to metadata. If the topic was deleted and created again, nothing that is known of
    /// the partition is true: returns whether the position was one of the former topic.
    mutating func belong(to id: KafkaUUID) -> Bool {
        guard id != .zero, id != topicID else { return false }
        let isAnother = topicID != .zero
        topicID = id
        guard isAnother else { return false }
        (leader, leaderEpoch, replica, needsMetadata) = (-1, -1, nil, true)
        (highWatermark, lastStableOffset, logStartOffset) = (nil, nil, nil)
        return phase == .fetching || phase == .validation
    }

    /// The position is one of a former topic of this name.
    mutating func topicReplaced(_ policy: Target?, _ partition: TopicPartition) -> ConsumerError? {
        guard let position else { return nil }
        switch policy {
        case .nearest: seek(to: .earliest)
        case let policy?: seek(to: policy)
        case nil:
            halt()
            return .topicRecreated(partition, offset: (consumed ?? position).offset)
        }
        return nil
    }

    /// The leader according to metadata, or to a broker's answer. Older epochs are ignored.
    mutating func lead(by newLeader: Int32, epoch: Int32) {
        guard epoch < 0 || leaderEpoch < 0 || epoch >= leaderEpoch else { return }
        let isNew = newLeader != leader || epoch != leaderEpoch
        leader = newLeader
        leaderEpoch = epoch
        needsMetadata = newLeader < 0
        guard isNew else { return }
        replica = nil
        if phase == .fetching, let position, position.epoch >= 0, epoch >= 0 { phase = .validation }
    }

    /// The end of the position's epoch in the leader's log; -1 if the leader does not know.
    ///
    /// If the log ends before the position, records that were read do not exist any more: the position moves to where
    /// the logs part, or by the reset policy, or that is an error.
    mutating func validated(
        endOffset: Int64, epoch: Int32, _ policy: Target?, _ partition: TopicPartition
    ) -> ConsumerError? {
        guard phase == .validation || phase == .fetching, let position else { return nil }
        guard endOffset >= 0, epoch >= 0 else {
            guard let policy else {
                phase = .halted
                return .logTruncation(partition, offset: position.offset, divergingOffset: nil)
            }
            seek(to: policy)
            return nil
        }
        guard endOffset < position.offset else {
            phase = .fetching
            return nil
        }
        guard let consumed, endOffset < consumed.offset else {
            // Only records that were fetched and not consumed are lost: fetching continues after those consumed.
            move(to: consumed ?? FetchPosition(offset: endOffset, epoch: epoch))
            phase = .fetching
            return nil
        }
        guard policy != nil else {
            phase = .halted
            return .logTruncation(partition, offset: consumed.offset, divergingOffset: endOffset)
        }
        move(to: FetchPosition(offset: endOffset, epoch: epoch))
        phase = .fetching
        return nil
    }

    /// What the broker has cannot be read.
    mutating func halt() { phase = .halted }

    /// The broker is too old to be asked.
    mutating func skipValidation() {
        if phase == .validation { phase = .fetching }
    }

    /// Records were fetched; `next` is the position after them.
    mutating func fetched(bytes: Int, next: FetchPosition) {
        position = next
        bufferedBytes += bytes
    }

    mutating func noteOffsets(highWatermark: Int64, lastStableOffset: Int64, logStartOffset: Int64) {
        if highWatermark >= 0 { self.highWatermark = highWatermark }
        if lastStableOffset >= 0 { self.lastStableOffset = lastStableOffset }
        if logStartOffset >= 0 { self.logStartOffset = logStartOffset }
    }

    mutating func prefer(replica id: Int32, until: MonotonicInstant) { replica = Replica(id: id, until: until) }

    mutating func forgetReplica() { replica = nil }

    /// The broker to fetch from.
    func source(now: MonotonicInstant) -> Int32 {
        if let replica, now < replica.until { replica.id } else { leader }
    }

    /// The position is not an offset of the partition.
    mutating func outOfRange(_ policy: Target?, _ partition: TopicPartition) -> ConsumerError? {
        guard phase == .fetching, let position else { return nil }
        guard let policy else {
            phase = .halted
            return .offsetOutOfRange(partition, offset: position.offset)
        }
        if case .nearest = policy {
            seek(to: .nearest(position.offset))
        } else {
            seek(to: policy)
        }
        return nil
    }
}
