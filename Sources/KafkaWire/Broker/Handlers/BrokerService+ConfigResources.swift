import KafkaProtocol

extension RequestHandler {
    static let alterConfigs = RequestHandler(AlterConfigsRequest.self) { service, request, _ in
        service.replaceConfigs(request)
    }
    static let listConfigResources = RequestHandler(ListConfigResourcesRequest.self) { service, request, context in
        service.listConfigResources(request, context)
    }
}

extension BrokerService {
    /// AlterConfigs, for topics: replaces all settings of a topic.
    func replaceConfigs(_ request: AlterConfigsRequest) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        response.responses = request.resources.map { resource in
            var result = AlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorMessage = nil
            do throws(AdminError) {
                try replace(resource, validateOnly: request.validateOnly)
            } catch {
                result.errorCode = error.code
                result.errorMessage = error.message
            }
            return result
        }
        return response
    }

    private func replace(
        _ resource: AlterConfigsRequest.AlterConfigsResource, validateOnly: Bool
    ) throws(AdminError) {
        guard ResourceType(rawValue: resource.resourceType) == .topic else {
            throw AdminError(.invalidRequest, "The development broker can change the settings of topics only.")
        }
        guard let topic = topics.topic(named: resource.resourceName) else {
            throw AdminError(.unknownTopicOrPartition, "The topic '\(resource.resourceName)' does not exist.")
        }
        var settings = TopicConfiguration()
        for entry in resource.configs {
            guard let value = entry.value else {
                throw AdminError(.invalidRequest, "Null value not supported for : \(entry.name)")
            }
            try check(entry.name, value)
            settings[entry.name] = value
        }
        if validateOnly { return }
        do throws(StorageError) {
            _ = try topics.change(name: topic.name, configuration: settings)
        } catch {
            throw AdminError(error)
        }
    }

    /// ListConfigResources: topics, this broker and its loggers, of the requested types or of all. Version 0 asks for
    /// client metrics, of which there are none.
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

    private var nodeNames: [String] { ["\(BrokerIdentity.nodeID)"] }
}
