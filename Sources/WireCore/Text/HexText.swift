/// Bytes as hexadecimal digits, two for each byte.
package enum HexText {
    package static func text(_ bytes: UnsafeRawBufferPointer, isUppercase: Bool = false) -> String {
        let ten: UInt8 = isUppercase ? 0x41 : 0x61
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : ten &+ value &- 10 }
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                buffer[index * 2] = digit(byte >> 4)
                buffer[index * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    package static func text(_ bytes: [UInt8], isUppercase: Bool = false) -> String {
        bytes.withUnsafeBytes { text($0, isUppercase: isUppercase) }
    }
}
