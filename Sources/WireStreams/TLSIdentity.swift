import COpenSSL

/// A private key of OpenSSL's, owned.
final class PrivateKey {
    let pointer: OpaquePointer

    /// Takes ownership of an EVP_PKEY.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// - Parameters:
    ///   - pem: a text with one private key, perhaps among certificates.
    ///   - origin: names the text in errors.
    ///   - passwordProperty: names the setting of the password in errors.
    convenience init(
        pem: [UInt8], password: String?, origin: String, passwordProperty: String = "ssl.key.password"
    ) throws(StreamError) {
        guard !pem.isEmpty else { throw .tls("\(origin) has no private key in PEM form") }
        let parsed = try OpenSSLMemory.reading(pem) { source -> OpaquePointer? in
            guard let password else {
                // Without a callback OpenSSL would prompt for the password on the terminal, and wait.
                return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
            }
            // Without a callback, the last argument is the password.
            return password.withCString { text in
                PEM_read_bio_PrivateKey(source, nil, nil, UnsafeMutableRawPointer(mutating: text))
            }
        }
        if parsed == nil, let password, let key = try Self.olderKey(pem: pem, password: password) {
            self.init(owning: key)
            return
        }
        guard let parsed else {
            let reason = OpenSSLErrorQueue.latest()
            if String(decoding: pem, as: UTF8.self).contains("ENCRYPTED") {
                let fault =
                    password == nil
                    ? "is encrypted, and no password for it is configured" : "does not open with its password"
                throw .tls("the private key of \(origin) \(fault) (\(passwordProperty))")
            }
            throw .tls("\(origin) has no private key in PEM form: \(reason)")
        }
        self.init(owning: parsed)
    }

    /// The first `ENCRYPTED PRIVATE KEY`, if its encryption is one that OpenSSL itself does not read.
    private static func olderKey(pem: [UInt8], password: String) throws(StreamError) -> OpaquePointer? {
        try OpenSSLMemory.reading(pem) { source -> OpaquePointer? in
            guard let content = PEM_read_bio_PKCS8(source, nil, nil, nil) else { return nil }
            defer { X509_SIG_free(content) }
            guard let key = PasswordBasedEncryption.key(in: content, password: password) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(key) }
            return EVP_PKCS82PKEY(key)
        }
    }

    /// - Parameter der: PKCS#8 without encryption.
    convenience init?(der: [UInt8]) {
        let parsed = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_AutoPrivateKey(nil, &next, bytes.count)
        }
        ERR_clear_error()
        guard let parsed else { return nil }
        self.init(owning: parsed)
    }
}

/// A certificate with its private key and the certificates of its authorities.
struct TLSIdentity {
    let certificate: Certificate
    let chain: [Certificate]
    let key: PrivateKey
    /// Names the store in errors.
    let origin: String

    private init(_ certificates: [Certificate], _ key: PrivateKey, _ origin: String) throws(StreamError) {
        guard let first = certificates.first else { throw .tls("\(origin) holds no certificate for its key") }
        certificate = first
        chain = Array(certificates.dropFirst())
        self.key = key
        self.origin = origin
    }

    /// Reads a store: all its keys, at least one. Throws `StreamError.tls` with the file and its defect.
    static func all(in store: TLSConfiguration.Store) throws(StreamError) -> [TLSIdentity] {
        let origin = "\(store)"
        var identities: [TLSIdentity] = []
        switch store {
        case .pem(let path, let password):
            let text = PEMText.lines(of: try KeyStoreFile.bytes(path))
            let key = try PrivateKey(pem: text, password: password, origin: origin)
            identities = [try TLSIdentity(try Certificate.all(inPEM: text, origin: origin), key, origin)]
        case .inline(let text, let privateKey, let password):
            let certificates = try Certificate.all(inPEM: PEMText.lines(of: text), origin: origin)
            let key = try PrivateKey(pem: PEMText.lines(of: privateKey ?? text), password: password, origin: origin)
            identities = [try TLSIdentity(certificates, key, origin)]
        case .pkcs12(let path, let password):
            for entry in try PKCS12(path: path, password: password).entries {
                identities.append(try TLSIdentity(entry.chain, entry.key, origin))
            }
        case .jks(let path, let password, let keyPassword):
            for entry in try JavaKeyStore(path: path, password: password).keys {
                let key = try entry.privateKey(password: keyPassword ?? password ?? "", path: path)
                var chain: [Certificate] = []
                for der in entry.chain { chain.append(try Certificate(der: der)) }
                identities.append(try TLSIdentity(chain, key, origin))
            }
        }
        if identities.isEmpty { throw .tls("\(origin) holds no certificate with its key") }
        return identities
    }
}
