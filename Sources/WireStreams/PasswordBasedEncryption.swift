import COpenSSL

/// The encryption of keys and PKCS#12 stores that Java before 8u301 and OpenSSL before 3.0 write, and that OpenSSL 3.0
/// has only in a module of its own: RC2 and RC4 (RFC 7292, appendix B and C), and DES (RFC 8018, PBES1).
enum PasswordBasedEncryption {
    private static let blockBytes = 8
    /// As in Java.
    private static let iterationsMax = 5_000_000

    /// The decrypted bytes; nil if the algorithm is another one, or the password is wrong.
    static func decrypt(
        _ content: UnsafePointer<ASN1_OCTET_STRING>?, _ algorithm: UnsafePointer<X509_ALGOR>?, password: String?
    ) -> [UInt8]? {
        guard let algorithm, let content = bytes(content), let (salt, iterations) = parameters(algorithm) else {
            return nil
        }
        func derived(_ purpose: Int32, _ count: Int) -> [UInt8]? {
            var output = [UInt8](repeating: 0, count: count)
            var salt = salt
            let result = PKCS12_key_gen_utf8(
                password, password == nil ? 0 : -1, &salt, Int32(salt.count), purpose, iterations, Int32(count),
                &output, EVP_sha1())
            return result == 1 ? output : nil
        }
        func rc2(keyBytes: Int) -> [UInt8]? {
            guard let key = derived(PKCS12_KEY_ID, keyBytes), let vector = derived(PKCS12_IV_ID, blockBytes) else {
                return nil
            }
            return decryptRC2(content, key: key, vector: vector)
        }
        switch OBJ_obj2nid(algorithm.pointee.algorithm) {
        case NID_pbe_WithSHA1And40BitRC2_CBC: return rc2(keyBytes: 5)
        case NID_pbe_WithSHA1And128BitRC2_CBC: return rc2(keyBytes: 16)
        case NID_pbe_WithSHA1And40BitRC4: return derived(PKCS12_KEY_ID, 5).map { decryptRC4(content, key: $0) }
        case NID_pbe_WithSHA1And128BitRC4: return derived(PKCS12_KEY_ID, 16).map { decryptRC4(content, key: $0) }
        case NID_pbeWithMD5AndDES_CBC: return decryptDES(content, digest: EVP_md5(), password, salt, iterations)
        case NID_pbeWithSHA1AndDES_CBC: return decryptDES(content, digest: EVP_sha1(), password, salt, iterations)
        default: return nil
        }
    }

    /// The private key in an EncryptedPrivateKeyInfo (RFC 5208), which the caller frees; nil as for `decrypt`.
    static func key(in content: OpaquePointer?, password: String?) -> OpaquePointer? {
        guard let content else { return nil }
        var (algorithm, octets): (UnsafePointer<X509_ALGOR>?, UnsafePointer<ASN1_OCTET_STRING>?)
        X509_SIG_get0(content, &algorithm, &octets)
        return decrypt(octets, algorithm, password: password)?.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return d2i_PKCS8_PRIV_KEY_INFO(nil, &next, buffer.count)
        }
    }

    private static func decryptRC2(_ content: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8]? {
        guard !content.isEmpty, content.count % blockBytes == 0 else { return nil }
        var schedule = RC2_KEY()
        RC2_set_key(&schedule, Int32(key.count), key, Int32(key.count * 8))
        var output = [UInt8](repeating: 0, count: content.count)
        var vector = vector
        RC2_cbc_encrypt(content, &output, content.count, &schedule, &vector, RC2_DECRYPT)
        return withoutPadding(output)
    }

    /// Without the padding of RFC 5652, section 6.3; nil if there is none.
    private static func withoutPadding(_ bytes: [UInt8]) -> [UInt8]? {
        guard let last = bytes.last, (1...blockBytes).contains(Int(last)),
            bytes.suffix(Int(last)).allSatisfy({ $0 == last })
        else { return nil }
        return bytes.dropLast(Int(last))
    }

    /// The first 8 bytes of the repeated digest of password and salt are the key, the next 8 the start (PBKDF1).
    private static func decryptDES(
        _ content: [UInt8], digest: OpaquePointer?, _ password: String?, _ salt: [UInt8], _ iterations: Int32
    ) -> [UInt8]? {
        guard !content.isEmpty, content.count % blockBytes == 0 else { return nil }
        var hash = Array((password ?? "").utf8) + salt
        for _ in 0..<iterations {
            var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            guard EVP_Digest(hash, hash.count, &output, &count, digest, nil) == 1 else { return nil }
            hash = Array(output.prefix(Int(count)))
        }
        guard hash.count >= 2 * blockBytes else { return nil }
        var schedule = DES_key_schedule()
        var (key, vector) = (block(hash[..<blockBytes]), block(hash[blockBytes..<2 * blockBytes]))
        DES_set_key_unchecked(&key, &schedule)
        var output = [UInt8](repeating: 0, count: content.count)
        DES_ncbc_encrypt(content, &output, content.count, &schedule, &vector, DES_DECRYPT)
        return withoutPadding(output)
    }

    private static func block(_ bytes: ArraySlice<UInt8>) -> DES_cblock {
        var block = DES_cblock(0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &block) { $0.copyBytes(from: bytes) }
        return block
    }

    private static func decryptRC4(_ content: [UInt8], key: [UInt8]) -> [UInt8] {
        var schedule = RC4_KEY()
        RC4_set_key(&schedule, Int32(key.count), key)
        var output = [UInt8](repeating: 0, count: content.count)
        RC4(&schedule, content.count, content, &output)
        return output
    }

    private static func parameters(_ algorithm: UnsafePointer<X509_ALGOR>) -> (salt: [UInt8], iterations: Int32)? {
        guard let parameter = algorithm.pointee.parameter, parameter.pointee.type == V_ASN1_SEQUENCE,
            let encoded = bytes(parameter.pointee.value.sequence)
        else { return nil }
        let parsed = encoded.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return d2i_PBEPARAM(nil, &next, buffer.count)
        }
        guard let parsed else { return nil }
        defer { PBEPARAM_free(parsed) }
        let iterations = parsed.pointee.iter == nil ? 1 : ASN1_INTEGER_get(parsed.pointee.iter)
        guard let salt = bytes(parsed.pointee.salt), (1...iterationsMax).contains(iterations) else { return nil }
        return (salt, Int32(iterations))
    }

    static func bytes(_ string: UnsafePointer<ASN1_OCTET_STRING>?) -> [UInt8]? {
        guard let string, let start = ASN1_STRING_get0_data(string) else { return nil }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string))))
    }
}
