import MySQLWire

/// UTF-16 as `sun.nio.cs.UnicodeDecoder` decodes it.
enum JavaUTF16 {
    enum Order { case big, little }

    /// - Parameter order: nil: the order of a byte order mark at the start, which is not part of the text, otherwise
    ///   big-endian.
    static func decode(_ bytes: UnsafeRawBufferPointer, order: Order?, into output: inout UTF8Output) {
        var offset = 0
        var order = order
        if order == nil, bytes.count >= 2 {
            switch (bytes[0], bytes[1]) {
            case (0xFE, 0xFF): (order, offset) = (.big, 2)
            case (0xFF, 0xFE): (order, offset) = (.little, 2)
            default: order = .big
            }
        }
        func unit(at offset: Int) -> UInt16 {
            let (first, second) = (UInt16(bytes[offset]), UInt16(bytes[offset &+ 1]))
            return order == .little ? second << 8 | first : first << 8 | second
        }
        while bytes.count &- offset >= 2 {
            let character = unit(at: offset)
            switch character {
            case 0xD800..<0xDC00:
                guard bytes.count &- offset >= 4 else { return output.appendReplacement() }
                let low = unit(at: offset &+ 2)
                // The unit after a lone high surrogate is dropped with it.
                if 0xDC00..<0xE000 ~= low {
                    output.append(scalar: 0x10000 + (UInt32(character) - 0xD800) << 10 + UInt32(low) - 0xDC00)
                } else {
                    output.appendReplacement()
                }
                offset &+= 4
                continue
            case 0xDC00..<0xE000: output.appendReplacement()
            default: output.append(character)
            }
            offset &+= 2
        }
        if offset < bytes.count { output.appendReplacement() }
    }
}
