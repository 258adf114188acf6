import KafkaProtocol
import WireStreams

extension KafkaAdmin {
    // MARK: Brokers

    /// The cluster's id; empty if the brokers have none.
    public func clusterID() throws(KafkaError) -> String {
        try client.retrying("describing the cluster", client.cancellation) { () throws(KafkaError) in
            try client.metadata(topics: [], client.cancellation).clusterID ?? ""
        }
    }

    /// The brokers in the order of their ids.
    public func brokers() throws(KafkaError) -> [BrokerDescription] {
        try client.retrying("describing the brokers", client.cancellation) { () throws(KafkaError) in
            _ = try client.metadata(topics: [], client.cancellation)
            return client.cluster.brokers.values.sorted { $0.id < $1.id }
        }
    }

    /// The cluster's id, controller and brokers.
    ///
    /// - Parameter includeFencedBrokers: also registered brokers that are not available (Kafka 4.0).
    public func describeCluster(
        includeAuthorizedOperations: Bool = false, includeFencedBrokers: Bool = false
    ) throws(KafkaError) -> ClusterDescription {
        try request("describing the cluster") { connection throws(KafkaError) in
            guard connection.versions[.describeCluster] != nil else {
                if includeFencedBrokers { throw .unsupportedVersion(.describeCluster, broker: nil) }
                return try describeCluster(includeAuthorizedOperations, byMetadataOf: connection)
            }
            if includeFencedBrokers {
                try connection.require(.describeCluster, version: 2, for: "describing fenced brokers")
            }
            var request = DescribeClusterRequest()
            request.includeClusterAuthorizedOperations = includeAuthorizedOperations
            request.includeFencedBrokers = includeFencedBrokers
            let response = try connection.request(request)
            try response.errorCode.check("describing the cluster", response.errorMessage)
            func brokers(isFenced: Bool) -> [BrokerDescription] {
                response.brokers.filter { $0.isFenced == isFenced }.map { broker in
                    let address = SocketAddress(host: broker.host, port: UInt16(clamping: broker.port))
                    return BrokerDescription(id: broker.brokerID, address: address, rack: broker.rack)
                }.sorted { $0.id < $1.id }
            }
            return ClusterDescription(
                clusterID: response.clusterID, controllerID: response.controllerID < 0 ? nil : response.controllerID,
                brokers: brokers(isFenced: false), fencedBrokers: brokers(isFenced: true),
                authorizedOperations: ACLOperation.operations(response.clusterAuthorizedOperations))
        }
    }

    /// For brokers before Kafka 2.8.
    private func describeCluster(
        _ includeAuthorizedOperations: Bool, byMetadataOf connection: BrokerConnection
    ) throws(KafkaError) -> ClusterDescription {
        if includeAuthorizedOperations {
            try connection.require(.metadata, version: 8, for: "describing authorized operations")
        }
        var request = MetadataRequest()
        request.topics = []
        request.includeClusterAuthorizedOperations = includeAuthorizedOperations
        let response = try connection.request(request)
        return ClusterDescription(
            clusterID: response.clusterID ?? "", controllerID: response.controllerID < 0 ? nil : response.controllerID,
            brokers: response.brokers.map { broker in
                let address = SocketAddress(host: broker.host, port: UInt16(clamping: broker.port))
                return BrokerDescription(id: broker.nodeID, address: address, rack: broker.rack)
            }.sorted { $0.id < $1.id },
            authorizedOperations: ACLOperation.operations(response.clusterAuthorizedOperations))
    }

    // MARK: Features (KIP-584)

    /// The versions of features that a broker supports and that the cluster uses. Empty before Kafka 2.7.
    public func describeFeatures() throws(KafkaError) -> FeatureDescription {
        var request = ApiVersionsRequest()
        (request.clientSoftwareName, request.clientSoftwareVersion) = ("KafkaWire", "1")
        return try self.request("describing features") { connection throws(KafkaError) in
            let response = try connection.request(request)
            try response.errorCode.check("describing features")
            func ranges(_ features: [(String, Int16, Int16)]) -> [String: ClosedRange<Int16>] {
                Dictionary(features.filter { $1 <= $2 }.map { ($0, $1...$2) }) { first, _ in first }
            }
            return FeatureDescription(
                supported: ranges(response.supportedFeatures.map { ($0.name, $0.minVersion, $0.maxVersion) }),
                finalized: ranges(response.finalizedFeatures.map { ($0.name, $0.minVersionLevel, $0.maxVersionLevel) }),
                finalizedEpoch: response.finalizedFeaturesEpoch < 0 ? nil : response.finalizedFeaturesEpoch)
        }
    }

    /// Changes the versions of features that the cluster uses (Kafka 2.7); one result for each, in the same order.
    ///
    /// - Parameter validateOnly: nothing is changed (Kafka 3.3).
    public func updateFeatures(
        _ updates: [FeatureUpdate], validateOnly: Bool = false
    ) -> [Result<Void, KafkaError>] {
        let names = updates.map(\.feature)
        return perform("updating feature", names, at: names.map { _ in .controller }, where: Self.isRetriableChange) {
            connection, items, results throws(KafkaError) in
            if validateOnly { try connection.require(.updateFeatures, version: 1, for: "validating feature updates") }
            var request = UpdateFeaturesRequest()
            request.timeoutMilliseconds = requestTimeoutMilliseconds
            request.validateOnly = validateOnly
            request.featureUpdates = items.map { index in
                var update = UpdateFeaturesRequest.FeatureUpdateKey()
                update.feature = updates[index].feature
                update.maxVersionLevel = updates[index].maxVersion
                update.upgradeType = updates[index].kind.rawValue
                update.allowDowngrade = updates[index].kind != .upgrade
                return update
            }
            let response = try connection.request(request)
            try response.errorCode.check("updating features", response.errorMessage)
            for result in response.results { results.set(result.feature, result.errorCode, result.errorMessage, ()) }
            // From version 2 on features have no results of their own: all are updated, or none.
            if response.results.isEmpty { for index in items { results.set(names[index], .none, nil, ()) } }
        }
    }

    // MARK: The metadata quorum

    /// The controllers of a cluster with KRaft (Kafka 3.3).
    public func describeQuorum() throws(KafkaError) -> QuorumDescription {
        var request = DescribeQuorumRequest()
        request.topics = [DescribeQuorumRequest.TopicData()]
        request.topics[0].topicName = "__cluster_metadata"
        request.topics[0].partitions = [DescribeQuorumRequest.PartitionData()]
        return try self.request("describing the metadata quorum") { connection throws(KafkaError) in
            let response = try connection.request(request)
            try response.errorCode.check("describing the metadata quorum", response.errorMessage)
            guard let partition = response.topics.first?.partitions.first else {
                throw .code(
                    .unknownServerError, about: "describing the metadata quorum", message: "an empty answer")
            }
            try partition.errorCode.check("describing the metadata quorum", partition.errorMessage)
            return QuorumDescription(
                leaderID: partition.leaderID, leaderEpoch: partition.leaderEpoch,
                highWatermark: partition.highWatermark, voters: partition.currentVoters.map { .init($0) },
                observers: partition.observers.map { .init($0) })
        }
    }
}

extension QuorumDescription.Replica {
    fileprivate init(_ state: DescribeQuorumResponse.ReplicaState) {
        self.init(
            id: state.replicaID, directoryID: state.replicaDirectoryID, logEndOffset: state.logEndOffset,
            lastFetchMilliseconds: state.lastFetchTimestamp < 0 ? nil : state.lastFetchTimestamp,
            lastCaughtUpMilliseconds: state.lastCaughtUpTimestamp < 0 ? nil : state.lastCaughtUpTimestamp)
    }
}
