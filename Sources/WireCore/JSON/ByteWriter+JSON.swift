/// JSON's primitives, appended as bytes. The forms are Jackson's, which Connect's converters use.
extension ByteWriter {
    /// The inside of a JSON string: `"`, `\` and control characters escaped, characters beyond U+FFFF as two escapes
    /// (`\uD83D\uDE00`), as Jackson's byte generator does it; everything else as it is.
    ///
    /// - Parameter text: UTF-8.
    @inlinable
    package mutating func jsonEscaped(_ text: UnsafeRawBufferPointer) {
        guard let start = text.baseAddress else { return }
        let count = text.count
        // Without escapes this is all the room that is needed: the last word may be written beyond the text.
        var target = UnsafeMutableRawPointer(room(for: count &+ 8))
        var offset = 0
        while true {
            while offset &+ 16 <= count {
                let first = start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                let second = start.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
                if ByteWriter.mayNeedEscape(first) | ByteWriter.mayNeedEscape(second) != 0 { break }
                target.storeBytes(of: first, as: UInt64.self)
                target.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
                offset &+= 16
                target += 16
            }
            let left = count &- offset
            if left == 0 { break }
            let word = ByteWriter.word(at: start, offset, of: count)
            if !ByteWriter.needsEscape(word) {
                target.storeBytes(of: word, as: UInt64.self)
                offset &+= min(left, 8)
                target += min(left, 8)
                continue
            }
            end = target.assumingMemoryBound(to: UInt8.self)
            offset &+= jsonEscapedCharacters(UnsafeRawBufferPointer(start: start + offset, count: left))
            target = UnsafeMutableRawPointer(room(for: count &- offset &+ 8))
        }
        end = target.assumingMemoryBound(to: UInt8.self)
    }

    /// The eight bytes at the offset. If the text ends before, spaces follow it.
    @inlinable @inline(__always)
    static func word(at start: UnsafeRawPointer, _ offset: Int, of count: Int) -> UInt64 {
        let left = count &- offset
        if left >= 8 { return start.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        let spaces: UInt64 = 0x2020_2020_2020_2020
        if count >= 8 {
            // The bytes before the offset are shifted out.
            let last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            return last &>> UInt64(64 &- left &* 8) | spaces &<< UInt64(left &* 8)
        }
        var word = spaces
        for index in 0..<left {
            let byte = start.load(fromByteOffset: offset &+ index, as: UInt8.self)
            word = word &<< 8 | UInt64(byte)
        }
        return (word &<< UInt64(64 &- left &* 8)).byteSwapped | spaces &<< UInt64(left &* 8)
    }

    /// Not 0 if one of eight bytes may need an escape in a JSON string, or is not ASCII.
    @inlinable @inline(__always)
    static func mayNeedEscape(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Changes 0x22 into 0x20 and keeps control characters, so that one comparison finds both. A borrow of a byte
        // that is found only finds more.
        let controlOrQuote = (word ^ ones &* 0x02) &- ones &* 0x21
        let backslash = (word ^ ones &* 0x5C) &- ones
        return (controlOrQuote | backslash | word) & 0x8080_8080_8080_8080
    }

    /// Whether one of eight bytes may need an escape in a JSON string. May return true for bytes that need none.
    @inlinable @inline(__always)
    static func needsEscape(_ word: UInt64) -> Bool {
        if mayNeedEscape(word) == 0 { return false }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let below = (word &- ones &* 0x20) & ~word
        let quotes = (quote &- ones) & ~quote
        let backslashes = (backslash &- ones) & ~backslash
        let beyond = word & (word &<< 1) & (word &<< 2) & (word &<< 3)
        return (below | quotes | backslashes | beyond) & 0x8080_8080_8080_8080 != 0
    }

    /// Writes up to eight bytes of text, or the rest of it, character by character.
    /// - Returns: the number of bytes that were consumed.
    @inline(never) @usableFromInline
    mutating func jsonEscapedCharacters(_ text: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index < min(text.count, 8) { index &+= jsonEscapedByte(text, at: index) }
        return index
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
        end = IntegerText.write(value, to: room(for: IntegerText.roomBytes))
    }

    /// A number in the form of Java's `Double.toString`; NaN and the infinities are quoted, as Jackson does it.
    @usableFromInline
    package mutating func jsonNumber(_ value: Double) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        if value.magnitude < 1e7, value.magnitude >= 1e-3 {
            if let end = ShortDecimalText.write(value, to: room(for: ShortDecimalText.roomBytes)) {
                self.end = end
            } else {
                // In this range Java and Swift write the same digits.
                utf8(value.description)
            }
        } else {
            utf8(JavaNumber.text(value))
        }
    }

    /// A number in the form of Java's `Float.toString`.
    @usableFromInline
    package mutating func jsonNumber(_ value: Float) {
        guard value.isFinite else { return jsonString(JavaNumber.text(value)) }
        if value.magnitude < 1e7, value.magnitude >= 1e-3 {
            utf8(value.description)
        } else {
            utf8(JavaNumber.text(value))
        }
    }

    /// Bytes as a quoted text of base64.
    @inlinable
    package mutating func jsonBase64(_ source: UnsafeRawBufferPointer) {
        byte(UInt8(ascii: "\""))
        base64(source)
        byte(UInt8(ascii: "\""))
    }

    package mutating func jsonBase64(_ source: [UInt8]) { source.withUnsafeBytes { jsonBase64($0) } }

    /// RFC 4648 with padding and without line breaks.
    @inlinable
    package mutating func base64(_ source: UnsafeRawBufferPointer) {
        end = Base64.encode(source, to: room(for: Base64.byteCount(source.count)))
    }

    package mutating func base64(_ source: [UInt8]) { source.withUnsafeBytes { base64($0) } }
}
