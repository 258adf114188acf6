import WireCore

/// Percent-encoding of UTF-8 text (RFC 3986, 2.1).
package enum PercentEncoding {
    /// Returns nil for a percent sign without two hexadecimal digits, and for bytes that are not UTF-8.
    package static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < source.count, let high = source[index + 1].hexDigitValue,
                    let low = source[index + 2].hexDigitValue
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Escapes what RFC 3986 does not allow in a path, except the slash.
    package static func encodeSegment(_ text: String) -> String {
        encode(text) { byte in
            switch byte {
            // ! $ & ' ( ) * + , ; = : @ /
            case 0x21, 0x24, 0x26...0x2C, 0x2F, 0x3A, 0x3B, 0x3D, 0x40: true
            default: false
            }
        }
    }

    /// Escapes everything except letters, digits and `-._~`, for the names and values of a query.
    package static func encodeComponent(_ text: String) -> String { encode(text) { _ in false } }

    /// - Parameter keeps: whether a byte that is not unreserved (RFC 3986, 2.3) stays as it is.
    private static func encode(_ text: String, _ keeps: (UInt8) -> Bool) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                if keeps(byte) { encoded.unicodeScalars.append(UnicodeScalar(byte)) } else { encoded += escape(byte) }
            }
        }
        return encoded
    }

    private static func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
}
