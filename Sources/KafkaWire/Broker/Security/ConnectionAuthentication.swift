import KafkaProtocol
import WireCore
import WireStreams

/// The authentication of one connection: SaslHandshake, then tokens, and again before the session ends (KIP-368). A
/// state machine without I/O.
struct ConnectionAuthentication {
    private enum State {
        case awaitingHandshake
        case exchanging(SASLServerSession, isFramed: Bool)
        case authenticated
        case failed
    }

    /// How long an authentication is valid; 0 without a limit.
    private let sessionMilliseconds: Int
    private let usesSASL: Bool
    private var state: State
    private var mechanism: SASLServerMechanism?
    private var sessionEnd: MonotonicInstant?
    /// The name without a type, as `Principal.name`; nil before the first authentication.
    private(set) var user: String?

    /// The maximum size of a request before the authentication. (`sasl.server.max.receive.size`)
    static let requestBytesMax = 524_288

    init(usesSASL: Bool, sessionMilliseconds: Int) {
        self.usesSASL = usesSASL
        self.sessionMilliseconds = sessionMilliseconds
        state = usesSASL ? .awaitingHandshake : .authenticated
    }

    var isAuthenticated: Bool { user != nil || !usesSASL }
    /// Whether the next message is a token without a header: after SaslHandshake version 0.
    var awaitsBareToken: Bool { if case .exchanging(_, isFramed: false) = state { true } else { false } }
    /// Whether the connection has to be closed after the response.
    var hasFailed: Bool { if case .failed = state { true } else { false } }

    /// Why a request is not accepted now; nil if it is.
    func refusal(of key: APIKey, now: MonotonicInstant) -> String? {
        switch state {
        case .awaitingHandshake where key == .apiVersions || key == .saslHandshake: return nil
        case .awaitingHandshake: return "\(key.name) before the authentication"
        case .exchanging: return key == .saslAuthenticate ? nil : "\(key.name) during the authentication"
        case .failed: return "\(key.name) after a failed authentication"
        case .authenticated:
            guard let sessionEnd, sessionEnd <= now, key != .saslHandshake else { return nil }
            return "the session has ended without a new authentication"
        }
    }

    /// - Parameter nonce: a new one.
    mutating func handshake(
        _ request: SaslHandshakeRequest, version: Int16, nonce: String
    ) -> SaslHandshakeResponse {
        var response = SaslHandshakeResponse()
        guard usesSASL else {
            response.errorCode = .illegalSASLState
            return response
        }
        response.mechanisms = SASLServerMechanism.allCases.map(\.rawValue)
        guard let wanted = SASLServerMechanism(rawValue: request.mechanism) else {
            response.errorCode = .unsupportedSASLMechanism
            state = .failed
            return response
        }
        guard mechanism == nil || mechanism == wanted else {
            // KIP-368: the mechanism may not change.
            response.errorCode = .illegalSASLState
            state = .failed
            return response
        }
        mechanism = wanted
        state = .exchanging(SASLServerSession(wanted, nonce: nonce), isFramed: version > 0)
        return response
    }

    mutating func authenticate(
        _ token: [UInt8], version: Int16, _ users: some CredentialSource, now: MonotonicInstant
    ) -> SaslAuthenticateResponse {
        var response = SaslAuthenticateResponse()
        response.errorMessage = nil
        guard case .exchanging(var session, let isFramed) = state else {
            response.errorCode = .illegalSASLState
            response.errorMessage = "SaslAuthenticate request received after successful authentication"
            return response
        }
        switch session.respond(to: token, users) {
        case .challenge(let bytes):
            state = .exchanging(session, isFramed: isFramed)
            response.authBytes = bytes
        case .authenticated(let name, let bytes):
            guard user == nil || user == name else {
                state = .failed
                response.errorCode = .saslAuthenticationFailed
                response.errorMessage = "Cannot change principals during re-authentication"
                return response
            }
            user = name
            state = .authenticated
            response.authBytes = bytes
            if sessionMilliseconds > 0 {
                sessionEnd = now.advanced(byMilliseconds: sessionMilliseconds)
                if version > 0 { response.sessionLifetimeMilliseconds = Int64(sessionMilliseconds) }
            }
        case .refused(let reason):
            state = .failed
            response.errorCode = .saslAuthenticationFailed
            response.errorMessage = reason
        }
        return response
    }
}
