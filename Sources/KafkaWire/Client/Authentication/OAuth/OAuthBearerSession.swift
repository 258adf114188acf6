/// The client's side of OAUTHBEARER (RFC 7628):
///
///     C: n,,^Aauth=Bearer TOKEN^ANAME=VALUE^A^A     (^A is the octet 1)
///     S: nothing, or {"status":"invalid_token"}, which the client acknowledges with ^A
struct OAuthBearerSession: SASLSession {
    private enum State {
        case starting, awaitingAnswer, finished
        /// The broker has refused the token, and ends the exchange with an error.
        case refused(reason: String)
    }

    private let token: String
    private let extensions: [(name: String, value: String)]
    private var state = State.starting

    private static let separator = "\u{1}"

    init(token: String, extensions: [(name: String, value: String)] = []) {
        self.token = token
        self.extensions = extensions
    }

    mutating func initialResponse() throws(SASLError) -> [UInt8] {
        // Any other character would end the token, or the message.
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SASLError("the token is empty or has characters that are not permitted in a token")
        }
        state = .awaitingAnswer
        let pairs = [(name: "auth", value: "Bearer \(token)")] + extensions
        let text = pairs.map { "\($0.name)=\($0.value)\(Self.separator)" }.joined()
        return Array("n,,\(Self.separator)\(text)\(Self.separator)".utf8)
    }

    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]? {
        switch state {
        case .awaitingAnswer:
            guard !challenge.isEmpty else {
                state = .finished
                return nil
            }
            state = .refused(reason: SASLError.printable(String(decoding: challenge.prefix(1000), as: UTF8.self)))
            return Array(Self.separator.utf8)
        case .refused(let reason): throw SASLError("the broker refuses the token: \(reason)")
        case .starting, .finished: throw SASLError("the broker has sent an unexpected message")
        }
    }
}

extension OAuthBearerSession: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: []) }
}
