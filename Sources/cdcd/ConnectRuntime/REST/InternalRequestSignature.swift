import HTTPWire
import WireCore
import WireStreams

/// The signature of a request from another worker of the group (KIP-507).
enum InternalRequestSignature {
    /// Throws as Connect answers: 400 without a signature, 503 without a key, 403 for a wrong one.
    static func check(_ request: HTTPRequest, key: SessionKey?) throws(RESTError) {
        guard let signature = request.header("X-Connect-Authorization"),
            let algorithm = request.header("X-Connect-Request-Signature-Algorithm")
        else { throw RESTError(400, "Internal request missing required signature") }
        guard algorithm == "HmacSHA256" else {
            throw RESTError(400, "This worker does not support the '\(algorithm)' key signing algorithm used by other workers.")
        }
        guard let key, let bytes = Base64.decode(key.keyBase64) else {
            throw RESTError(503, "This worker is still starting up and has not been able to read a session key from the config topic yet")
        }
        let expected = Digest.hmacSHA256(key: bytes, request.body)
        guard let given = Base64.decode(signature), isEqual(given, expected) else {
            throw RESTError(403, "Internal request contained invalid signature.")
        }
    }

    /// Takes the same time wherever the first difference is.
    private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
