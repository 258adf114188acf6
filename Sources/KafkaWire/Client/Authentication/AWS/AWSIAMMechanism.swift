import WireCore
import WireStreams

/// AWS IAM for Amazon MSK by the mechanism of `aws-msk-iam-auth`: `AWS_MSK_IAM`. The client sends a request that it has
/// signed with its credentials.
public struct AWSIAMMechanism: SASLMechanism {
    private let credentials: CredentialCache<AWSCredentials>
    private let region: String?

    /// - Parameter region: of the cluster; nil: from the brokers' names, or that of the process.
    public init(_ provider: any AWSCredentialsProvider = AWSCredentialsChain(), region: String? = nil) {
        credentials = CredentialCache(provider)
        self.region = region
    }

    public var name: String { "AWS_MSK_IAM" }

    public func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession {
        let host = broker.host.hasSuffix(".") ? String(broker.host.dropLast()) : broker.host
        let region = try AWSRegion.region(configured: region, host: host, AWSEnvironment())
        return AWSIAMSession(
            message: AWSIAMSession.message(
                host: host, region: region, credentials: try credentials.credential(), now: .now))
    }
}

extension AWSIAMMechanism: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone.
    public var description: String { name }
    public var debugDescription: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The client's side of AWS_MSK_IAM: a JSON object with the signature, and one with the broker's request id.
struct AWSIAMSession: SASLSession {
    let message: [UInt8]

    private static let version = "2020_10_22"
    private static let expiresSeconds = 900
    static let service = "kafka-cluster"
    static let action = (name: "Action", value: "kafka-cluster:Connect")
    static let userAgent = "KafkaWire/1"

    /// The members are the parameters of a signed request for the broker's host, with names in lower case.
    static func message(host: String, region: String, credentials: AWSCredentials, now: WallTime) -> [UInt8] {
        let signature = AWSSignature(credentials: credentials, region: region, service: service, now: now)
        let query = signature.presignedQuery(host: host, [action], expiresSeconds: expiresSeconds)
        let members = [("version", version), ("host", host), ("user-agent", userAgent)]
            + query.map { ($0.name.lowercased(), $0.value) }
        return JSONValue.object(JSONObject(members.map { (name: $0.0, value: .string($0.1)) })).encoded()
    }

    mutating func initialResponse() throws(SASLError) -> [UInt8] { message }

    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]? {
        let answer = (try? JSONValue.parse(challenge))?.objectValue
        guard answer?["version"]?.stringValue == Self.version, answer?["request-id"]?.stringValue != nil else {
            throw SASLError("the broker's answer is not one of AWS_MSK_IAM version \(Self.version)")
        }
        return nil
    }
}

extension AWSIAMSession: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: []) }
}
