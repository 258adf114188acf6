import MySQLWire

/// UTF-32 as `sun.nio.cs.UTF_32Coder` decodes it: big-endian unless a byte order mark at the start is little-endian.
enum JavaUTF32 {
    static func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        var isLittleEndian = false
        func scalar(at offset: Int) -> UInt32 {
            let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            return isLittleEndian ? UInt32(littleEndian: value) : UInt32(bigEndian: value)
        }
        if bytes.count >= 4 {
            switch scalar(at: 0) {
            case 0x0000_FEFF: offset = 4
            case 0xFFFE_0000: (offset, isLittleEndian) = (4, true)
            default: break
            }
        }
        while bytes.count &- offset >= 4 {
            let value = scalar(at: offset)
            if Unicode.Scalar(value) == nil { output.appendReplacement() } else { output.append(scalar: value) }
            offset &+= 4
        }
        if offset < bytes.count { output.appendReplacement() }
    }
}
