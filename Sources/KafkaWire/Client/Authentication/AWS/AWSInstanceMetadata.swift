import Foundation
import HTTPWire

/// The metadata service of an EC2 instance, version 2.
struct AWSInstanceMetadata: Equatable {
    private let endpoint: HTTPURL

    private static let tokenSeconds = "21600"

    /// Returns nil if it is disabled, or its endpoint is invalid.
    init?(_ environment: AWSEnvironment) {
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let text = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
        guard let endpoint = HTTPURL(text) else { return nil }
        self.endpoint = endpoint
    }

    func retrieveCredentials() throws(SASLError) -> AWSCredentials {
        let token = try token()
        let path = ["latest", "meta-data", "iam", "security-credentials"]
        let roles = try get(path + [""], token)
        guard let role = roles.split(whereSeparator: \.isNewline).first.map(String.init), !role.isEmpty else {
            throw SASLError("the instance has no role")
        }
        let url = endpoint.appending(segments: path + [role])
        return try AWSHTTP.credentials(in: try AWSHTTP.send(request(url, token), isLocal: true), of: url)
    }

    /// nil if the service does not answer.
    func region() -> String? {
        do throws(SASLError) {
            return try get(["latest", "meta-data", "placement", "region"], try token())
        } catch { return nil }
    }

    private func token() throws(SASLError) -> String {
        let url = endpoint.appending(segments: ["latest", "api", "token"])
        let headers = [HTTPRequest.Header(name: "X-aws-ec2-metadata-token-ttl-seconds", value: Self.tokenSeconds)]
        return try text(HTTPClientRequest(method: "PUT", url: url, headers: headers))
    }

    private func get(_ segments: [String], _ token: String) throws(SASLError) -> String {
        try text(request(endpoint.appending(segments: segments), token))
    }

    private func request(_ url: HTTPURL, _ token: String) -> HTTPClientRequest {
        HTTPClientRequest(url: url, headers: [HTTPRequest.Header(name: "X-aws-ec2-metadata-token", value: token)])
    }

    private func text(_ request: HTTPClientRequest) throws(SASLError) -> String {
        let response = try AWSHTTP.send(request, isLocal: true)
        guard response.status == 200, let text = String(validating: response.body, as: UTF8.self) else {
            throw SASLError("\(request.url) answers with status \(response.status)", isRetriable: response.status >= 500)
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
