import Testing
import WireCore

@Suite struct VarintTests {
    /// From the documentation of Protocol Buffers and Kafka's ByteUtilsTest.
    @Test(arguments: [
        (0, [0x00]), (-1, [0x01]), (1, [0x02]), (63, [0x7E]), (-64, [0x7F]), (64, [0x80, 0x01]), (-65, [0x81, 0x01]),
        (8191, [0xFE, 0x7F]), (-8192, [0xFF, 0x7F]), (2_147_483_647, [0xFE, 0xFF, 0xFF, 0xFF, 0x0F]),
        (-2_147_483_648, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
        (.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        (.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ] as [(Int64, [UInt8])])
    func zigZagVarintsEqualReferenceVectors(_ value: Int64, _ bytes: [UInt8]) throws {
        var writer = ByteWriter()
        writer.zigZagVarint(value)
        #expect(writer.array() == bytes)
        #expect(Varint.zigZagSize(value) == bytes.count)
        #expect(try Self.read(bytes) { reader throws(WireError) in try reader.zigZagVarint64() } == value)
        guard let narrow = Int32(exactly: value) else { return }
        #expect(try Self.read(bytes) { reader throws(WireError) in try reader.zigZagVarint32() } == narrow)
    }

    @Test(arguments: [
        ([0x00], UInt32(0)), ([0x7F], 127), ([0x80, 0x01], 128), ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .max),
        ([0x80, 0x80, 0x80, 0x80, 0x00], 0),
    ] as [([UInt8], UInt32)])
    func unsignedVarintsEqualReferenceVectors(_ bytes: [UInt8], _ value: UInt32) throws {
        #expect(try Self.read(bytes) { reader throws(WireError) in try reader.unsignedVarint32() } == value)
        #expect(try Self.read(bytes) { reader throws(WireError) in try reader.unsignedVarint64() } == UInt64(value))
    }

    /// Reads one value, which must take all bytes.
    private static func read<Value>(
        _ bytes: [UInt8], _ body: (inout ByteReader) throws(WireError) -> Value
    ) throws -> Value {
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            let value = try body(&reader)
            try reader.finish()
            return value
        }
    }

    @Test func overlongVarintIsRefused() throws {
        let tooLong = [UInt8](repeating: 0x80, count: 4) + [0x10]
        #expect(throws: WireError(.varintTooLong, at: 0)) {
            try Self.read(tooLong) { reader throws(WireError) in try reader.unsignedVarint32() }
        }
        for tooLong in [[UInt8](repeating: 0xFF, count: 9) + [0x02], [UInt8](repeating: 0x80, count: 20)] {
            #expect(throws: WireError(.varintTooLong, at: 0)) {
                try Self.read(tooLong) { reader throws(WireError) in try reader.unsignedVarint64() }
            }
            #expect(throws: WireError(.varintTooLong, at: 0)) {
                try Self.read(tooLong) { reader throws(WireError) in try reader.zigZagVarint32() }
            }
        }
    }
}
