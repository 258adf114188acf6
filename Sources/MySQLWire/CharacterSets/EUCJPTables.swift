/// EUC-JP: ASCII, two bytes for JIS X 0208 and (after 0x8E) half-width Katakana, three (after 0x8F) for JIS X 0212.
package struct EUCJPTables: Sendable {
    let two: DoubleByteTable
    /// The second and third byte after 0x8F.
    let three: DoubleByteTable

    package init(two: DoubleByteTable, three: DoubleByteTable) {
        self.two = two
        self.three = three
    }

    package func decode(_ bytes: UnsafeRawBufferPointer, into output: inout UTF8Output) {
        var offset = 0
        while offset < bytes.count {
            let first = bytes[offset]
            if first < 0x80 {
                output.append(UInt16(first))
                offset &+= 1
                continue
            }
            let length = first == 0x8F ? 3 : 2
            guard bytes.count &- offset >= length else { return output.appendReplacement() }
            let second = bytes[offset &+ 1]
            output.append(
                length == 3 ? three.character(second, bytes[offset &+ 2]) : two.character(first, second))
            offset &+= length
        }
    }
}
