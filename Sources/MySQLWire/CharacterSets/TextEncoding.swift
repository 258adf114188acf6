/// One of Java's encodings, as far as MySQL's character sets need them.
enum TextEncoding: Sendable {
    case utf8, ascii, latin1
    case utf16, utf16LittleEndian, utf32
    case singleByte(SingleByteTable)
    case doubleByte(DoubleByteTable)
    case eucJP(EUCJPTables)
    case gb18030(GB18030Tables)

    var containsASCII: Bool {
        switch self {
        case .utf16, .utf16LittleEndian, .utf32: false
        default: true
        }
    }

    func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        if case .utf8 = self {
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        } else if containsASCII, bytes.isASCII {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: UTF8Output.capacityBytes(for: bytes.count)) { target in
            guard let base = target.baseAddress else { return 0 }
            var output = UTF8Output(base)
            decode(bytes, into: &output)
            return output.count
        }
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        switch self {
        case .utf8: UTF8Repair.decode(bytes, into: &output)
        case .ascii: for byte in bytes { output.append(byte < 0x80 ? UInt16(byte) : UTF8Output.replacement) }
        case .latin1: for byte in bytes { output.append(UInt16(byte)) }
        case .utf16: UTF16Decoder.decode(bytes, order: nil, into: &output)
        case .utf16LittleEndian: UTF16Decoder.decode(bytes, order: .little, into: &output)
        case .utf32: UTF32Decoder.decode(bytes, into: &output)
        case .singleByte(let table): table.decode(bytes, into: &output)
        case .doubleByte(let table): table.decode(bytes, into: &output)
        case .eucJP(let tables): tables.decode(bytes, into: &output)
        case .gb18030(let tables): tables.decode(bytes, into: &output)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether no byte has its highest bit set; eight at a time.
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
