import KafkaProtocol

extension RequestHandler {
    static let listConfigResources = RequestHandler(ListConfigResourcesRequest.self) { service, request, context in
        service.listConfigResources(request, context)
    }
}

extension BrokerService {
    /// ListConfigResources: topics, the running nodes and their loggers, of the requested types or of all. Version 0
    /// asks for client metrics, of which there are none.
    func listConfigResources(
        _ request: ListConfigResourcesRequest, _ context: RequestContext
    ) -> ListConfigResourcesResponse {
        typealias Resource = ListConfigResourcesResponse.ConfigResource
        let supported: [Int8] = [ResourceType.topic.rawValue, ResourceType.broker.rawValue, 8, 16, 32]
        var response = ListConfigResourcesResponse()
        guard context.version > 0 else { return response }
        guard request.resourceTypes.allSatisfy(supported.contains) else {
            response.errorCode = .unsupportedVersion
            return response
        }
        let types = request.resourceTypes.isEmpty ? supported : request.resourceTypes
        func add(_ type: Int8, _ names: [String]) {
            guard types.contains(type) else { return }
            response.configResources += names.map { name in
                var resource = Resource()
                resource.resourceName = name
                resource.resourceType = type
                return resource
            }
        }
        add(ResourceType.topic.rawValue, topics.all.map(\.name))
        add(ResourceType.broker.rawValue, nodeNames)
        // BROKER_LOGGER
        add(8, nodeNames)
        return response
    }

    private var nodeNames: [String] { membership.running.map(String.init) }
}
