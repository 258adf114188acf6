import COpenSSL
import WireCore

/// Signatures of JSON Web Tokens with a private key (RFC 7518, sections 3.3 and 3.4).
package enum TokenSignature {
    package enum Algorithm: Sendable {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        case rs256
        /// ECDSA with P-256 and SHA-256.
        case es256
    }

    /// The size of each of the two numbers of an ES256 signature.
    private static let numberBytes = 32

    /// - Parameters:
    ///   - key: a private key in PEM, or the base64 text of PKCS#8.
    ///   - password: decrypts the key; nil if it is not encrypted.
    ///   - origin: names the key in errors.
    package static func sign(
        _ bytes: [UInt8], _ algorithm: Algorithm, key text: String, password: String?, origin: String
    ) throws(StreamError) -> [UInt8] {
        let key = try privateKey(text, password, origin)
        let type = algorithm == .rs256 ? "RSA" : "EC"
        guard EVP_PKEY_is_a(key.pointer, type) == 1, algorithm == .rs256 || EVP_PKEY_get_bits(key.pointer) == 256 else {
            throw .tls("the private key of \(origin) is not \(algorithm == .rs256 ? "an RSA key" : "a key of P-256")")
        }
        guard let context = EVP_MD_CTX_new() else { throw .tls(OpenSSLErrorQueue.latest()) }
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key.pointer) == 1,
            EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1
        else { throw .tls("\(origin): \(OpenSSLErrorQueue.latest())") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else {
            throw .tls("\(origin): \(OpenSSLErrorQueue.latest())")
        }
        signature = Array(signature.prefix(length))
        return algorithm == .rs256 ? signature : try numbers(of: signature, origin)
    }

    private static func privateKey(
        _ text: String, _ password: String?, _ origin: String
    ) throws(StreamError) -> PrivateKey {
        if !text.contains("-----BEGIN "), let der = Base64.decode(text.filter { !$0.isWhitespace }),
            let key = PrivateKey(der: der) {
            return key
        }
        return try PrivateKey(
            pem: Array(text.utf8), password: password, origin: origin,
            passwordProperty: "sasl.oauthbearer.assertion.private.key.passphrase")
    }

    /// The two numbers of an ECDSA signature, which OpenSSL encodes in DER.
    private static func numbers(of signature: [UInt8], _ origin: String) throws(StreamError) -> [UInt8] {
        let parsed = signature.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &next, bytes.count)
        }
        defer { ECDSA_SIG_free(parsed) }
        var output = [UInt8](repeating: 0, count: 2 * numberBytes)
        let size = Int32(numberBytes)
        let isWritten = output.withUnsafeMutableBufferPointer { output in
            guard let parsed, let start = output.baseAddress else { return false }
            return BN_bn2binpad(ECDSA_SIG_get0_r(parsed), start, size) == size
                && BN_bn2binpad(ECDSA_SIG_get0_s(parsed), start + numberBytes, size) == size
        }
        guard isWritten else { throw .tls("\(origin): \(OpenSSLErrorQueue.latest())") }
        return output
    }
}
