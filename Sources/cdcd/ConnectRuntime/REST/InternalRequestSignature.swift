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

/// RFC 4648, section 4.
enum Base64 {
    /// Nil for anything that is not padded base64.
    static func decode(_ text: String) -> [UInt8]? {
        let source = Array(text.utf8)
        guard source.count % 4 == 0 else { return nil }
        let padding = source.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        for (index, byte) in source.enumerated() {
            let isPadding = index >= source.count - padding
            guard let value = isPadding ? 0 : self.value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            guard index % 4 == 3 else { continue }
            for shift in [16, 8, 0] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            bits = 0
        }
        return Array(bytes.dropLast(padding))
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
