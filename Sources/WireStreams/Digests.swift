import COpenSSL
import Foundation

/// Message digests and signatures, by OpenSSL.
package enum Digest {
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha1(), bytes, size: 20) }
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha256(), bytes, size: 32) }
    package static func sha512(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha512(), bytes, size: 64) }

    private static func digest(_ algorithm: OpaquePointer?, _ bytes: [UInt8], size: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: size)
        let done = EVP_Digest(bytes, bytes.count, &output, nil, algorithm, nil)
        precondition(done == 1, "OpenSSL lacks a digest")
        return output
    }

    /// HMAC with SHA-256 (RFC 2104), as Connect signs requests between workers.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &output, &length)
        precondition(done != nil && length == 32, "OpenSSL lacks HMAC with SHA-256")
        return output
    }
}

/// Bytes that nobody can guess.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

/// An RSA public key, as MySQL sends it for the full authentication over an open connection.
package struct RSAPublicKey: Sendable {
    private let pem: [UInt8]

    /// - Parameter pem: a PEM text that begins with `-----BEGIN PUBLIC KEY-----`.
    package init(pem: [UInt8]) { self.pem = pem }

    /// Encrypts with RSAES-OAEP and SHA-1 (RFC 8017), the padding of `caching_sha2_password`.
    ///
    /// Throws `StreamError.tls` where the key is none or the text too long for it.
    package func encryptOAEP(_ plaintext: [UInt8]) throws(StreamError) -> [UInt8] {
        let parsed = try OpenSSLMemory.reading(pem) { source in PEM_read_bio_PUBKEY(source, nil, nil, nil) }
        guard let key = parsed else {
            ERR_clear_error()
            throw .tls("the server's public key is none")
        }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { throw .tls("the server's public key cannot be used") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_encrypt_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
        else { throw .tls("the server's public key is not RSA") }
        var length = 0
        guard EVP_PKEY_encrypt(context, nil, &length, plaintext, plaintext.count) == 1, length > 0 else {
            throw .tls(OpenSSLFault.latest())
        }
        var output = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_encrypt(context, &output, &length, plaintext, plaintext.count) == 1 else {
            throw .tls(OpenSSLFault.latest())
        }
        return Array(output.prefix(length))
    }
}

enum OpenSSLMemory {
    /// Gives `body` the bytes as a source that OpenSSL reads from. It keeps their address, so the source must not
    /// outlive the call.
    static func reading<R>(_ bytes: [UInt8], _ body: (OpaquePointer) -> R) throws(StreamError) -> R {
        guard let count = Int32(exactly: bytes.count) else { throw .tls("\(bytes.count) bytes are too many") }
        let result = bytes.withUnsafeBytes { content -> R? in
            guard let source = BIO_new_mem_buf(content.baseAddress, count) else { return nil }
            defer { BIO_free(source) }
            return body(source)
        }
        guard let result else { throw .tls("nothing there to read, or no memory for it") }
        return result
    }
}

/// OpenSSL's own words for what went wrong on this thread.
enum OpenSSLFault {
    static func latest() -> String {
        var text = "unknown fault"
        while true {
            let code = ERR_get_error()
            if code == 0 { return text }
            var buffer = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &buffer, buffer.count)
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // "error:0A000086:SSL routines::certificate verify failed": the last part is for people.
            let whole = String(decoding: bytes, as: UTF8.self)
            text = whole.split(separator: ":").last.map(String.init) ?? whole
        }
    }
}
