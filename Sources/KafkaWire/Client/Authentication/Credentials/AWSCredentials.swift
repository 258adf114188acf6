/// Credentials of AWS: an access key, temporary if it has a session token.
public struct AWSCredentials: Sendable, Equatable {
    public let accessKeyID: String
    /// Secret.
    public let secretAccessKey: String
    /// Secret; nil for a long-term key.
    public let sessionToken: String?
    /// When they expire, in milliseconds since the epoch; nil: never, as far as is known.
    public let expiresAtMilliseconds: Int64?

    /// - Parameter expiresAtMilliseconds: since the epoch.
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAtMilliseconds: Int64? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }

    /// What must not be shown.
    var secrets: [String] { [secretAccessKey] + (sessionToken.map { [$0] } ?? []) }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id of the access key alone.
    public var description: String { "access key \(accessKeyID)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where credentials of AWS come from: `AWSCredentialsChain`, or a type of the caller's.
public protocol AWSCredentialsProvider: Sendable {
    /// Obtains credentials. May block; called again before they expire, on one thread at a time.
    ///
    /// - Throws: `SASLError` without credentials in its text.
    func retrieveCredentials() throws(SASLError) -> AWSCredentials
}
