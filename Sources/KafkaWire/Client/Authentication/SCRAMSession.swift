import WireCore
import WireStreams

/// The client's side of SCRAM without channel binding (RFC 5802):
///
///     C: n,,n=USER,r=NONCE
///     S: r=NONCE…,s=SALT,i=ITERATIONS
///     C: c=biws,r=NONCE…,p=PROOF
///     S: v=SIGNATURE
struct SCRAMSession: SASLSession {
    private enum State {
        case starting
        case awaitingSalt
        case awaitingSignature(expected: [UInt8])
        case finished
    }

    private let algorithm: Digest.Algorithm
    private let firstMessageBare: String
    private let password: [UInt8]
    private let nonce: String
    private var state = State.starting

    /// Fewer iterations make the password easy to guess for who intercepts the exchange; Kafka's clients refuse them.
    private static let iterationsMin = 4096
    /// More would keep the client busy for seconds; Kafka's brokers store at most 16384.
    private static let iterationsMax = 1_000_000
    /// The messages of a broker are some hundred bytes.
    private static let messageBytesMax = 8192

    /// The flag `n` (no channel binding) and no authorization identity.
    private static let gs2Header = "n,,"

    /// - Parameter nonce: printable ASCII without a comma, never used before.
    init(_ algorithm: Digest.Algorithm, username: String, password: [UInt8], nonce: String) {
        self.algorithm = algorithm
        self.password = password
        self.nonce = nonce
        firstMessageBare = "n=\(SCRAM.escaped(username)),r=\(nonce)"
    }

    mutating func initialResponse() throws(SASLError) -> [UInt8] {
        state = .awaitingSalt
        return Array((Self.gs2Header + firstMessageBare).utf8)
    }

    mutating func response(to challenge: [UInt8]) throws(SASLError) -> [UInt8]? {
        guard challenge.count <= Self.messageBytesMax, let text = String(validating: challenge, as: UTF8.self) else {
            throw SASLError("the broker's message is not a message of SCRAM")
        }
        switch state {
        case .awaitingSalt:
            let (message, signature) = try proof(answering: text)
            state = .awaitingSignature(expected: signature)
            return Array(message.utf8)
        case .awaitingSignature(let expected):
            try verify(text, expected)
            state = .finished
            return nil
        case .starting, .finished: throw SASLError("the broker has sent an unexpected message")
        }
    }

    /// The last message of the client, and the signature with which the broker must answer it.
    private func proof(answering serverFirst: String) throws(SASLError) -> (message: String, signature: [UInt8]) {
        let challenge = try SCRAMChallenge(serverFirst)
        guard challenge.nonce.hasPrefix(nonce), challenge.nonce.utf8.count > nonce.utf8.count else {
            throw SASLError("the broker's nonce does not begin with the client's")
        }
        guard challenge.iterations >= Self.iterationsMin else {
            throw SASLError(
                "the broker requests \(challenge.iterations) iterations, fewer than the minimum of \(Self.iterationsMin)")
        }
        guard challenge.iterations <= Self.iterationsMax else {
            throw SASLError(
                "the broker requests \(challenge.iterations) iterations, more than the maximum of \(Self.iterationsMax)")
        }
        let keys = SCRAM.Keys(
            algorithm, password: password, salt: challenge.salt, iterations: challenge.iterations)
        let withoutProof = "c=\(SCRAM.base64(Array(Self.gs2Header.utf8))),r=\(challenge.nonce)"
        let authMessage = Array("\(firstMessageBare),\(serverFirst),\(withoutProof)".utf8)
        let proof = SCRAM.combine(keys.client, Digest.hmac(algorithm, key: keys.stored, authMessage))
        return ("\(withoutProof),p=\(SCRAM.base64(proof))", Digest.hmac(algorithm, key: keys.server, authMessage))
    }

    private func verify(_ serverFinal: String, _ expected: [UInt8]) throws(SASLError) {
        let attributes = SCRAM.attributes(of: serverFinal)
        switch attributes.first {
        case ("e", let reason)?:
            throw SASLError("the broker has ended the authentication: \(SASLError.printable(reason))")
        case ("v", let text)?:
            guard let signature = Base64.decode(text), Digest.isEqual(signature, expected) else {
                throw SASLError("the broker's signature is wrong: it does not know the keys of this user")
            }
        default: throw SASLError("the broker's last message has no signature")
        }
    }
}

extension SCRAMSession: CustomReflectable {
    var customMirror: Mirror { Mirror(self, children: []) }
}
