import KafkaProtocol

/// One blocking call that a fetching consumer needs; its result is given to the `FetchMachine`.
enum FetchJob: Equatable, Sendable {
    /// Fetch the metadata of topics.
    case metadata([String])
    /// Fetch the group's committed offsets.
    case committed([TopicPartition])
    /// List the offsets of targets from a leader.
    case list(broker: Int32, [TopicPartition: ListedTarget])
    /// Ask a leader for the ends of epochs.
    case validate(broker: Int32, [TopicPartition: ValidatedPosition])
    case fetch(FetchRequestPlan)

    struct ListedTarget: Equatable, Sendable {
        var target: PartitionState.Target
        var leaderEpoch: Int32
    }

    struct ValidatedPosition: Equatable, Sendable {
        var epoch: Int32
        var leaderEpoch: Int32
        var seekCount: Int
    }
}

/// A fetch request to one broker.
struct FetchRequestPlan: Equatable, Sendable {
    var broker: Int32
    var request: FetchSession.SessionRequest
    /// All partitions of the session.
    var partitions: [TopicPartition: FetchSession.Partition]
}

/// What a fetch response says about a partition.
struct FetchAnswer: Sendable {
    /// nil if the response names a partition that was not asked for.
    var partition: TopicPartition?
    var data: FetchResponse.PartitionData
}

/// What came of a job.
enum FetchResult: Sendable {
    case failed(KafkaError)
    case metadata([String: Result<TopicDescription, KafkaError>])
    /// A partition without a committed offset has nil.
    case committed([TopicPartition: FetchPosition?])
    /// A target without an offset has nil.
    case listed([TopicPartition: Result<FetchPosition?, KafkaError>])
    case validated([TopicPartition: Result<FetchPosition, KafkaError>])
    case fetched(KafkaErrorCode, sessionID: Int32, [FetchAnswer])
}
