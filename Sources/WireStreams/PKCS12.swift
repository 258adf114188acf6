import COpenSSL

/// The content of a PKCS#12 file (`.p12`, `.pfx`).
final class PKCS12 {
    private(set) var key: PrivateKey?
    private(set) var ownCertificate: Certificate?
    /// The certificates other than the key's own.
    private(set) var certificates: [Certificate] = []
    /// The certificates that Java marks as trusted.
    private var markedCertificates: [Certificate] = []

    /// The certificates that the store makes trusted. If the store has a key, the key's own chain is not trusted, only
    /// the certificates that are marked as trusted. A store without a key, as OpenSSL makes them, is a list of trusted
    /// certificates.
    var trustedCertificates: [Certificate] { key == nil ? certificates : markedCertificates }

    init(path: String, password: String) throws(StreamError) {
        let parsed = try OpenSSLMemory.reading(try KeyStoreFile.bytes(path)) { d2i_PKCS12_bio($0, nil) }
        guard let content = parsed else {
            ERR_clear_error()
            throw .tls("\(path) is not a PKCS#12 store")
        }
        defer { PKCS12_free(content) }
        guard PKCS12_verify_mac(content, password, -1) == 1 else {
            ERR_clear_error()
            throw .tls("\(path) does not open with its password")
        }
        var (key, own, chain): (OpaquePointer?, OpaquePointer?, OpaquePointer?)
        guard PKCS12_parse(content, password, &key, &own, &chain) == 1 else {
            throw .tls(
                "\(path) cannot be read (\(OpenSSLErrorQueue.latest())); if it is encrypted with RC2 or 3DES by an old "
                    + "keytool, convert it: \(JavaKeyStore.conversion(of: path))")
        }
        self.key = key.map { PrivateKey(owning: $0) }
        ownCertificate = own.map { Certificate(owning: $0) }
        certificates = Self.drain(chain) { Certificate(owning: $0) }
        markedCertificates = Self.markedCertificates(content, password: password)
    }

    // MARK: Bags

    /// `trustedKeyUsage`, the attribute that keytool gives to trusted certificates. Source:
    /// `sun.security.pkcs12.PKCS12KeyStore`.
    private static let trustedKeyUsage = "2.16.840.1.113894.746875.1.1"

    /// The certificates with the attribute, from all parts of the store, encrypted or not.
    private static func markedCertificates(_ content: OpaquePointer, password: String) -> [Certificate] {
        defer { ERR_clear_error() }
        let parts = drain(PKCS12_unpack_authsafes(content)) { $0 }
        var marked: [Certificate] = []
        for part in parts {
            let part = UnsafeMutablePointer<PKCS7>(part)
            defer { PKCS7_free(part) }
            for bag in drain(PKCS12_unpack_p7data(part) ?? PKCS12_unpack_p7encdata(part, password, -1), { $0 }) {
                defer { PKCS12_SAFEBAG_free(bag) }
                guard PKCS12_SAFEBAG_get_nid(bag) == NID_certBag, isMarked(bag),
                    let certificate = PKCS12_SAFEBAG_get1_cert(bag)
                else { continue }
                marked.append(Certificate(owning: certificate))
            }
        }
        return marked
    }

    private static func isMarked(_ bag: OpaquePointer) -> Bool {
        guard let attributes = PKCS12_SAFEBAG_get0_attrs(bag) else { return false }
        return (0..<OPENSSL_sk_num(attributes)).contains { index in
            guard let attribute = OPENSSL_sk_value(attributes, index),
                let object = X509_ATTRIBUTE_get0_object(OpaquePointer(attribute))
            else { return false }
            var text = [CChar](repeating: 0, count: 80)
            let count = OBJ_obj2txt(&text, Int32(text.count), object, 1)
            return count > 0 && String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                == trustedKeyUsage
        }
    }

    /// Removes all elements from an OpenSSL stack and frees it.
    private static func drain<Element>(
        _ stack: OpaquePointer?, _ body: (OpaquePointer) -> Element
    ) -> [Element] {
        guard let stack else { return [] }
        defer { OPENSSL_sk_free(stack) }
        var elements: [Element] = []
        while let element = OPENSSL_sk_shift(stack) { elements.append(body(OpaquePointer(element))) }
        return elements
    }
}
