import WireStreams

/// The values that authentication plugins send instead of the password.
enum PasswordScramble {
    /// `mysql_native_password`: SHA1(password) XOR SHA1(challenge + SHA1(SHA1(password))).
    static func nativePassword(_ password: String, challenge: [UInt8]) -> [UInt8] {
        guard !password.isEmpty else { return [] }
        let once = Digest.sha1(Array(password.utf8))
        let mask = Digest.sha1(challenge + Digest.sha1(once))
        return zip(once, mask).map { $0 ^ $1 }
    }

    /// `caching_sha2_password`: SHA256(password) XOR SHA256(SHA256(SHA256(password)) + challenge).
    static func cachingSHA2(_ password: String, challenge: [UInt8]) -> [UInt8] {
        guard !password.isEmpty else { return [] }
        let once = Digest.sha256(Array(password.utf8))
        let mask = Digest.sha256(Digest.sha256(once) + challenge)
        return zip(once, mask).map { $0 ^ $1 }
    }

    /// The password with a terminating zero, XORed with the repeated challenge: the plaintext for RSA.
    static func masked(_ password: String, challenge: [UInt8]) -> [UInt8] {
        let bytes = Array(password.utf8) + [0]
        guard !challenge.isEmpty else { return bytes }
        return bytes.enumerated().map { $0.element ^ challenge[$0.offset % challenge.count] }
    }
}
