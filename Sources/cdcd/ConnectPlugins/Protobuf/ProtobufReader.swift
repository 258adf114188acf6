import ConnectData

/// A cursor over a message, which the caller keeps alive.
struct ProtobufReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private static let truncation = DataError(
        "While parsing a protocol message, the input ended unexpectedly in the middle of a field.")

    mutating func varint() throws(DataError) -> UInt64 {
        var value: UInt64 = 0
        for shift: UInt64 in stride(from: 0, to: 64, by: 7) {
            guard position < bytes.count else { throw Self.truncation }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw DataError("CodedInputStream encountered a malformed varint.")
    }

    mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) throws(DataError) -> Number {
        guard bytes.count - position >= MemoryLayout<Number>.size else { throw Self.truncation }
        defer { position += MemoryLayout<Number>.size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    mutating func lengthDelimited() throws(DataError) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw Self.truncation }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + Int(count))])
    }

    mutating func tag() throws(DataError) -> (number: Int32, type: ProtobufScalar.WireType) {
        guard let tag = UInt32(exactly: try varint()), tag >> 3 > 0 else {
            throw DataError("Protocol message contained an invalid tag (zero).")
        }
        guard let type = ProtobufScalar.WireType(rawValue: UInt8(tag & 7)) else {
            throw DataError("Protocol message tag had invalid wire type.")
        }
        return (Int32(tag >> 3), type)
    }

    /// Skips a field, whose tag was read.
    mutating func skip(_ type: ProtobufScalar.WireType, _ number: Int32, depthLeft: Int) throws(DataError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed(UInt64.self)
        case .fixed32: _ = try fixed(UInt32.self)
        case .lengthDelimited: _ = try lengthDelimited()
        case .startGroup:
            guard depthLeft > 0 else { throw DataError("Protocol message had too many levels of nesting.") }
            while true {
                let (inner, type) = try tag()
                if type == .endGroup, inner == number { return }
                try skip(type, inner, depthLeft: depthLeft - 1)
            }
        case .endGroup: throw DataError("Protocol message end-group tag did not match expected tag.")
        }
    }
}
