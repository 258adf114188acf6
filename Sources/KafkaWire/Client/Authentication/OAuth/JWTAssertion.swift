import Foundation
import HTTPWire
import WireCore
import WireStreams

/// A signed token by which a client identifies itself at a token endpoint (RFC 7523, KIP-1139): read from a file, or
/// made and signed with a private key.
public struct JWTAssertion: Sendable, Equatable {
    /// How a token is signed (RFC 7518; `sasl.oauthbearer.assertion.algorithm`).
    public enum SigningAlgorithm: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    /// What is signed.
    public struct Content: Sendable, Equatable {
        /// A JSON file with the members `header` and `payload`; later sources of claims take precedence over it
        /// (`sasl.oauthbearer.assertion.template.file`).
        public var templatePath: String?
        /// The claim `aud` (`sasl.oauthbearer.assertion.claim.aud`).
        public var audience: String?
        /// The claim `iss` (`sasl.oauthbearer.assertion.claim.iss`).
        public var issuer: String?
        /// The claim `sub` (`sasl.oauthbearer.assertion.claim.sub`).
        public var subject: String?
        /// From now to the claim `exp` (`sasl.oauthbearer.assertion.claim.exp.seconds`).
        public var expirationSeconds: Int64 = 300
        /// From the claim `nbf` to now (`sasl.oauthbearer.assertion.claim.nbf.seconds`).
        public var notBeforeSeconds: Int64 = 60
        /// Whether there is a claim `jti`, different in each token (`sasl.oauthbearer.assertion.claim.jti.include`).
        public var includesID = false

        /// Kafka's defaults, without claims other than the times.
        public init() {}
    }

    private enum Source: Sendable, Equatable {
        case file(String)
        case signed(keyPath: String, passphrase: Secret?, SigningAlgorithm, Content)
    }

    private let source: Source

    /// A token in a file, which is read for each request (`sasl.oauthbearer.assertion.file`).
    public init(path: String) { source = .file(path) }

    /// A token that is made for each request.
    ///
    /// - Parameters:
    ///   - privateKeyPath: a file in PEM, or the base64 text of PKCS#8
    ///     (`sasl.oauthbearer.assertion.private.key.file`).
    ///   - passphrase: decrypts the key; nil if it is not encrypted
    ///     (`sasl.oauthbearer.assertion.private.key.passphrase`).
    public init(
        privateKeyPath: String, passphrase: String? = nil, algorithm: SigningAlgorithm = .rs256, content: Content
    ) {
        source = .signed(keyPath: privateKeyPath, passphrase: passphrase.map { Secret($0) }, algorithm, content)
    }

    /// The token. Reads the files again.
    func token(now: WallTime) throws(SASLError) -> Secret {
        switch source {
        case .file(let path): return Secret(try CredentialFile.text(path))
        case .signed(let path, let passphrase, let algorithm, let content):
            let text = try Self.unsigned(content, algorithm, now)
            let key = try CredentialFile.text(path)
            do throws(StreamError) {
                let signature = try TokenSignature.sign(
                    Array(text.utf8), algorithm == .rs256 ? .rs256 : .es256, key: key, password: passphrase?.text,
                    origin: path)
                return Secret("\(text).\(JSONWebToken.encode(signature))")
            } catch { throw SASLError("\(error)") }
        }
    }

    /// Header and claims. The template comes first, then the configured claims, then those that depend on the time.
    static func unsigned(
        _ content: Content, _ algorithm: SigningAlgorithm, _ now: WallTime, id: String? = nil
    ) throws(SASLError) -> String {
        var (header, claims): ([(name: String, value: JSONValue)], [(name: String, value: JSONValue)]) = ([], [])
        if let path = content.templatePath {
            guard let template = (try? JSONValue.parse(CredentialFile.text(path)))?.objectValue else {
                throw SASLError("\(path) is not a JSON object with the members header and payload")
            }
            header = template["header"]?.objectValue?.members ?? []
            claims = template["payload"]?.objectValue?.members ?? []
        }
        for (name, text) in [("aud", content.audience), ("iss", content.issuer), ("sub", content.subject)] {
            if let text { claims.append((name, .string(text))) }
        }
        claims += [
            ("iat", .integer(now.seconds)), ("exp", .integer(now.seconds &+ content.expirationSeconds)),
            ("nbf", .integer(now.seconds &- content.notBeforeSeconds)),
        ]
        if content.includesID { claims.append(("jti", .string(id ?? UUID().uuidString.lowercased()))) }
        header += [("alg", .string(algorithm.rawValue)), ("typ", .string("JWT"))]
        // A later member of the same name replaces an earlier one.
        return [header, claims].map { JSONWebToken.encode(JSONValue.object(JSONObject($0)).encoded()) }
            .joined(separator: ".")
    }
}
