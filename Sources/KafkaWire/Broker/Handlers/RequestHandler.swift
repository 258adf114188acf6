import KafkaProtocol
import WireCore

/// A kind of request that the broker serves, with its versions and its handler.
struct RequestHandler: Sendable {
    let apiKey: APIKey
    /// What the handler serves.
    let versions: ClosedRange<Int16>
    /// What ApiVersions announces.
    let announcedVersions: ClosedRange<Int16>
    /// Returns the framed response, or nil if none is due. Throws if the connection has to end.
    let answer: @Sendable (BrokerService, RequestExchange, ByteReader) throws -> [UInt8]?

    /// - Parameter handler: returns nil if no response is due.
    init<Request: RefusableRequest & Sendable>(
        _: Request.Type, versions: ClosedRange<Int16> = Request.versions, announced: ClosedRange<Int16>? = nil,
        _ handler: @escaping @Sendable (BrokerService, Request, RequestContext) throws -> Request.Response?
    ) {
        apiKey = Request.apiKey
        self.versions = versions
        announcedVersions = announced ?? versions
        answer = { service, exchange, body in
            try exchange.answer(body, Request.self, interceptors: service.interceptors) { request, context in
                try handler(service, request, context)
            }
        }
    }

    /// All of them. Not served are transactions, ACLs and quotas, the group protocol of KIP-848, share groups and
    /// replication.
    static let all: [RequestHandler] = [
        .produce, .fetch, .listOffsets, .metadata, .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup,
        .heartbeat, .leaveGroup, .syncGroup, .describeGroups, .listGroups, .apiVersions, .createTopics, .deleteTopics,
        .initProducerID, .offsetForLeaderEpoch, .describeConfigs, .createPartitions, .deleteGroups,
        .incrementalAlterConfigs, .describeCluster, .describeTopicPartitions,
    ]

    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.apiKey, $0) })
}
