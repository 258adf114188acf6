/// JSON's primitives, appended as bytes. The forms are Jackson's, which Connect's converters use.
extension ByteWriter {
    /// `"` and `\` and control characters escaped, everything else as it is.
    @inlinable
    public mutating func jsonEscaped(_ text: UnsafeRawBufferPointer) {
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            if byte >= 0x20 && byte != 0x22 && byte != 0x5C { continue }
            bytes(UnsafeRawBufferPointer(rebasing: text[start..<index]))
            jsonEscape(byte)
            start = index + 1
        }
        bytes(UnsafeRawBufferPointer(rebasing: text[start...]))
    }

    @inlinable
    public mutating func jsonEscaped(_ text: [UInt8]) { text.withUnsafeBytes { jsonEscaped($0) } }

    @usableFromInline
    mutating func jsonEscape(_ byte: UInt8) {
        self.byte(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: self.byte(byte)
        case 0x08: self.byte(UInt8(ascii: "b"))
        case 0x09: self.byte(UInt8(ascii: "t"))
        case 0x0A: self.byte(UInt8(ascii: "n"))
        case 0x0C: self.byte(UInt8(ascii: "f"))
        case 0x0D: self.byte(UInt8(ascii: "r"))
        default:
            literal("u00")
            self.byte(byte >> 4 == 0 ? 0x30 : 0x31)
            let low = byte & 15
            self.byte(low < 10 ? 0x30 + low : 0x41 + low - 10)
        }
    }

    /// A quoted string.
    @inlinable
    public mutating func jsonString(_ text: String) {
        var text = text
        byte(UInt8(ascii: "\""))
        text.withUTF8 { jsonEscaped(UnsafeRawBufferPointer($0)) }
        byte(UInt8(ascii: "\""))
    }

    /// An integer in decimal digits.
    @inlinable
    public mutating func decimal(_ value: Int64) {
        reserve(20)
        if value < 0 { byte(UInt8(ascii: "-")) }
        var rest = value.magnitude
        if rest < 10 {
            byte(0x30 + UInt8(truncatingIfNeeded: rest))
            return
        }
        var length = 0
        var probe = rest
        while probe > 0 {
            probe /= 10
            length += 1
        }
        var index = count + length
        _count = index
        while rest > 0 {
            index &-= 1
            let next = rest / 10
            storage[index] = 0x30 + UInt8(truncatingIfNeeded: rest &- next &* 10)
            rest = next
        }
    }

    /// A number in the form of Java's `Double.toString`; NaN and the infinities are quoted, as Jackson does it.
    public mutating func jsonNumber(_ value: Double) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        if value.magnitude < 1e7, value == value.rounded(), value != 0 {
            decimal(Int64(value))
            literal(".0")
        } else {
            utf8(JavaNumber.text(value))
        }
    }

    /// A number in the form of Java's `Float.toString`.
    public mutating func jsonNumber(_ value: Float) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        utf8(JavaNumber.text(value))
    }

    /// RFC 4648 with padding and without line breaks.
    public mutating func base64(_ source: [UInt8]) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        base64(source, alphabet: alphabet)
    }

    /// RFC 4648, section 5: with `-` and `_`, safe in URLs and file names; padded.
    public mutating func base64URL(_ source: [UInt8]) {
        base64(source, alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    }

    private mutating func base64(_ source: [UInt8], alphabet: StaticString) {
        let symbols = alphabet.utf8Start
        reserve((source.count + 2) / 3 * 4)
        var index = 0
        while index < source.count {
            let left = source.count - index
            let group = UInt32(source[index]) << 16 | (left > 1 ? UInt32(source[index + 1]) << 8 : 0)
                | (left > 2 ? UInt32(source[index + 2]) : 0)
            byte(symbols[Int(group >> 18)])
            byte(symbols[Int(group >> 12 & 63)])
            byte(left > 1 ? symbols[Int(group >> 6 & 63)] : UInt8(ascii: "="))
            byte(left > 2 ? symbols[Int(group & 63)] : UInt8(ascii: "="))
            index += 3
        }
    }
}
