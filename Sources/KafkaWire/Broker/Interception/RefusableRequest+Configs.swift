import KafkaProtocol

/// A resource in a request about settings.
protocol ConfigsRequestResource {
    var resourceType: Int8 { get }
    var resourceName: String { get }
}

extension DescribeConfigsRequest.DescribeConfigsResource: ConfigsRequestResource {}
extension AlterConfigsRequest.AlterConfigsResource: ConfigsRequestResource {}
extension IncrementalAlterConfigsRequest.AlterConfigsResource: ConfigsRequestResource {}

/// The answer for such a resource.
protocol ConfigsResponseResource {
    init()
    var errorCode: KafkaErrorCode { get set }
    var errorMessage: String? { get set }
    var resourceType: Int8 { get set }
    var resourceName: String { get set }
}

extension DescribeConfigsResponse.DescribeConfigsResult: ConfigsResponseResource {}
extension AlterConfigsResponse.AlterConfigsResourceResponse: ConfigsResponseResource {}
extension IncrementalAlterConfigsResponse.AlterConfigsResourceResponse: ConfigsResponseResource {}

extension ConfigsResponseResource {
    init(of resource: some ConfigsRequestResource, _ code: KafkaErrorCode = .none, _ message: String? = nil) {
        self.init()
        resourceType = resource.resourceType
        resourceName = resource.resourceName
        errorCode = code
        errorMessage = message
    }
}

/// A request about the settings of resources.
protocol ConfigsRequest: RefusableRequest {
    associatedtype Element: ConfigsRequestResource
    var resources: [Element] { get set }
}

extension ConfigsRequest {
    static var entryFields: RequestEntry.Fields { [.topic, .group] }

    func selecting(_ isIncluded: (RequestEntry) -> Bool) -> Self? {
        keeping(\.resources) { resource in
            let (type, name) = (ConfigResourceType(rawValue: resource.resourceType), resource.resourceName)
            return isIncluded(RequestEntry(topic: type == .topic ? name : nil, group: type == .group ? name : nil))
        }
    }
}

extension DescribeConfigsRequest: ConfigsRequest {
    func refusal(_ code: KafkaErrorCode) -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        response.results = resources.map { .init(of: $0, code, code.text) }
        return response
    }

    static func add(_ part: DescribeConfigsResponse, to response: inout DescribeConfigsResponse) {
        response.results += part.results
    }
}

extension AlterConfigsRequest: ConfigsRequest {
    func refusal(_ code: KafkaErrorCode) -> AlterConfigsResponse {
        var response = AlterConfigsResponse()
        response.responses = resources.map { .init(of: $0, code) }
        return response
    }

    static func add(_ part: AlterConfigsResponse, to response: inout AlterConfigsResponse) {
        response.responses += part.responses
    }
}

extension IncrementalAlterConfigsRequest: ConfigsRequest {
    func refusal(_ code: KafkaErrorCode) -> IncrementalAlterConfigsResponse {
        var response = IncrementalAlterConfigsResponse()
        response.responses = resources.map { .init(of: $0, code) }
        return response
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
