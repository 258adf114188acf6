import WireCore

/// The parts of HTTP/1.1's grammar (RFC 9110, RFC 9112) that requests and responses share.
enum HTTPSyntax {
    /// A header or trailer line without its CRLF.
    static func header(_ line: [UInt8]) throws(HTTPProtocolError) -> HTTPRequest.Header {
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[..<colon].allSatisfy(isTokenCharacter) else {
            throw HTTPProtocolError(400, "malformed header")
        }
        let value = line[(colon + 1)...]
        guard value.allSatisfy(isValueCharacter) else {
            throw HTTPProtocolError(400, "control character in a header")
        }
        return HTTPRequest.Header(
            name: String(decoding: line[..<colon], as: UTF8.self),
            value: String(decoding: value, as: UTF8.self).trimmingBlanks())
    }

    /// The size in a chunk's first line. Extensions after a semicolon are ignored. Returns nil if it is malformed.
    static func chunkSize(_ line: [UInt8]) -> Int? {
        let digits = line.prefix { $0.hexDigitValue != nil }
        let rest = line[digits.endIndex...].drop { $0 == 0x20 || $0 == 0x09 }
        guard (1...8).contains(digits.count), rest.isEmpty || rest.first == 0x3B else { return nil }
        return digits.reduce(0) { $0 << 4 | Int($1.hexDigitValue ?? 0) }
    }

    /// The value of Content-Length headers, which may be repeated with the same value.
    ///
    /// - Parameter values: the elements of all such headers, at least one. Returns nil if they are invalid or differ.
    static func contentLength(_ values: [String]) -> Int? {
        guard let length = values.first, values.allSatisfy({ $0 == length }), (1...18).contains(length.utf8.count),
            length.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(length)
    }

    /// The index after the empty line that ends a message's head; nil if it has not arrived.
    static func headEnd(in buffer: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 3 < buffer.count {
            if buffer[index] == 0x0D, buffer[index + 1] == 0x0A, buffer[index + 2] == 0x0D, buffer[index + 3] == 0x0A {
                return index + 4
            }
            index += 1
        }
        return nil
    }

    /// RFC 9110, 5.5.
    static func isValueCharacter(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

    /// RFC 9110, 5.6.2.
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
