import Foundation
import WireCore
import WireStreams

/// The server's side of one authentication: a state machine without I/O. PLAIN (RFC 4616) takes one message, SCRAM
/// (RFC 5802) two.
struct SASLServerSession: Equatable {
    enum Answer: Equatable {
        case challenge([UInt8])
        case authenticated(user: String, [UInt8])
        /// With the text for the client.
        case refused(String)
    }

    private enum State: Equatable {
        case initial
        case awaitingProof(user: String, nonce: String, messages: String, SCRAMCredential)
        case finished
    }

    let mechanism: SASLServerMechanism
    private let nonce: String
    private var state = State.initial

    /// - Parameter nonce: never used before, printable and without a comma.
    init(_ mechanism: SASLServerMechanism, nonce: String) {
        self.mechanism = mechanism
        self.nonce = nonce
    }

    mutating func respond(to token: [UInt8], _ users: some CredentialSource) -> Answer {
        defer { if case .initial = state { state = .finished } }
        guard let text = String(validating: token, as: UTF8.self) else { return refusal }
        switch (state, mechanism.algorithm) {
        case (.initial, nil): return plain(token, users)
        case (.initial, _?): return challenge(answering: text, users)
        case (.awaitingProof(let user, let nonce, let messages, let credential), let algorithm?):
            state = .finished
            return verify(text, algorithm, user: user, nonce: nonce, messages: messages, credential)
        case (.awaitingProof, nil), (.finished, _): return refusal
        }
    }

    private var refusal: Answer {
        mechanism == .plain
            ? .refused("Authentication failed: Invalid username or password")
            : .refused(
                "Authentication failed during authentication due to invalid credentials with SASL mechanism "
                    + mechanism.rawValue)
    }

    /// `[authorization identity] NUL user NUL password`.
    private func plain(_ token: [UInt8], _ users: some CredentialSource) -> Answer {
        let parts = token.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            return .refused("Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        let user = String(decoding: parts[1], as: UTF8.self)
        if user.isEmpty { return .refused("Authentication failed: username not specified") }
        if parts[2].isEmpty { return .refused("Authentication failed: password not specified") }
        guard let password = users.password(of: user), Digest.isEqual(Array(password.utf8), Array(parts[2])) else {
            return refusal
        }
        guard parts[0].isEmpty || parts[0] == parts[1] else {
            return .refused("Authentication failed: Client requested an authorization id that is different from username")
        }
        return .authenticated(user: user, [])
    }

    /// `n,[a=AUTHZID],n=USER,r=NONCE[,EXTENSION]`.
    private mutating func challenge(answering text: String, _ users: some CredentialSource) -> Answer {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "n" || parts[0] == "y" else { return refusal }
        let bare = String(parts[2])
        let attributes = SCRAM.attributes(of: bare)
        guard attributes.count >= 2, attributes[0].name == "n", attributes[1].name == "r", !attributes[1].value.isEmpty,
            let user = SCRAM.unescaped(attributes[0].value)
        else { return refusal }
        guard parts[1].isEmpty || parts[1] == "a=\(attributes[0].value)" else { return refusal }
        guard let credential = users.credential(of: user, mechanism) else { return refusal }
        let combined = attributes[1].value + nonce
        let first = "r=\(combined),s=\(SCRAM.base64(credential.salt)),i=\(credential.iterations)"
        let header = SCRAM.base64(Array("\(parts[0]),\(parts[1]),".utf8))
        state = .awaitingProof(
            user: user, nonce: combined, messages: "\(bare),\(first),c=\(header),r=\(combined)", credential)
        return .challenge(Array(first.utf8))
    }

    /// `c=HEADER,r=NONCE,p=PROOF`.
    private func verify(
        _ text: String, _ algorithm: Digest.Algorithm, user: String, nonce: String, messages: String,
        _ credential: SCRAMCredential
    ) -> Answer {
        guard let proofStart = text.range(of: ",p=", options: .backwards),
            messages.hasSuffix("," + text[..<proofStart.lowerBound]),
            let proof = Base64.decode(String(text[proofStart.upperBound...])), proof.count == algorithm.digestBytes
        else { return refusal }
        let attributes = SCRAM.attributes(of: text)
        guard attributes.count == 3, attributes[1].name == "r", attributes[1].value == nonce else { return refusal }
        let message = Array(messages.utf8)
        let clientKey = SCRAM.combine(proof, Digest.hmac(algorithm, key: credential.storedKey, message))
        guard Digest.isEqual(Digest.hash(algorithm, clientKey), credential.storedKey) else { return refusal }
        let signature = Digest.hmac(algorithm, key: credential.serverKey, message)
        return .authenticated(user: user, Array("v=\(SCRAM.base64(signature))".utf8))
    }
}
