import COpenSSL

/// An X.509 certificate, owned as an OpenSSL object.
final class Certificate {
    let pointer: OpaquePointer

    /// Takes ownership of an X509 object of OpenSSL's.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    init(der: [UInt8]) throws(StreamError) {
        let parsed = der.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509(nil, &next, bytes.count)
        }
        guard let parsed else { throw .tls("a certificate in the store is damaged: \(OpenSSLErrorQueue.latest())") }
        pointer = parsed
    }

    deinit { X509_free(pointer) }

    /// All certificates of a PEM text, in their order.
    ///
    /// - Parameter origin: names the text in errors.
    static func all(inPEM text: [UInt8], origin: String) throws(StreamError) -> [Certificate] {
        if text.isEmpty { return [] }
        var certificates: [Certificate] = []
        var isDamaged = false
        try OpenSSLMemory.reading(text) { source in
            while let certificate = PEM_read_bio_X509(source, nil, nil, nil) {
                certificates.append(Certificate(owning: certificate))
            }
            // The end of the text is an error too.
            let code = ERR_peek_last_error()
            isDamaged = ERR_GET_REASON(code) != PEM_R_NO_START_LINE
        }
        let reason = OpenSSLErrorQueue.latest()
        if isDamaged { throw .tls("\(origin) has a certificate that is not valid PEM: \(reason)") }
        return certificates
    }

    /// The certificates that a store makes trusted, at least one.
    static func authorities(in store: TLSConfiguration.Store) throws(StreamError) -> [Certificate] {
        let certificates: [Certificate]
        switch store {
        case .pem(let path, _):
            certificates = try all(inPEM: PEMText.lines(of: try KeyStoreFile.bytes(path)), origin: path)
        case .pkcs12(let path, let password):
            certificates = try PKCS12(path: path, password: password).trustedCertificates
        case .jks(let path, let password, _):
            var found: [Certificate] = []
            for der in try JavaKeyStore(path: path, password: password).trustedCertificates {
                found.append(try Certificate(der: der))
            }
            certificates = found
        case .inline(let text, _, _):
            certificates = try all(inPEM: PEMText.lines(of: text), origin: "\(store)")
        }
        guard !certificates.isEmpty else { throw .tls("\(store) holds no trusted certificate") }
        return certificates
    }
}
