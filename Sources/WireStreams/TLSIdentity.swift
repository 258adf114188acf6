import COpenSSL

/// A private key of OpenSSL's, owned.
final class PrivateKey {
    let pointer: OpaquePointer

    /// Takes ownership of an EVP_PKEY.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// - Parameter pem: a text with one private key, perhaps among certificates.
    /// - Parameter origin: names the text in errors.
    convenience init(pem: [UInt8], password: String?, origin: String) throws(StreamError) {
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
        guard let parsed else {
            let reason = OpenSSLErrorQueue.latest()
            if String(decoding: pem, as: UTF8.self).contains("ENCRYPTED") {
                throw .tls(
                    password == nil
                        ? "the private key of \(origin) is encrypted, and no password for it is configured (ssl.key.password)"
                        : "the private key of \(origin) does not open with its password (ssl.key.password)")
            }
            throw .tls("\(origin) has no private key in PEM form: \(reason)")
        }
        self.init(owning: parsed)
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

    /// Reads a store. Throws `StreamError.tls` with the file and its defect.
    init(_ store: TLSConfiguration.Store) throws(StreamError) {
        origin = "\(store)"
        let certificates: [Certificate]
        switch store {
        case .pem(let path, let password):
            let text = try KeyStoreFile.bytes(path)
            certificates = try Certificate.all(inPEM: text, origin: origin)
            key = try PrivateKey(pem: text, password: password, origin: origin)
        case .inline(let text, let privateKey, let password):
            certificates = try Certificate.all(inPEM: PEMText.lines(of: text), origin: origin)
            key = try PrivateKey(pem: PEMText.lines(of: privateKey ?? text), password: password, origin: origin)
        case .pkcs12(let path, let password):
            let content = try PKCS12(path: path, password: password)
            guard let ownKey = content.key, let own = content.ownCertificate else {
                throw .tls("\(path) holds no certificate with its key")
            }
            certificates = [own] + content.certificates
            key = ownKey
        case .jks(let path, let password, let keyPassword):
            let content = try JavaKeyStore(path: path, password: password)
            guard let entry = content.keys.first else { throw .tls("\(path) holds no certificate with its key") }
            key = try entry.privateKey(password: keyPassword ?? password ?? "", path: path)
            var chain: [Certificate] = []
            for der in entry.chain { chain.append(try Certificate(der: der)) }
            certificates = chain
        }
        guard let first = certificates.first else { throw .tls("\(origin) holds no certificate for its key") }
        certificate = first
        chain = Array(certificates.dropFirst())
    }
}
