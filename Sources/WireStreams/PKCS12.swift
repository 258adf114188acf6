import COpenSSL

/// The content of a PKCS#12 file (`.p12`, `.pfx`; RFC 7292).
struct PKCS12 {
    /// A private key with its certificate and those of its authorities that the store holds.
    struct Entry {
        let key: PrivateKey
        /// The key's own certificate first.
        let chain: [Certificate]
    }

    /// In the order of the file; keys without a certificate are left out.
    let entries: [Entry]
    /// The certificates that the store makes trusted. If the store has a key, the chains of keys are not trusted, only
    /// the certificates that Java marks as trusted. A store without a key, as OpenSSL makes them, is a list of trusted
    /// certificates.
    let trustedCertificates: [Certificate]

    /// - Parameter password: a store without a sum (MAC) over its content opens with any password, except for the parts
    ///   that are encrypted.
    init(path: String, password: String) throws(StreamError) {
        let parsed = try OpenSSLMemory.reading(try KeyStoreFile.bytes(path)) { d2i_PKCS12_bio($0, nil) }
        defer { ERR_clear_error() }
        guard let content = parsed else { throw .tls("\(path) is not a PKCS#12 store") }
        defer { PKCS12_free(content) }
        var secret: String? = password
        if PKCS12_mac_present(content) == 1 {
            if password.isEmpty, PKCS12_verify_mac(content, nil, 0) == 1 {
                // There are two forms of an empty password.
                secret = nil
            } else if PKCS12_verify_mac(content, password, -1) != 1 {
                throw .tls("\(path) does not open with its password")
            }
        }
        let bags = try PKCS12Bags(content, password: secret, path: path)
        entries = bags.keys.compactMap { key in
            let candidates = bags.certificates.filter { key.isLocal(to: $0) } + bags.certificates
            let own = candidates.first { X509_check_private_key($0.certificate.pointer, key.key.pointer) == 1 }
            return own.map { own in
                Entry(key: key.key, chain: own.certificate.chain(among: bags.certificates.map(\.certificate)))
            }
        }
        trustedCertificates = bags.certificates.filter { $0.isMarked || bags.keys.isEmpty }.map(\.certificate)
    }
}

extension Certificate {
    /// This certificate and those of its authorities, as far as they are among `others`.
    func chain(among others: [Certificate]) -> [Certificate] {
        var chain = [self]
        while let last = chain.last, X509_check_issued(last.pointer, last.pointer) != X509_V_OK,
            let issuer = others.first(where: { X509_check_issued($0.pointer, last.pointer) == X509_V_OK }),
            !chain.contains(where: { X509_cmp($0.pointer, issuer.pointer) == 0 }) {
            chain.append(issuer)
        }
        return chain
    }
}
