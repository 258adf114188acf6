/// JSON's primitives, appended as bytes. The forms are Jackson's, which Connect's converters use.
extension ByteWriter {
    /// The inside of a JSON string: `"`, `\` and control characters escaped, characters beyond U+FFFF as two escapes
    /// (`\uD83D\uDE00`), as Jackson's byte generator does it; everything else as it is.
    ///
    /// - Parameter text: UTF-8.
    @inlinable
    package mutating func jsonEscaped(_ text: UnsafeRawBufferPointer) {
        reserve(text.count)
        var index = 0
        while index < text.count {
            if index &+ 8 <= text.count {
                let block = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                if !ByteWriter.needsEscape(block) {
                    reserve(8)
                    UnsafeMutableRawPointer(storage + _count).storeBytes(of: block, as: UInt64.self)
                    _count &+= 8
                    index &+= 8
                    continue
                }
            }
            index &+= jsonEscapedByte(text, at: index)
        }
    }

    /// Whether one of eight bytes may need an escape in a JSON string. May return true for a block that needs none.
    @inlinable
    static func needsEscape(_ block: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        let quote = block ^ (ones &* 0x22)
        let backslash = block ^ (ones &* 0x5C)
        let below = (block &- ones &* 0x20) & ~block
        let quotes = (quote &- ones) & ~quote
        let backslashes = (backslash &- ones) & ~backslash
        let beyond = block & (block &<< 1) & (block &<< 2) & (block &<< 3)
        return (below | quotes | backslashes | beyond) & high != 0
    }

    /// Writes the byte at `index`, or the whole character if it needs an escape. Returns the number of bytes consumed.
    @inlinable
    mutating func jsonEscapedByte(_ text: UnsafeRawBufferPointer, at index: Int) -> Int {
        let byte = text[index]
        if byte < 0x20 || byte == 0x22 || byte == 0x5C {
            jsonEscape(byte)
        } else if byte >= 0xF0, index &+ 4 <= text.count {
            let scalar = UInt32(byte & 0x07) &<< 18 | UInt32(text[index &+ 1] & 0x3F) &<< 12
                | UInt32(text[index &+ 2] & 0x3F) &<< 6 | UInt32(text[index &+ 3] & 0x3F)
            let offset = scalar &- 0x10000
            jsonEscape(unit: UInt16(truncatingIfNeeded: 0xD800 &+ offset &>> 10))
            jsonEscape(unit: UInt16(truncatingIfNeeded: 0xDC00 &+ offset & 0x3FF))
            return 4
        } else {
            self.byte(byte)
        }
        return 1
    }

    @inlinable
    package mutating func jsonEscaped(_ text: [UInt8]) { text.withUnsafeBytes { jsonEscaped($0) } }

    @usableFromInline
    mutating func jsonEscape(_ byte: UInt8) {
        switch byte {
        case 0x22: literal("\\\"")
        case 0x5C: literal("\\\\")
        case 0x08: literal("\\b")
        case 0x09: literal("\\t")
        case 0x0A: literal("\\n")
        case 0x0C: literal("\\f")
        case 0x0D: literal("\\r")
        default: jsonEscape(unit: UInt16(byte))
        }
    }

    @usableFromInline
    mutating func jsonEscape(unit: UInt16) {
        literal("\\u")
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 15)
            byte(digit < 10 ? 0x30 + digit : 0x41 + digit - 10)
        }
    }

    /// A quoted string.
    @inlinable
    package mutating func jsonString(_ text: String) {
        byte(UInt8(ascii: "\""))
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { jsonEscaped(UnsafeRawBufferPointer($0)) }
        if isWritten == nil { jsonEscaped(Array(text.utf8)) }
        byte(UInt8(ascii: "\""))
    }

    /// A quoted string in which characters beyond U+FFFF are not escaped, as Jackson's character generator writes it.
    package mutating func jsonStringUnescapedBeyondBMP(_ text: String) {
        byte(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { jsonEscape(byte) } else { self.byte(byte) }
        }
        byte(UInt8(ascii: "\""))
    }

    /// An integer in decimal digits.
    @inlinable
    package mutating func decimal(_ value: Int64) {
        reserve(20)
        if value < 0 { byte(UInt8(ascii: "-")) }
        var rest = value.magnitude
        if rest < 10 {
            byte(0x30 + UInt8(truncatingIfNeeded: rest))
            return
        }
        var length = 1
        var probe = rest
        while probe >= 10_000 {
            probe /= 10_000
            length &+= 4
        }
        length &+= probe >= 1000 ? 3 : probe >= 100 ? 2 : probe >= 10 ? 1 : 0
        var index = _count &+ length
        _count = index
        // Two digits at a time.
        let pairs: StaticString = """
            0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
            5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
            """
        while rest >= 10 {
            let next = rest / 100
            let pair = Int(truncatingIfNeeded: rest &- next &* 100) &* 2
            index &-= 2
            storage[index] = pairs.utf8Start[pair]
            storage[index &+ 1] = pairs.utf8Start[pair &+ 1]
            rest = next
            if rest == 0 { return }
        }
        storage[index &- 1] = 0x30 &+ UInt8(truncatingIfNeeded: rest)
    }

    /// A number in the form of Java's `Double.toString`; NaN and the infinities are quoted, as Jackson does it.
    package mutating func jsonNumber(_ value: Double) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        if value.magnitude < 1e7, value.magnitude >= 1e-3 {
            if value == value.rounded(.towardZero) {
                decimal(Int64(value))
                literal(".0")
            } else {
                // In this range Java and Swift write the same digits.
                utf8(value.description)
            }
        } else {
            utf8(JavaNumber.text(value))
        }
    }

    /// A number in the form of Java's `Float.toString`.
    package mutating func jsonNumber(_ value: Float) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        if value.magnitude < 1e7, value.magnitude >= 1e-3 {
            utf8(value.description)
        } else {
            utf8(JavaNumber.text(value))
        }
    }

    /// Bytes as a quoted text of base64.
    package mutating func jsonBase64(_ source: [UInt8]) {
        byte(UInt8(ascii: "\""))
        base64(source)
        byte(UInt8(ascii: "\""))
    }

    /// RFC 4648 with padding and without line breaks.
    package mutating func base64(_ source: [UInt8]) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        base64(source, alphabet: alphabet)
    }

    /// RFC 4648, section 5: with `-` and `_`, safe in URLs and file names; padded.
    package mutating func base64URL(_ source: [UInt8]) {
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
