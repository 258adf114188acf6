import WireStreams

/// A SASL mechanism with its credentials (RFC 4422), for `KafkaClientConfiguration.authentication`:
/// `PLAINMechanism`, `SCRAMMechanism` or one of the caller's.
///
/// Every connection is authenticated by a session of its own.
public protocol SASLMechanism: Sendable {
    /// The name in SaslHandshake, for example `PLAIN`.
    var name: String { get }

    /// Begins the authentication of a connection to `broker`. May block while credentials are obtained.
    ///
    /// - Throws: `SASLError` if the credentials are unavailable.
    func makeSession(broker: SocketAddress) throws(SASLError) -> any SASLSession
}

/// The client's side of one authentication: a state machine without I/O.
public protocol SASLSession {
    /// The first message to the broker.
    mutating func initialResponse() throws(SASLError) -> [UInt8]

    /// The response to a message of the broker; nil if the exchange is complete for the client.
    ///
    /// - Throws: `SASLError` if the message is malformed, or does not prove the broker's identity.
    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]?
}

/// Why a mechanism cannot authenticate. Contains no credentials.
public struct SASLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The reason, without credentials.
    public var reason: String
    /// Whether the credentials may be available later, for example because a token endpoint did not answer.
    public var isRetriable: Bool

    /// An error with a reason that contains no credentials.
    public init(_ reason: String, isRetriable: Bool = false) {
        self.reason = reason
        self.isRetriable = isRetriable
    }

    public var description: String { reason }
}

extension SASLError {
    /// A text of a peer, without control characters and not longer than an error message should be.
    static func printable(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(visible))
    }
}
