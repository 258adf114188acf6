import COpenSSL

/// Chooses a client's certificate by what the server accepts, as Java's key manager does: of the kind of key that the
/// server prefers, the first whose chain has an issuer that the server names. If the server names authorities and none
/// has issued a certificate, none is sent: a server that does not require one accepts the connection.
///
/// Among several certificates that fit, Java chooses by the names of the entries.
final class ClientCertificateChoice {
    private let identities: [TLSIdentity]

    init(_ identities: [TLSIdentity]) { self.identities = identities }

    /// The context must not outlive this object.
    func register(with context: OpaquePointer) {
        SSL_CTX_set_cert_cb(
            context,
            { connection, argument in
                guard let connection, let argument else { return 0 }
                let choice = Unmanaged<ClientCertificateChoice>.fromOpaque(argument).takeUnretainedValue()
                return choice.apply(to: connection)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func apply(to connection: OpaquePointer) -> Int32 {
        let kinds = Self.acceptedKeys(connection)
        let usable = kinds.isEmpty ? identities : kinds.flatMap { kind in identities.filter { $0.keyKind == kind } }
        let authorities = SSL_get0_peer_CA_list(connection)
        let namesAuthorities = OPENSSL_sk_num(authorities) > 0
        SSL_certs_clear(connection)
        guard let identity = usable.first(where: { !namesAuthorities || $0.isIssued(byOneOf: authorities) }) else {
            return 1
        }
        guard SSL_use_certificate(connection, identity.certificate.pointer) == 1,
            SSL_use_PrivateKey(connection, identity.key.pointer) == 1
        else { return 0 }
        // SSL_add1_chain_cert is a macro; it takes a reference of its own.
        for authority in identity.chain {
            SSL_ctrl(connection, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(authority.pointer))
        }
        return 1
    }

    /// The kinds of keys for which the server accepts signatures, in its order; empty if it does not say it.
    private static func acceptedKeys(_ connection: OpaquePointer) -> [Int32] {
        var kinds: [Int32] = []
        for index in 0..<max(0, SSL_get_sigalgs(connection, 0, nil, nil, nil, nil, nil)) {
            var kind: Int32 = 0
            SSL_get_sigalgs(connection, index, &kind, nil, nil, nil, nil)
            // RSASSA-PSS is made with ordinary keys too.
            for kind in kind == NID_rsassaPss ? [NID_rsaEncryption, kind] : [kind] where !kinds.contains(kind) {
                kinds.append(kind)
            }
        }
        return kinds
    }
}

extension TLSIdentity {
    fileprivate var keyKind: Int32 { EVP_PKEY_get_base_id(key.pointer) }

    fileprivate func isIssued(byOneOf authorities: OpaquePointer?) -> Bool {
        guard let authorities else { return false }
        return (0..<max(0, OPENSSL_sk_num(authorities))).contains { index in
            guard let name = OPENSSL_sk_value(authorities, index).map({ OpaquePointer($0) }) else { return false }
            return ([certificate] + chain).contains { X509_NAME_cmp(X509_get_issuer_name($0.pointer), name) == 0 }
        }
    }
}
