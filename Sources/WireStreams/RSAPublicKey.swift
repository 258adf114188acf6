import COpenSSL

/// An RSA public key, as MySQL sends it for the full authentication over an unencrypted connection.
package struct RSAPublicKey: Sendable {
    private let pem: [UInt8]

    /// - Parameter pem: a PEM text that begins with `-----BEGIN PUBLIC KEY-----`.
    package init(pem: [UInt8]) { self.pem = pem }

    /// Encrypts with RSAES-OAEP and SHA-1 (RFC 8017), the padding of `caching_sha2_password`.
    ///
    /// Throws `StreamError.tls` if the key is invalid or the text too long for it.
    package func encryptOAEP(_ plaintext: [UInt8]) throws(StreamError) -> [UInt8] {
        let parsed = try OpenSSLMemory.reading(pem) { source in PEM_read_bio_PUBKEY(source, nil, nil, nil) }
        guard let key = parsed else {
            ERR_clear_error()
            throw .tls("the server's public key is invalid")
        }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { throw .tls("the server's public key cannot be used") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_encrypt_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1
        else { throw .tls("the server's public key is not RSA") }
        var length = 0
        guard EVP_PKEY_encrypt(context, nil, &length, plaintext, plaintext.count) == 1, length > 0 else {
            throw .tls(OpenSSLErrorQueue.latest())
        }
        var output = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_encrypt(context, &output, &length, plaintext, plaintext.count) == 1 else {
            throw .tls(OpenSSLErrorQueue.latest())
        }
        return Array(output.prefix(length))
    }
}
