import KafkaProtocol
import WireCore

/// The handler for one kind of request, with the versions that it supports.
struct RequestHandler: Sendable {
    let apiKey: APIKey
    /// The versions that the handler supports.
    let versions: ClosedRange<Int16>
    /// The versions that ApiVersions announces.
    let announcedVersions: ClosedRange<Int16>
    /// What the entries of the request can name.
    let entryFields: RequestEntry.Fields
    /// Throws if the connection must be closed.
    let respond: @Sendable (BrokerService, RequestExchange, ByteReader) throws -> RequestAnswer

    /// - Parameter handler: returns nil if the request has no response.
    init<Request: RefusableRequest & Sendable>(
        _: Request.Type, versions: ClosedRange<Int16> = Request.versions, announced: ClosedRange<Int16>? = nil,
        _ handler: @escaping @Sendable (BrokerService, Request, RequestContext) throws -> Request.Response?
    ) {
        apiKey = Request.apiKey
        self.versions = versions
        announcedVersions = announced ?? versions
        entryFields = Request.entryFields
        respond = { service, exchange, body in
            try exchange.respond(
                body, Request.self, interceptors: service.interceptors, quotas: service.quotaEnforcement
            ) { request, context in try handler(service, request, context) }
        }
    }

    /// All handlers. Not supported are share groups and replication.
    static let all: [RequestHandler] = [
        .produce, .fetch, .listOffsets, .metadata, .offsetCommit, .offsetFetch, .findCoordinator, .joinGroup,
        .heartbeat, .leaveGroup, .syncGroup, .describeGroups, .listGroups, .apiVersions, .createTopics, .deleteTopics,
        .initProducerID, .offsetForLeaderEpoch, .describeConfigs, .createPartitions, .deleteGroups,
        .alterConfigs, .incrementalAlterConfigs, .describeCluster, .describeTopicPartitions, .addPartitionsToTxn,
        .addOffsetsToTxn, .endTxn, .writeTxnMarkers, .txnOffsetCommit, .describeTransactions, .listTransactions,
        .describeProducers,
        .consumerGroupHeartbeat, .consumerGroupDescribe, .offsetDelete, .deleteRecords, .describeLogDirs,
        .saslHandshake, .saslAuthenticate, .describeUserScramCredentials, .alterUserScramCredentials, .describeAcls,
        .createAcls, .deleteAcls, .electLeaders, .alterPartitionReassignments, .listPartitionReassignments,
        .listConfigResources, .alterReplicaLogDirs, .describeClientQuotas, .alterClientQuotas, .updateFeatures,
        .describeQuorum,
    ]

    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.apiKey, $0) })
}
