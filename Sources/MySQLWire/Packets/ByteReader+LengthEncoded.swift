import WireCore

extension ByteReader {
    /// Protocol::LengthEncodedInteger. Throws for 0xFB (NULL) and 0xFF (an ERR packet's header).
    @inlinable
    @_lifetime(self: copy self)
    package mutating func lengthEncodedInteger() throws(WireError) -> UInt64 {
        let start = absoluteOffset
        switch try byte() {
        case let value where value < 0xFB: return UInt64(value)
        case 0xFC: return try littleEndian(byteCount: 2)
        case 0xFD: return try littleEndian(byteCount: 3)
        case 0xFE: return try littleEndian(byteCount: 8)
        default: throw WireError(.invalidValue("no length-encoded integer"), at: start)
        }
    }

    /// A length that must not exceed the remaining bytes.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func lengthEncodedCount() throws(WireError) -> Int {
        let start = absoluteOffset
        let value = try lengthEncodedInteger()
        guard let count = Int(exactly: value) else { throw WireError(.badLength(.max), at: start) }
        return count
    }

    /// Protocol::LengthEncodedString as text; bytes that are not UTF-8 become U+FFFD.
    @_lifetime(self: copy self)
    package mutating func lengthEncodedText() throws(WireError) -> String {
        let count = try lengthEncodedCount()
        return String(decoding: try array(count), as: UTF8.self)
    }

    /// Protocol::NullTerminatedString, without its zero.
    @_lifetime(self: copy self)
    package mutating func nullTerminated() throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let next = try byte()
            if next == 0 { return bytes }
            bytes.append(next)
        }
    }
}
