import WireCore

/// What both sides of SCRAM compute and write in the same way (RFC 5802).
package enum SCRAM {
    /// The keys that are derived from a password. A server stores `stored` and `server` only.
    package struct Keys: Equatable, Sendable {
        package var client: [UInt8]
        package var stored: [UInt8]
        package var server: [UInt8]

        /// - Parameter iterations: at least 1; the duration is in proportion to it.
        package init(_ algorithm: Digest.Algorithm, password: [UInt8], salt: [UInt8], iterations: Int) {
            self.init(
                algorithm,
                saltedPassword: Digest.pbkdf2(algorithm, password: password, salt: salt, iterations: iterations))
        }

        package init(_ algorithm: Digest.Algorithm, saltedPassword: [UInt8]) {
            client = Digest.hmac(algorithm, key: saltedPassword, Array("Client Key".utf8))
            stored = Digest.hash(algorithm, client)
            server = Digest.hmac(algorithm, key: saltedPassword, Array("Server Key".utf8))
        }
    }

    /// The exclusive or of a key and a signature: the proof of a client, or the client's key in a proof.
    package static func combine(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }

    /// The random part of a nonce, in hexadecimal form; RFC 5802 only requires that it is never the same.
    package static func makeNonce() -> String {
        let digits = Array("0123456789abcdef")
        return String(SecureRandom.bytes(24).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// The attributes of a message, each a letter, `=` and a value; those that are not of this form are left out at the
    /// end, which makes a required one missing.
    package static func attributes(of message: String) -> [(name: Character, value: String)] {
        var found: [(name: Character, value: String)] = []
        for part in message.split(separator: ",", omittingEmptySubsequences: false) {
            guard let name = part.first, part.dropFirst().first == "=" else { return found }
            found.append((name, String(part.dropFirst(2))))
        }
        return found
    }

    /// A user name as a message contains it: a comma ends an attribute, and `=` begins an escape.
    package static func escaped(_ name: String) -> String {
        String(
            decoding: name.utf8.flatMap { byte in
                switch byte {
                case UInt8(ascii: ","): Array("=2C".utf8)
                case UInt8(ascii: "="): Array("=3D".utf8)
                default: [byte]
                }
            }, as: UTF8.self)
    }

    /// The reverse of `escaped`; nil if `=` begins no escape.
    package static func unescaped(_ name: String) -> String? {
        let parts = name.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
        var bytes = parts.first.map { Array($0) } ?? []
        for part in parts.dropFirst() {
            let rest = Array(part)
            if rest.starts(with: "2C".utf8) {
                bytes.append(UInt8(ascii: ","))
            } else if rest.starts(with: "3D".utf8) {
                bytes.append(UInt8(ascii: "="))
            } else {
                return nil
            }
            bytes += rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    package static func base64(_ bytes: [UInt8]) -> String {
        var writer = ByteWriter()
        writer.base64(bytes)
        return String(decoding: writer.array(), as: UTF8.self)
    }
}
