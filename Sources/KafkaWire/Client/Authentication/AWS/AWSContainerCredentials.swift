import HTTPWire

/// The endpoint that a container of ECS or EKS has for its role.
struct AWSContainerCredentials: Equatable {
    let url: HTTPURL
    /// Names the file with the token, which is replaced from time to time, or nil.
    private let tokenPath: String?
    private let token: Secret?

    private static let relativeHost = "http://169.254.170.2"
    /// The hosts to which a token is sent without TLS: those of ECS and EKS, and this one.
    private static let localHosts: Set = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost", "::1"]

    /// Returns nil if the environment names no endpoint.
    init?(_ environment: AWSEnvironment) throws(SASLError) {
        let text: String
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            text = Self.relativeHost + path
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            text = full
        } else {
            return nil
        }
        guard let url = HTTPURL(text) else { throw SASLError("AWS_CONTAINER_CREDENTIALS_… is not a URL") }
        guard url.scheme == .https || Self.localHosts.contains(url.host) || url.host.hasPrefix("127.") else {
            throw SASLError("\(url) is neither local nor https, and may not be asked for credentials")
        }
        self.url = url
        tokenPath = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
        token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map { Secret($0) }
    }

    func retrieveCredentials() throws(SASLError) -> AWSCredentials {
        var authorization = token?.text
        if let tokenPath { authorization = try CredentialFile.text(tokenPath) }
        let headers = authorization.map { [HTTPRequest.Header(name: "Authorization", value: $0)] } ?? []
        let response = try AWSHTTP.send(HTTPClientRequest(url: url, headers: headers), isLocal: true)
        return try AWSHTTP.credentials(in: response, of: url)
    }
}
