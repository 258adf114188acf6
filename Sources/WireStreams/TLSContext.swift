import COpenSSL

/// An OpenSSL context: certificates loaded, versions, cipher suites and verification set. It makes any number of
/// engines, on any thread.
// OpenSSL permits SSL_new on several threads as long as the context is not changed, and it is not after `init`.
package final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer
    let isServer: Bool
    /// Whether a peer's certificate is verified.
    let verifiesPeer: Bool
    /// Whether this side has a certificate.
    let hasIdentity: Bool
    /// Of a client with certificates.
    private var choice: ClientCertificateChoice?

    /// For a client. Throws `StreamError.tls` with the file and its defect.
    package init(_ configuration: TLSConfiguration) throws(StreamError) {
        isServer = false
        verifiesPeer = configuration.verification != .none
        hasIdentity = configuration.identity != nil
        pointer = try Self.make(TLS_client_method())
        SSL_CTX_set_verify(pointer, verifiesPeer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        try setUp(
            configuration.protocols, configuration.cipherSuites, identity: configuration.identity,
            trust: configuration.trust)
    }

    /// For a server. Throws `StreamError.tls` with the file and its defect.
    package init(_ configuration: TLSServerConfiguration) throws(StreamError) {
        isServer = true
        verifiesPeer = configuration.clientAuthentication != .none
        hasIdentity = true
        pointer = try Self.make(TLS_server_method())
        let mode =
            switch configuration.clientAuthentication {
            case .none: SSL_VERIFY_NONE
            case .requested: SSL_VERIFY_PEER
            case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            }
        SSL_CTX_set_verify(pointer, mode, nil)
        // Required by OpenSSL if clients present certificates: a session is resumed in this context only.
        let name = Array("cdcd".utf8)
        SSL_CTX_set_session_id_context(pointer, name, UInt32(name.count))
        try setUp(
            configuration.protocols, configuration.cipherSuites, identity: configuration.identity,
            trust: configuration.trust)
    }

    deinit { SSL_CTX_free(pointer) }

    private static func make(_ method: OpaquePointer?) throws(StreamError) -> OpaquePointer {
        guard let context = SSL_CTX_new(method) else { throw .tls(OpenSSLErrorQueue.latest()) }
        return context
    }

    private func setUp(
        _ protocols: Set<TLSConfiguration.ProtocolVersion>, _ cipherSuites: [String],
        identity: TLSConfiguration.Store?, trust: TLSConfiguration.Store?
    ) throws(StreamError) {
        try use(try CipherSuites(cipherSuites), protocols)
        if let identity { try use(identities: try TLSIdentity.all(in: identity)) }
        if verifiesPeer { try use(trust: trust) }
    }

    /// Versions for which no cipher suite is permitted are excluded, as in Java.
    private func use(
        _ suites: CipherSuites, _ protocols: Set<TLSConfiguration.ProtocolVersion>
    ) throws(StreamError) {
        var versions = protocols
        if !suites.isDefault {
            if suites.tls12.isEmpty { versions.remove(.tls12) }
            if suites.tls13.isEmpty { versions.remove(.tls13) }
        }
        guard let first = versions.min(), let last = versions.max() else {
            throw .tls("no protocol version is enabled that has an enabled cipher suite")
        }
        // SSL_CTX_set_min_proto_version and its like are macros.
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, first.number, nil)
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, last.number, nil)
        if suites.isDefault { return }
        guard suites.tls13.isEmpty || SSL_CTX_set_ciphersuites(pointer, suites.tls13.joined(separator: ":")) == 1,
            suites.tls12.isEmpty || SSL_CTX_set_cipher_list(pointer, suites.tls12.joined(separator: ":")) == 1
        else { throw .tls("OpenSSL refuses the cipher suites: \(OpenSSLErrorQueue.latest())") }
    }

    private func use(identities: [TLSIdentity]) throws(StreamError) {
        var usable: [TLSIdentity] = []
        var reason = ""
        for identity in identities {
            if let problem = check(identity) {
                reason = problem
                continue
            }
            usable.append(identity)
            // A server has the certificate that was checked last.
            if isServer { break }
        }
        guard let first = usable.first else { throw .tls("\(identities.first?.origin ?? ""): \(reason)") }
        if !isServer {
            let choice = ClientCertificateChoice(usable)
            self.choice = choice
            choice.register(with: pointer)
            return
        }
        // SSL_CTX_add1_chain_cert is a macro; it takes a reference of its own.
        for authority in first.chain {
            SSL_CTX_ctrl(pointer, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(authority.pointer))
        }
    }

    /// Returns why a certificate cannot be used with its key, or is too weak.
    private func check(_ identity: TLSIdentity) -> String? {
        guard X509_check_private_key(identity.certificate.pointer, identity.key.pointer) == 1 else {
            ERR_clear_error()
            return "the key does not match its certificate"
        }
        if SSL_CTX_use_certificate(pointer, identity.certificate.pointer) == 1,
            SSL_CTX_use_PrivateKey(pointer, identity.key.pointer) == 1 { return nil }
        return OpenSSLErrorQueue.latest()
    }

    private func use(trust: TLSConfiguration.Store?) throws(StreamError) {
        guard let trust else { return try SystemAuthorities.load(into: pointer) }
        let store = SSL_CTX_get_cert_store(pointer)
        let certificates = try Certificate.authorities(in: trust)
        for certificate in certificates {
            guard X509_STORE_add_cert(store, certificate.pointer) == 1 else {
                throw .tls("\(trust): \(OpenSSLErrorQueue.latest())")
            }
            // The names that a server sends to its clients, which select a certificate by them.
            if isServer { SSL_CTX_add_client_CA(pointer, certificate.pointer) }
        }
        // A file with an intermediate authority alone trusts only that one.
        let parameters = SSL_CTX_get0_param(pointer)
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }
}

extension TLSConfiguration.ProtocolVersion: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    fileprivate var number: Int {
        switch self {
        case .tls12: Int(TLS1_2_VERSION)
        case .tls13: Int(TLS1_3_VERSION)
        }
    }
}
