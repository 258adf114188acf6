import WireCore

extension ByteWriter {
    package mutating func lengthEncodedInteger(_ value: UInt64) {
        switch value {
        case ..<0xFB: byte(UInt8(value))
        case ...0xFFFF:
            byte(0xFC)
            littleEndian(UInt16(value))
        case ...0xFF_FFFF:
            byte(0xFD)
            littleEndian(UInt16(value & 0xFFFF))
            byte(UInt8(value >> 16))
        default:
            byte(0xFE)
            littleEndian(value)
        }
    }

    package mutating func lengthEncoded(_ bytes: [UInt8]) {
        lengthEncodedInteger(UInt64(bytes.count))
        self.bytes(bytes)
    }

    package mutating func nullTerminated(_ text: String) {
        utf8(text)
        byte(0)
    }
}
