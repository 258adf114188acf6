import HTTPWire
import WireCore

/// The API of AWS STS that exchanges credentials for those of a role.
struct AWSSecurityTokenService: Equatable {
    private let endpoint: HTTPURL
    /// Of the signature.
    private let region: String

    private static let contentType = "application/x-www-form-urlencoded; charset=utf-8"
    private static let version = "2011-06-15"
    private static let defaultSessionName = "KafkaWire"

    /// - Parameter region: nil, or `aws-global`, is the global endpoint.
    init(region: String?, _ environment: AWSEnvironment) throws(SASLError) {
        let region = region == "aws-global" ? nil : region
        if let region, !AWSRegion.isValid(region) {
            throw SASLError("the AWS region \(SASLError.printable(region)) is invalid")
        }
        let suffix = region?.hasPrefix("cn-") == true ? "amazonaws.com.cn" : "amazonaws.com"
        let text = environment["AWS_ENDPOINT_URL_STS"] ?? "https://sts.\(region.map { "\($0)." } ?? "")\(suffix)"
        guard let url = HTTPURL(text) else { throw SASLError("AWS_ENDPOINT_URL_STS is not a URL") }
        endpoint = url
        self.region = region ?? "us-east-1"
    }

    /// AssumeRole, signed with `credentials`.
    func assumeRole(
        _ arn: String, sessionName: String?, externalID: String?, with credentials: AWSCredentials,
        now: WallTime = .now
    ) throws(SASLError) -> AWSCredentials {
        var form = form("AssumeRole", arn, sessionName)
        if let externalID { form.append(("ExternalId", externalID)) }
        let body = Array(AWSSignature.encoded(form).utf8)
        let signature = AWSSignature(credentials: credentials, region: region, service: "sts", now: now)
        let headers = signature.headers(host: endpoint.authority, contentType: Self.contentType, body: body)
        return try send(body, headers, secrets: credentials.secrets)
    }

    /// AssumeRoleWithWebIdentity: the token of another identity provider stands for credentials.
    func assumeRole(
        _ arn: String, sessionName: String?, webIdentityToken token: String
    ) throws(SASLError) -> AWSCredentials {
        let form = form("AssumeRoleWithWebIdentity", arn, sessionName) + [("WebIdentityToken", token)]
        return try send(Array(AWSSignature.encoded(form).utf8), [], secrets: [token])
    }

    private func form(_ action: String, _ arn: String, _ sessionName: String?) -> [(name: String, value: String)] {
        [
            ("Action", action), ("Version", Self.version), ("RoleArn", arn),
            ("RoleSessionName", sessionName ?? Self.defaultSessionName),
        ]
    }

    private func send(
        _ body: [UInt8], _ headers: [HTTPRequest.Header], secrets: [String]
    ) throws(SASLError) -> AWSCredentials {
        let request = HTTPClientRequest(
            method: "POST", url: endpoint,
            headers: headers + [HTTPRequest.Header(name: "Content-Type", value: Self.contentType)], body: .bytes(body))
        let response = try AWSHTTP.send(request, isLocal: false)
        let text = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200 else {
            let shown = String(
                decoding: CredentialRedaction(request, others: secrets).applied(to: response.body), as: UTF8.self)
            let code = Self.element("Code", in: shown) ?? "status \(response.status)"
            let message = Self.element("Message", in: shown).map { ": \($0)" } ?? ""
            throw SASLError(
                "\(endpoint) refuses to assume the role (\(SASLError.printable(code + message)))",
                isRetriable: response.status >= 500 || code == "Throttling")
        }
        guard let id = Self.element("AccessKeyId", in: text), let secret = Self.element("SecretAccessKey", in: text),
            let token = Self.element("SessionToken", in: text), let expiration = Self.element("Expiration", in: text)
        else { throw SASLError("\(endpoint) returns no credentials") }
        return try AWSCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiration: expiration, origin: "\(endpoint)")
    }

    /// The content of the first XML element of a name that occurs once in these answers and has neither attributes nor
    /// children.
    static func element(_ name: String, in text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let content = text[start.upperBound..<end.lowerBound].trimmingBlanks()
        return content.isEmpty || content.contains("<") ? nil : content
    }
}
