/// The encoding of a character set's bytes. Malformed bytes become U+FFFD.
package enum TextEncoding: Sendable {
    case utf8, ascii, latin1
    case utf16(isLittleEndian: Bool)
    case utf32
    case singleByte(SingleByteTable)
    case doubleByte(DoubleByteTable)
    case eucJP(EUCJPTables)
    case gb18030(GB18030Tables)

    /// Whether all ASCII bytes have their ASCII meaning.
    package var containsASCII: Bool {
        switch self {
        case .utf16, .utf32: false
        case .singleByte(let table): table.containsASCII
        case .utf8, .ascii, .latin1, .doubleByte, .eucJP, .gb18030: true
        }
    }

    package func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if case .utf8 = self { return String(decoding: bytes, as: UTF8.self) }
        if containsASCII, bytes.isASCII { return String(decoding: bytes, as: UTF8.self) }
        return switch self {
        case .utf8: String(decoding: bytes, as: UTF8.self)
        case .ascii:
            UTF8Output.text(of: bytes) { output in
                for byte in bytes { output.append(byte < 0x80 ? UInt16(byte) : UTF8Output.replacement) }
            }
        case .latin1: UTF8Output.text(of: bytes) { output in for byte in bytes { output.append(UInt16(byte)) } }
        case .utf16(let isLittleEndian):
            UTF8Output.text(of: bytes) { UTF16Decoder.decode(bytes, isLittleEndian: isLittleEndian, into: &$0) }
        case .utf32: UTF8Output.text(of: bytes) { UTF32Decoder.decode(bytes, into: &$0) }
        case .singleByte(let table): UTF8Output.text(of: bytes) { table.decode(bytes, into: &$0) }
        case .doubleByte(let table): UTF8Output.text(of: bytes) { table.decode(bytes, into: &$0) }
        case .eucJP(let tables): UTF8Output.text(of: bytes) { tables.decode(bytes, into: &$0) }
        case .gb18030(let tables): UTF8Output.text(of: bytes) { tables.decode(bytes, into: &$0) }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether no byte has its highest bit set; checks eight at a time.
    fileprivate var isASCII: Bool {
        var offset = 0
        while offset &+ 8 <= count {
            if loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            offset &+= 8
        }
        while offset < count {
            if self[offset] >= 0x80 { return false }
            offset &+= 1
        }
        return true
    }
}
