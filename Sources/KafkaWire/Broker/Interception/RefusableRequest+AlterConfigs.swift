import KafkaProtocol

extension AlterConfigsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .group] }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.resources) { isIncluded(RequestEntry(resourceType: $0.resourceType, name: $0.resourceName)) }
    }

    static func add(_ part: AlterConfigsResponse, to response: inout AlterConfigsResponse) {
        response.responses += part.responses
    }

    func refusal(_ code: KafkaErrorCode) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        response.responses = resources.map { resource in
            var result = AlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }
}
