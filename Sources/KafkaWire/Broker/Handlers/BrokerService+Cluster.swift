import KafkaProtocol
import WireCore
import WireStreams

extension RequestHandler {
    static let apiVersions = RequestHandler(ApiVersionsRequest.self) { service, request, context in
        service.apiVersions(request, context)
    }
    static let describeCluster = RequestHandler(DescribeClusterRequest.self) { service, request, context in
        service.describeCluster(request, context)
    }
    static let findCoordinator = RequestHandler(FindCoordinatorRequest.self) { service, request, context in
        service.findCoordinator(request, context: context)
    }
}

extension BrokerService {
    /// The answer to a version of ApiVersions that is not supported: a client learns which versions are (KIP-511).
    var apiVersionsOfUnsupportedVersion: ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        let handler = RequestHandler.apiVersions
        let versions = configuration.apiVersions.announced(handler.apiKey, of: handler.announcedVersions)
        var entry = ApiVersionsResponse.ApiVersion()
        entry.apiKey = handler.apiKey.rawValue
        entry.minVersion = versions?.lowerBound ?? 0
        entry.maxVersion = versions?.upperBound ?? 0
        response.apiKeys = [entry]
        return response
    }

    /// Whether it is a valid name or version of a client's software (KIP-511): letters, digits, `-` and `.`, with
    /// letters or digits at both ends.
    private static func isSoftwareName(_ text: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, isWord(first), isWord(last) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// ApiVersions.
    func apiVersions(_ request: ApiVersionsRequest, _ context: RequestContext) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        guard
            context.version < 3
                || Self.isSoftwareName(request.clientSoftwareName) && Self.isSoftwareName(request.clientSoftwareVersion)
        else {
            response.errorCode = .invalidRequest
            return response
        }
        response.apiKeys = RequestHandler.all.compactMap { handler in
            let versions = configuration.apiVersions.announced(handler.apiKey, of: handler.announcedVersions)
            guard let versions else { return nil }
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = handler.apiKey.rawValue
            entry.minVersion = versions.lowerBound
            entry.maxVersion = versions.upperBound
            return entry
        }
        let features = ClusterFeature.all(in: configuration.apiVersions.release)
        guard !features.isEmpty else { return response }
        response.supportedFeatures = features.map { feature in
            var entry = ApiVersionsResponse.SupportedFeatureKey()
            entry.name = feature.name
            entry.minVersion = feature.supported.lowerBound
            entry.maxVersion = feature.supported.upperBound
            return entry
        }
        response.finalizedFeaturesEpoch = 0
        response.finalizedFeatures = features.map { feature in
            var entry = ApiVersionsResponse.FinalizedFeatureKey()
            entry.name = feature.name
            let level = self.features.level(of: feature)
            entry.minVersionLevel = level
            entry.maxVersionLevel = level
            return entry
        }
        return response
    }

    /// DescribeCluster.
    func describeCluster(_ request: DescribeClusterRequest, _ context: RequestContext) -> DescribeClusterResponse {
        var response = DescribeClusterResponse()
        response.clusterID = identity.clusterID
        response.controllerID = membership.controller
        response.endpointType = request.endpointType
        if request.includeClusterAuthorizedOperations {
            response.clusterAuthorizedOperations = AuthorizedOperations.cluster
        }
        guard request.endpointType == 1 else {
            response.errorCode = .unsupportedEndpointType
            response.errorMessage = "The development broker has no controllers to connect to."
            return response
        }
        response.brokers = membership.ids.compactMap { id in
            let isRunning = membership.isRunning(id)
            guard isRunning || request.includeFencedBrokers, let address = address(ofNode: id, context) else {
                return nil
            }
            var broker = DescribeClusterResponse.DescribeClusterBroker()
            broker.brokerID = id
            broker.host = address.host
            broker.port = Int32(address.port)
            broker.isFenced = !isRunning
            return broker
        }
        return response
    }

    /// FindCoordinator, for groups and transactions. Share groups have no coordinator.
    func findCoordinator(_ request: FindCoordinatorRequest, context: RequestContext) -> FindCoordinatorResponse {
        let coordinators = (context.version < 4 ? [request.key] : request.coordinatorKeys).map { key in
            coordinator(of: key, keyType: request.keyType, context)
        }
        var response = FindCoordinatorResponse()
        if context.version < 4, let found = coordinators.first {
            response.errorCode = found.errorCode
            response.errorMessage = found.errorMessage
            response.nodeID = found.nodeID
            response.host = found.host
            response.port = found.port
        } else {
            response.coordinators = coordinators
        }
        return response
    }

    private func coordinator(
        of key: String, keyType: Int8, _ context: RequestContext
    ) -> FindCoordinatorResponse.Coordinator {
        var coordinator = FindCoordinatorResponse.Coordinator()
        coordinator.key = key
        coordinator.nodeID = -1
        coordinator.port = -1
        let (error, message) = coordinatorError(keyType: keyType)
        guard error == .none, let id = membership.coordinator(of: key), let address = address(ofNode: id, context)
        else {
            coordinator.errorCode = error == .none ? .coordinatorNotAvailable : error
            coordinator.errorMessage = message
            return coordinator
        }
        coordinator.errorMessage = nil
        coordinator.nodeID = id
        coordinator.host = address.host
        coordinator.port = Int32(address.port)
        return coordinator
    }

    private func coordinatorError(keyType: Int8) -> (KafkaErrorCode, String?) {
        switch keyType {
        case 0, 1: (.none, nil)
        default: (.invalidRequest, "The development broker coordinates consumer groups and transactions only.")
        }
    }
}
