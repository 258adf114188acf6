import COpenSSL

/// A private key of a JKS file with its certificates.
///
/// Java encrypts it with an algorithm of its own (object identifier 1.3.6.1.4.1.42.2.17.1.1): salt (20 bytes) | key XOR
/// stream | SHA-1 of the password and the key (20 bytes), in an EncryptedPrivateKeyInfo (RFC 5208). The stream's first
/// 20 bytes are the SHA-1 of the password, in UTF-16, and the salt; each further part is that of the password and the
/// part before. Source: `sun.security.provider.KeyProtector`.
struct JavaKeyEntry {
    /// In DER.
    let encryptedKey: [UInt8]
    /// The key's own certificate first, in DER.
    let chain: [[UInt8]]

    private static let algorithm = "1.3.6.1.4.1.42.2.17.1.1"
    private static let digestBytes = 20

    /// - Parameter path: of the file, for errors.
    func privateKey(password: String, path: String) throws(StreamError) -> PrivateKey {
        guard let content = Self.content(of: encryptedKey), content.count > 2 * Self.digestBytes else {
            throw .tls("\(path): its private key is damaged, or encrypted with an algorithm that JKS does not define")
        }
        let secret = password.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        var stream = Array(content.prefix(Self.digestBytes))
        var key = Array(content.dropFirst(Self.digestBytes).dropLast(Self.digestBytes))
        for start in stride(from: 0, to: key.count, by: Self.digestBytes) {
            stream = Digest.sha1(secret + stream)
            for index in start..<min(start + Self.digestBytes, key.count) { key[index] ^= stream[index - start] }
        }
        guard Digest.sha1(secret + key) == Array(content.suffix(Self.digestBytes)) else {
            throw .tls("\(path): its private key does not open with its password (ssl.key.password)")
        }
        guard let parsed = PrivateKey(der: key) else { throw .tls("\(path): its private key is damaged") }
        return parsed
    }

    /// The encrypted bytes; nil if the structure is invalid or names another algorithm.
    private static func content(of encryptedKey: [UInt8]) -> [UInt8]? {
        let parsed = encryptedKey.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_X509_SIG(nil, &next, bytes.count)
        }
        defer {
            X509_SIG_free(parsed)
            ERR_clear_error()
        }
        guard let parsed else { return nil }
        var (algorithm, octets): (UnsafePointer<X509_ALGOR>?, UnsafePointer<ASN1_OCTET_STRING>?)
        X509_SIG_get0(parsed, &algorithm, &octets)
        guard let algorithm, let octets, name(of: algorithm.pointee.algorithm) == Self.algorithm,
            let start = ASN1_STRING_get0_data(octets)
        else { return nil }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(octets))))
    }

    private static func name(of identifier: OpaquePointer?) -> String {
        var text = [CChar](repeating: 0, count: 80)
        guard OBJ_obj2txt(&text, Int32(text.count), identifier, 1) > 0 else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
