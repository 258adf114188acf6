import KafkaProtocol

extension AlterConfigsRequest: RefusableRequest {
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
