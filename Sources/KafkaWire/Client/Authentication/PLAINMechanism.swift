import WireStreams

/// User name and password in clear (RFC 4616). To be used over TLS only.
public struct PLAINMechanism: SASLMechanism, Equatable {
    private let username: String
    private let password: String

    /// - Parameters:
    ///   - username: without NUL.
    ///   - password: without NUL.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    public var name: String { "PLAIN" }

    public func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession {
        guard !username.isEmpty, !password.isEmpty else { throw SASLError("user name or password is empty") }
        guard !username.utf8.contains(0), !password.utf8.contains(0) else {
            throw SASLError("user name or password contains a NUL character")
        }
        return PLAINSession(message: [0] + Array(username.utf8) + [0] + Array(password.utf8))
    }
}

extension PLAINMechanism: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name alone.
    public var description: String { name }
    public var debugDescription: String { name }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// One message without an authorization identity, which is then the user name. The broker's answer is empty.
private struct PLAINSession: SASLSession {
    let message: [UInt8]

    mutating func initialResponse() throws(SASLError) -> [UInt8] { message }
    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]? { nil }
}

extension PLAINSession: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: []) }
}
