import KafkaProtocol

/// Administration of a cluster (`Admin` of the Java client).
///
/// All calls block the thread, retry retriable errors, and fail with `.timedOut` after `apiTimeoutMilliseconds`. A call
/// with several items has one result for each, in the order of the items, and does not throw; `get()` of the results
/// throws the first error. Items are sent in one request to each broker that is responsible for some of them.
public struct KafkaAdmin: Sendable {
    let client: KafkaClient

    /// Administers the cluster of `client` over its connections.
    public init(_ client: KafkaClient) { self.client = client }

    /// The time that a broker may take for an operation.
    var requestTimeoutMilliseconds: Int32 { Int32(clamping: client.configuration.requestTimeoutMilliseconds) }

    /// An unknown topic is a result of such an operation; elsewhere the metadata may only be too old.
    static func isRetriableWithUnknownTopic(_ error: KafkaError) -> Bool {
        error.isRetriable && error.errorCode != .unknownTopicOrPartition && error.errorCode != .unknownTopicID
    }

    /// Changes are sent again only if they were not attempted: many retriable codes are results of the change itself,
    /// for example ELECTION_NOT_NEEDED.
    static func isRetriableChange(_ error: KafkaError) -> Bool {
        guard let code = error.errorCode else { return error.isRetriable }
        return code == .notController || code == .throttlingQuotaExceeded || code == .networkException
            || code == .brokerNotAvailable
    }
}
