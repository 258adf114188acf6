import COpenSSL

/// Message digests, by OpenSSL.
package enum Digest {
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha1(), bytes, size: 20) }
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { digest(EVP_sha256(), bytes, size: 32) }

    private static func digest(_ algorithm: OpaquePointer?, _ bytes: [UInt8], size: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: size)
        let done = EVP_Digest(bytes, bytes.count, &output, nil, algorithm, nil)
        precondition(done == 1, "OpenSSL lacks a digest")
        return output
    }

    /// The algorithms of keyed hashes.
    package enum Algorithm: Sendable {
        case sha256, sha512

        fileprivate var pointer: OpaquePointer? { self == .sha256 ? EVP_sha256() : EVP_sha512() }
        package var digestBytes: Int { self == .sha256 ? 32 : 64 }
    }

    package static func hash(_ algorithm: Algorithm, _ bytes: [UInt8]) -> [UInt8] {
        digest(algorithm.pointer, bytes, size: algorithm.digestBytes)
    }

    /// HMAC with SHA-256 (RFC 2104), as Connect signs requests between workers.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] { hmac(.sha256, key: key, bytes) }

    /// HMAC (RFC 2104).
    package static func hmac(_ algorithm: Algorithm, key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: algorithm.digestBytes)
        var length: UInt32 = 0
        let done = HMAC(algorithm.pointer, key, Int32(key.count), bytes, bytes.count, &output, &length)
        precondition(done != nil && length == output.count, "OpenSSL lacks HMAC")
        return output
    }

    /// A key of the algorithm's size from a password (PBKDF2 with HMAC, RFC 8018). Takes time in proportion to
    /// `iterations`, which is at least 1.
    package static func pbkdf2(
        _ algorithm: Algorithm, password: [UInt8], salt: [UInt8], iterations: Int
    ) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: algorithm.digestBytes)
        let done = password.withUnsafeBytes { bytes in
            // OpenSSL takes a null pointer for no password at all.
            PKCS5_PBKDF2_HMAC(
                bytes.assumingMemoryBound(to: CChar.self).baseAddress, Int32(bytes.count), salt, Int32(salt.count),
                Int32(clamping: iterations), algorithm.pointer, Int32(output.count), &output)
        }
        precondition(done == 1, "OpenSSL lacks PBKDF2")
        return output
    }

    /// Compares in a time that does not depend on the contents.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
