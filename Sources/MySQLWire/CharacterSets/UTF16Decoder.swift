/// UTF-16 and UCS-2. Lone surrogates and an incomplete unit at the end become U+FFFD; a byte order mark is text, as on
/// the server.
enum UTF16Decoder {
    static func decode(_ bytes: UnsafeRawBufferPointer, isLittleEndian: Bool, into output: inout UTF8Output) {
        var offset = 0
        func unit(at offset: Int) -> UInt16 {
            let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset &+ 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        while bytes.count &- offset >= 2 {
            let character = unit(at: offset)
            offset &+= 2
            switch character {
            case 0xD800..<0xDC00:
                let low = bytes.count &- offset >= 2 ? unit(at: offset) : 0
                guard 0xDC00..<0xE000 ~= low else {
                    output.appendReplacement()
                    continue
                }
                output.append(scalar: 0x10000 + (UInt32(character) - 0xD800) << 10 + UInt32(low) - 0xDC00)
                offset &+= 2
            case 0xDC00..<0xE000: output.appendReplacement()
            default: output.append(character)
            }
        }
        if offset < bytes.count { output.appendReplacement() }
    }
}
