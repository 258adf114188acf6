import KafkaProtocol

extension RequestEntry {
    /// A resource that settings belong to: a topic (2) or a group (32), or one that no filter names.
    init(resourceType: Int8, name: String) {
        self.init(topic: resourceType == 2 ? name : nil, group: resourceType == 32 ? name : nil)
    }
}

extension DescribeConfigsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .group] }

    func refusal(_ code: KafkaErrorCode) -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        response.results = resources.map { resource in
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorCode = code
            result.errorMessage = code.text
            return result
        }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.resources) { isIncluded(RequestEntry(resourceType: $0.resourceType, name: $0.resourceName)) }
    }

    static func add(_ part: DescribeConfigsResponse, to response: inout DescribeConfigsResponse) {
        response.results += part.results
    }
}

extension IncrementalAlterConfigsRequest: RefusableRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .group] }

    func refusal(_ code: KafkaErrorCode) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        response.responses = resources.map { resource in
            var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorCode = code
            result.errorMessage = nil
            return result
        }
        return response
    }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.resources) { isIncluded(RequestEntry(resourceType: $0.resourceType, name: $0.resourceName)) }
    }

    static func add(_ part: IncrementalAlterConfigsResponse, to response: inout IncrementalAlterConfigsResponse) {
        response.responses += part.responses
    }
}

extension DescribeLogDirsRequest: RefusableRequest {}
extension DescribeLogDirsResponse: ErrorCodeResponse {}

extension DescribeClusterRequest: RefusableRequest {}
extension DescribeClusterResponse: ErrorCodeResponse {}

extension ApiVersionsRequest: RefusableRequest {}
extension ApiVersionsResponse: ErrorCodeResponse {}
