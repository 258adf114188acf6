import WireCore

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
        return UTF8Output.text(of: bytes) { decode(bytes, into: &$0) }
    }

    /// Decodes text into UTF-8.
    package func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        switch self {
        case .utf8:
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { output.append(scalar: scalar.value) }
        case .ascii: for byte in bytes { output.append(byte < 0x80 ? UInt16(byte) : UTF8Output.replacement) }
        case .latin1: for byte in bytes { output.append(UInt16(byte)) }
        case .utf16(let isLittleEndian): UTF16Decoder.decode(bytes, isLittleEndian: isLittleEndian, into: &output)
        case .utf32: UTF32Decoder.decode(bytes, into: &output)
        case .singleByte(let table): table.decode(bytes, into: &output)
        case .doubleByte(let table): table.decode(bytes, into: &output)
        case .eucJP(let tables): tables.decode(bytes, into: &output)
        case .gb18030(let tables): tables.decode(bytes, into: &output)
        }
    }
}
