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
        var response = ListConfigResourcesResponse()
        guard context.version > 0 else { return response }
        let types = request.resourceTypes.map { ConfigResourceType(rawValue: $0) }
        guard !types.contains(nil) else {
            response.errorCode = .unsupportedVersion
            return response
        }
        func add(_ type: ConfigResourceType, _ names: [String]) {
            guard types.isEmpty || types.contains(type) else { return }
            response.configResources += names.map { name in
                var resource = Resource()
                resource.resourceName = name
                resource.resourceType = type.rawValue
                return resource
            }
        }
        add(.topic, topics.all.map(\.name))
        add(.broker, nodeNames)
        add(.brokerLogger, nodeNames)
        return response
    }

    private var nodeNames: [String] { membership.running.map(String.init) }
}
