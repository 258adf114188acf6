import WireStreams

/// Salted challenge and response (RFC 5802, RFC 7677): the password is never sent, and the broker proves that it knows
/// the user's keys.
public struct SCRAMMechanism: SASLMechanism, Equatable {
    /// The hash functions that Kafka supports.
    public enum HashFunction: Sendable {
        case sha256, sha512
    }

    private let hashFunction: HashFunction
    private let username: String
    private let password: String

    /// As Kafka's clients and tools do, user name and password are used as they are, in UTF-8, without SASLprep
    /// (RFC 4013).
    public init(_ hashFunction: HashFunction, username: String, password: String) {
        self.hashFunction = hashFunction
        self.username = username
        self.password = password
    }

    public var name: String {
        switch hashFunction {
        case .sha256: "SCRAM-SHA-256"
        case .sha512: "SCRAM-SHA-512"
        }
    }

    public func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession {
        guard !username.isEmpty, !password.isEmpty else { throw SASLError("user name or password is empty") }
        return makeSession(nonce: SCRAM.makeNonce())
    }

    func makeSession(nonce: String) -> SCRAMSession {
        SCRAMSession(
            hashFunction == .sha256 ? .sha256 : .sha512, username: username, password: Array(password.utf8),
            nonce: nonce)
    }
}

extension SCRAMMechanism: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone.
    public var description: String { name }
    public var debugDescription: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
