import KafkaProtocol
import WireCore
import WireStreams

extension RequestHandler {
    static let apiVersions = RequestHandler(ApiVersionsRequest.self) { service, _, _ in
        service.apiVersions(error: .none)
    }
    static let describeCluster = RequestHandler(DescribeClusterRequest.self) { service, request, context in
        service.describeCluster(request, context)
    }
    static let findCoordinator = RequestHandler(FindCoordinatorRequest.self) { service, request, context in
        service.findCoordinator(request, context: context)
    }
}

extension BrokerService {
    /// ApiVersions.
    func apiVersions(error: KafkaErrorCode) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = error
        response.apiKeys = RequestHandler.all.compactMap { served in
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = served.apiKey.rawValue
            entry.minVersion = served.announcedVersions.lowerBound
            entry.maxVersion = min(served.announcedVersions.upperBound, versionMax(of: served.apiKey))
            return entry.minVersion <= entry.maxVersion ? entry : nil
        }
        response.supportedFeatures = ClusterFeature.all.map { feature in
            var entry = ApiVersionsResponse.SupportedFeatureKey()
            entry.name = feature.name
            entry.minVersion = feature.supported.lowerBound
            entry.maxVersion = feature.supported.upperBound
            return entry
        }
        response.finalizedFeaturesEpoch = 0
        response.finalizedFeatures = ClusterFeature.all.map { feature in
            var entry = ApiVersionsResponse.FinalizedFeatureKey()
            entry.name = feature.name
            entry.minVersionLevel = feature.level(configuration)
            entry.maxVersionLevel = feature.level(configuration)
            return entry
        }
        return response
    }

    /// DescribeCluster.
    func describeCluster(_ request: DescribeClusterRequest, _ context: RequestContext) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.clusterID = identity.clusterID
        response.controllerID = BrokerIdentity.nodeID
        response.endpointType = request.endpointType
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = AuthorizedOperations.cluster
        }
        guard request.endpointType == 1 else {
            response.errorCode = .unsupportedEndpointType
            response.errorMessage = "The development broker has no controllers to connect to."
            return response
        }
        var broker = DescribeClusterResponse.DescribeClusterBroker()
        broker.brokerID = BrokerIdentity.nodeID
        broker.host = context.advertised.host
        broker.port = Int32(context.advertised.port)
        response.brokers = [broker]
        return response
    }

    /// FindCoordinator, for groups and transactions: this broker. Share groups have no coordinator.
    func findCoordinator(_ request: FindCoordinatorRequest, context: RequestContext) -> FindCoordinatorResponse {
        let (error, message) = coordinatorError(keyType: request.keyType)
        var response = FindCoordinatorResponse()
        if context.version < 4 {
            response.errorCode = error
            response.errorMessage = message
            response.nodeID = error == .none ? BrokerIdentity.nodeID : -1
            response.host = error == .none ? context.advertised.host : ""
            response.port = error == .none ? Int32(context.advertised.port) : -1
            return response
        }
        response.coordinators = request.coordinatorKeys.map { key in
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = key
            coordinator.errorCode = error
            coordinator.errorMessage = message
            coordinator.nodeID = error == .none ? BrokerIdentity.nodeID : -1
            coordinator.host = error == .none ? context.advertised.host : ""
            coordinator.port = error == .none ? Int32(context.advertised.port) : -1
            return coordinator
        }
        return response
    }

    private func coordinatorError(keyType: Int8) -> (KafkaErrorCode, String?) {
        switch keyType {
        case 0, 1: (.none, nil)
        default: (.invalidRequest, "The development broker coordinates consumer groups and transactions only.")
        }
    }
}
