/// UTF-32, big-endian. Numbers that are not Unicode scalars, and an incomplete one at the end, become U+FFFD.
enum UTF32Decoder {
    static func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        while bytes.count &- offset >= 4 {
            let value = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            if Unicode.Scalar(value) == nil { output.appendReplacement() } else { output.append(scalar: value) }
            offset &+= 4
        }
        if offset < bytes.count { output.appendReplacement() }
    }
}
