import COpenSSL

/// Cipher suites by OpenSSL's names, divided as OpenSSL configures them.
struct CipherSuites: Equatable {
    private(set) var tls12: [String] = []
    private(set) var tls13: [String] = []

    /// No suite is named, so OpenSSL's defaults apply.
    var isDefault: Bool { tls12.isEmpty && tls13.isEmpty }

    /// - Parameter names: registered names (RFC 8447); Java writes some that are older than TLS with `SSL_`.
    /// - Throws: `StreamError.tls` with the first name that OpenSSL does not know or does not permit.
    init(_ names: [String]) throws(StreamError) {
        guard !names.isEmpty else { return }
        let available = Self.available()
        for name in names {
            let standardName = name.hasPrefix("SSL_") ? "TLS_" + name.dropFirst(4) : name
            guard let suite = available[standardName] else {
                throw .tls("the cipher suite \(name) is not supported")
            }
            if suite.isTLS13 { tls13.append(suite.name) } else { tls12.append(suite.name) }
        }
    }

    /// The suites that OpenSSL supports, by registered names.
    private static func available() -> [String: (name: String, isTLS13: Bool)] {
        guard let context = SSL_CTX_new(TLS_client_method()) else { return [:] }
        defer { SSL_CTX_free(context) }
        // Also the suites that are not among the defaults but are permitted at the security level.
        SSL_CTX_set_cipher_list(context, "ALL")
        SSL_CTX_set_ciphersuites(
            context,
            "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:"
                + "TLS_AES_128_CCM_8_SHA256")
        guard let connection = SSL_new(context) else { return [:] }
        defer { SSL_free(connection) }
        ERR_clear_error()
        var suites: [String: (name: String, isTLS13: Bool)] = [:]
        let list = SSL_get_ciphers(connection)
        for index in 0..<max(0, OPENSSL_sk_num(list)) {
            guard let cipher = OPENSSL_sk_value(list, index).map({ OpaquePointer($0) }),
                let standardName = SSL_CIPHER_standard_name(cipher), let name = SSL_CIPHER_get_name(cipher),
                let version = SSL_CIPHER_get_version(cipher)
            else { continue }
            suites[String(cString: standardName)] =
                (String(cString: name), String(cString: version) == TLSConfiguration.ProtocolVersion.tls13.rawValue)
        }
        return suites
    }
}

extension TLSConfiguration {
    /// Throws `StreamError.tls` with the first of the names that is no cipher suite, or one that is not supported.
    package static func checkCipherSuites(_ names: [String]) throws(StreamError) { _ = try CipherSuites(names) }
}
