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

    /// HMAC with SHA-256 (RFC 2104), as Connect signs requests between workers.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &output, &length)
        precondition(done != nil && length == 32, "OpenSSL lacks HMAC with SHA-256")
        return output
    }
}
