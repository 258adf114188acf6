import KafkaProtocol
import WireCore

/// The fetch sessions of clients (KIP-227): a client sends the partitions that have changed since its last fetch, and
/// receives those that have something new.
///
/// A state machine: requests and the time go in, the partitions to read and those to return come out. The rules are
/// those of Kafka's `FetchManager`.
struct FetchSessions: Sendable {
    struct Key: Hashable, Sendable {
        var topic: String
        var topicID: KafkaUUID
        var partition: Int32
    }

    /// A partition that is read for a fetch.
    struct Wanted: Sendable {
        var key: Key
        var entry: FetchRequest.FetchPartition
    }

    enum Beginning: Sendable {
        case refused(KafkaErrorCode)
        /// Session 0 is none. Without `isIncremental` all partitions are returned.
        case ready(sessionID: Int32, isIncremental: Bool, [Wanted])
    }

    private struct Partition: Sendable {
        var entry: FetchRequest.FetchPartition
        /// What was last returned to the client.
        var highWatermark: Int64 = -1
        var startOffset: Int64 = -1
        /// Partitions are read in this order; those that had records come last in the next fetch.
        var order: UInt64
    }

    private struct Session: Sendable {
        let usesIDs: Bool
        /// The epoch of the next request.
        var epoch: Int32
        var partitions: [Key: Partition] = [:]
        var lastUse: MonotonicInstant
    }

    /// `max.incremental.fetch.session.cache.slots`.
    static let sessionsMax = 1000
    /// The minimum time after its last use in which a session is not replaced
    /// (`min.incremental.fetch.session.eviction.ms`).
    static let evictionMilliseconds = 120_000

    private var sessions: [Int32: Session] = [:]
    private var lastOrder: UInt64 = 0

    var sessionCount: Int { sessions.count }

    /// What a session reads.
    func keys(ofSession id: Int32) -> [Key] { sessions[id].map { Array($0.partitions.keys) } ?? [] }

    /// - Parameters:
    ///   - usesIDs: the request has topic ids.
    ///   - newID: a random positive number, for a new session.
    mutating func begin(_ request: FetchRequest, usesIDs: Bool, newID: Int32, now: MonotonicInstant) -> Beginning {
        let wanted = request.topics.flatMap { topic in
            topic.partitions.map {
                Wanted(key: Key(topic: topic.topic, topicID: topic.topicID, partition: $0.partition), entry: $0)
            }
        }
        if request.sessionEpoch == 0 || request.sessionEpoch == -1 {
            sessions[request.sessionID] = nil
            guard request.sessionEpoch == 0, !wanted.isEmpty, makeRoom(now: now), newID > 0, sessions[newID] == nil
            else { return .ready(sessionID: 0, isIncremental: false, wanted) }
            var session = Session(usesIDs: usesIDs, epoch: 1, lastUse: now)
            for entry in wanted { session.partitions[entry.key] = Partition(entry: entry.entry, order: nextOrder()) }
            sessions[newID] = session
            return .ready(sessionID: newID, isIncremental: false, wanted)
        }
        guard var session = sessions[request.sessionID] else { return .refused(.fetchSessionIDNotFound) }
        guard session.usesIDs == usesIDs else { return .refused(.fetchSessionTopicIDError) }
        guard session.epoch == request.sessionEpoch else { return .refused(.invalidFetchSessionEpoch) }
        for entry in wanted {
            if session.partitions[entry.key] == nil {
                session.partitions[entry.key] = Partition(entry: entry.entry, order: nextOrder())
            } else {
                session.partitions[entry.key]?.entry = entry.entry
            }
        }
        for topic in request.forgottenTopicsData {
            for partition in topic.partitions {
                session.partitions[Key(topic: topic.topic, topicID: topic.topicID, partition: partition)] = nil
            }
        }
        guard !session.partitions.isEmpty else {
            sessions[request.sessionID] = nil
            return .ready(sessionID: 0, isIncremental: false, [])
        }
        session.epoch = session.epoch == .max ? 1 : session.epoch + 1
        session.lastUse = now
        sessions[request.sessionID] = session
        let ordered = session.partitions.sorted { $0.value.order < $1.value.order }
        let all = ordered.map { Wanted(key: $0.key, entry: $0.value.entry) }
        return .ready(sessionID: request.sessionID, isIncremental: true, all)
    }

    private mutating func nextOrder() -> UInt64 {
        lastOrder += 1
        return lastOrder
    }

    /// Returns false if there is no room for another session.
    private mutating func makeRoom(now: MonotonicInstant) -> Bool {
        guard sessions.count >= Self.sessionsMax else { return true }
        guard let oldest = sessions.min(by: { $0.value.lastUse < $1.value.lastUse }),
            now.milliseconds(since: oldest.value.lastUse) >= Self.evictionMilliseconds
        else { return false }
        sessions[oldest.key] = nil
        return true
    }

    /// Whether a partition is returned, and records what the client gets by it.
    mutating func returns(
        _ data: FetchResponse.PartitionData, of key: Key, sessionID: Int32, isIncremental: Bool
    ) -> Bool {
        guard var partition = sessions[sessionID]?.partitions[key] else { return true }
        let hasRecords = data.records?.isEmpty == false
        let hasError = data.errorCode != .none
        let isNew = hasRecords || hasError || data.highWatermark != partition.highWatermark
            || data.logStartOffset != partition.startOffset || data.divergingEpoch.endOffset >= 0
        partition.highWatermark = hasError ? -1 : data.highWatermark
        partition.startOffset = data.logStartOffset
        if isIncremental, hasRecords { partition.order = nextOrder() }
        sessions[sessionID]?.partitions[key] = partition
        return isNew || !isIncremental
    }
}
