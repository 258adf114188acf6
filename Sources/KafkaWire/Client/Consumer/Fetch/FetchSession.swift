import KafkaProtocol

/// The fetch session with one broker (KIP-227): a state machine without network.
///
/// A full request names all partitions and asks for a session; incremental ones name what has changed since the former
/// request. Without a session id in the response, each request is a full one.
struct FetchSession: Equatable, Sendable {
    /// What a request says about a partition; a change must be sent.
    struct Partition: Equatable, Sendable {
        var topicID: KafkaUUID = .zero
        var offset: Int64
        var leaderEpoch: Int32 = -1
        var lastFetchedEpoch: Int32 = -1
        var bytesMax: Int32
    }

    /// The partitions of one request.
    struct SessionRequest: Equatable, Sendable {
        var sessionID: Int32 = 0
        var epoch: Int32 = 0
        /// Whether topics are named by their ids (Fetch 13); all of them are, or none.
        var usesTopicIDs = false
        var partitions: [TopicPartition] = []
        var forgotten: [TopicPartition: KafkaUUID] = [:]
    }

    private enum Constant {
        static let initialEpoch: Int32 = 0
        static let finalEpoch: Int32 = -1
    }

    private var id: Int32 = 0
    private var nextEpoch = Constant.initialEpoch
    /// The partitions that the broker has after the last request.
    private(set) var partitions: [TopicPartition: Partition] = [:]
    private var usesTopicIDs = false

    /// Whether the broker has a session to be closed.
    var isOpen: Bool { id != 0 }

    /// The request for `wanted`; those that it names are in the given order.
    mutating func request(
        _ wanted: [TopicPartition: Partition], by isBefore: (TopicPartition, TopicPartition) -> Bool = { $0 < $1 }
    ) -> SessionRequest {
        let useIDs = wanted.values.allSatisfy { $0.topicID != .zero }
        // A broker's session has either names or ids.
        if useIDs != usesTopicIDs { nextEpoch = Constant.initialEpoch }
        usesTopicIDs = useIDs
        var request = SessionRequest(sessionID: id, epoch: nextEpoch, usesTopicIDs: useIDs)
        if nextEpoch == Constant.initialEpoch {
            request.partitions = Array(wanted.keys)
        } else {
            request.partitions = wanted.compactMap { partitions[$0.key] == $0.value ? nil : $0.key }
            for (partition, former) in partitions where wanted[partition]?.topicID != former.topicID {
                request.forgotten[partition] = former.topicID
            }
        }
        request.partitions.sort(by: isBefore)
        partitions = wanted
        return request
    }

    /// The request that closes the session.
    func closingRequest() -> SessionRequest {
        SessionRequest(sessionID: id, epoch: Constant.finalEpoch, usesTopicIDs: usesTopicIDs)
    }

    /// Handles a response. Returns false if its partitions must be ignored and a full request comes next.
    mutating func received(_ code: KafkaErrorCode, sessionID: Int32, partitions named: [TopicPartition?]) -> Bool {
        guard code == .none else {
            restart(keepsID: code != .fetchSessionIDNotFound)
            return false
        }
        // A full response may lack partitions without an answer only if the broker is wrong; an incremental one has
        // those with something new.
        guard named.allSatisfy({ name in name.map { partitions[$0] != nil } ?? false }) else {
            restart(keepsID: true)
            return false
        }
        if sessionID == 0 {
            restart(keepsID: false)
        } else if nextEpoch == Constant.initialEpoch || sessionID != id {
            id = sessionID
            nextEpoch = 1
        } else {
            nextEpoch = nextEpoch == .max ? 1 : nextEpoch + 1
        }
        return true
    }

    /// Handles a request without a response: the broker may or may not have received it.
    mutating func failed() { restart(keepsID: true) }

    /// A full request with the former id makes the broker close that session.
    private mutating func restart(keepsID: Bool) {
        if !keepsID { id = 0 }
        nextEpoch = Constant.initialEpoch
    }
}
