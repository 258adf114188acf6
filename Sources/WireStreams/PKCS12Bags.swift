import COpenSSL

/// The keys and certificates of all parts of a PKCS#12 store, encrypted or not.
struct PKCS12Bags {
    struct Key {
        let key: PrivateKey
        /// Connects a key with its certificate; nil if the store does not.
        let localID: [UInt8]?

        func isLocal(to certificate: MarkedCertificate) -> Bool { localID != nil && localID == certificate.localID }
    }

    struct MarkedCertificate {
        let certificate: Certificate
        let localID: [UInt8]?
        /// Whether it has `trustedKeyUsage`, the attribute that keytool gives to trusted certificates. Source:
        /// `sun.security.pkcs12.PKCS12KeyStore`.
        let isMarked: Bool
    }

    private(set) var keys: [Key] = []
    private(set) var certificates: [MarkedCertificate] = []
    private let password: String?
    private let path: String

    /// - Parameter path: of the file, for errors.
    init(_ content: OpaquePointer, password: String?, path: String) throws(StreamError) {
        self.password = password
        self.path = path
        guard let parts = PKCS12_unpack_authsafes(content) else {
            throw .tls("\(path) is damaged, or protected in a way that is not supported: \(OpenSSLErrorQueue.latest())")
        }
        defer { Self.free(parts) { PKCS7_free(UnsafeMutablePointer<PKCS7>($0)) } }
        for index in 0..<OPENSSL_sk_num(parts) {
            guard let part = OPENSSL_sk_value(parts, index) else { continue }
            let bags = try unpack(part.assumingMemoryBound(to: PKCS7.self))
            defer { Self.free(bags) { PKCS12_SAFEBAG_free($0) } }
            try add(bags)
        }
    }

    private static func free(_ stack: OpaquePointer, _ body: (OpaquePointer) -> Void) {
        while let element = OPENSSL_sk_pop(stack) { body(OpaquePointer(element)) }
        OPENSSL_sk_free(stack)
    }

    private func unpack(_ part: UnsafeMutablePointer<PKCS7>) throws(StreamError) -> OpaquePointer {
        let bags: OpaquePointer?
        switch OBJ_obj2nid(part.pointee.type) {
        case NID_pkcs7_data: bags = PKCS12_unpack_p7data(part)
        case NID_pkcs7_encrypted: bags = PKCS12_unpack_p7encdata(part, password, -1) ?? unpackOlder(part)
        default: bags = nil
        }
        if let bags { return bags }
        throw unreadable("certificates")
    }

    private func unpackOlder(_ part: UnsafeMutablePointer<PKCS7>) -> OpaquePointer? {
        guard let content = part.pointee.d.encrypted?.pointee.enc_data?.pointee,
            let bytes = PasswordBasedEncryption.decrypt(content.enc_data, content.algorithm, password: password)
        else { return nil }
        return bytes.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return ASN1_item_d2i(nil, &next, buffer.count, PKCS12_SAFEBAGS_it())
        }
    }

    private func unreadable(_ what: String) -> StreamError {
        .tls("the \(what) in \(path) cannot be decrypted or read: \(OpenSSLErrorQueue.latest())")
    }

    private mutating func add(_ bags: OpaquePointer) throws(StreamError) {
        for index in 0..<max(0, OPENSSL_sk_num(bags)) {
            guard let bag = OPENSSL_sk_value(bags, index).map({ OpaquePointer($0) }) else { continue }
            switch PKCS12_SAFEBAG_get_nid(bag) {
            case NID_keyBag, NID_pkcs8ShroudedKeyBag:
                keys.append(Key(key: try key(in: bag), localID: Self.localID(bag)))
            case NID_certBag:
                guard let certificate = PKCS12_SAFEBAG_get1_cert(bag) else { continue }
                certificates.append(
                    MarkedCertificate(
                        certificate: Certificate(owning: certificate), localID: Self.localID(bag),
                        isMarked: Self.isMarked(bag)))
            default: continue
            }
        }
    }

    private func key(in bag: OpaquePointer) throws(StreamError) -> PrivateKey {
        if PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag {
            if let key = EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)) { return PrivateKey(owning: key) }
            throw unreadable("private key")
        }
        guard
            let content = PKCS12_decrypt_skey(bag, password, -1)
                ?? PasswordBasedEncryption.key(in: PKCS12_SAFEBAG_get0_pkcs8(bag), password: password)
        else {
            throw unreadable("private key")
        }
        defer { PKCS8_PRIV_KEY_INFO_free(content) }
        guard let key = EVP_PKCS82PKEY(content) else { throw unreadable("private key") }
        return PrivateKey(owning: key)
    }

    // MARK: Attributes

    private static func localID(_ bag: OpaquePointer) -> [UInt8]? {
        guard let value = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID), value.pointee.type == V_ASN1_OCTET_STRING
        else { return nil }
        return PasswordBasedEncryption.bytes(value.pointee.value.octet_string)
    }

    private static let trustedKeyUsage = "2.16.840.1.113894.746875.1.1"

    private static func isMarked(_ bag: OpaquePointer) -> Bool {
        guard let attributes = PKCS12_SAFEBAG_get0_attrs(bag) else { return false }
        return (0..<max(0, OPENSSL_sk_num(attributes))).contains { index in
            guard let attribute = OPENSSL_sk_value(attributes, index),
                let object = X509_ATTRIBUTE_get0_object(OpaquePointer(attribute))
            else { return false }
            var text = [CChar](repeating: 0, count: 80)
            let count = OBJ_obj2txt(&text, Int32(text.count), object, 1)
            return count > 0 && String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                == trustedKeyUsage
        }
    }
}
