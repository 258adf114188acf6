import Testing
import WireCore

@Suite struct ByteReaderTests {
    @discardableResult
    private func reading<T>(_ bytes: [UInt8], base: Int = 0, _ body: (inout ByteReader) throws -> T) rethrows -> T {
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer, base: base)
            return try body(&reader)
        }
    }

    @Test func integersOfBothEndiannessesAreRead() throws {
        try reading([1, 2, 3, 4, 5, 6, 7, 8, 9]) { (reader: inout ByteReader) throws in
            #expect(try reader.littleEndian(UInt16.self) == 0x0201)
            #expect(try reader.bigEndian(UInt16.self) == 0x0304)
            let next = reader.peekByte()
            #expect(next == 5)
            #expect(try reader.byte() == 5)
            #expect(try reader.littleEndian(byteCount: 3) == 0x080706)
            #expect(Int(reader.offset) == 8)
            #expect(try reader.bigEndian(byteCount: 1) == 9)
            #expect(Bool(reader.isAtEnd))
            try reader.finish()
        }
        try reading([0xFF, 0xFF, 0xFF, 0xFE]) { (reader: inout ByteReader) throws in
            #expect(try reader.bigEndian(Int32.self) == -2)
        }
        try reading([1, 2, 3, 4, 5, 6, 7, 8]) { (reader: inout ByteReader) throws in
            #expect(try reader.bigEndian(byteCount: 8) == 0x0102_0304_0506_0708)
        }
    }

    @Test func failedReadDoesNotMoveTheCursor() throws {
        try reading([0x80, 0x80], base: 100) { (reader: inout ByteReader) throws in
            let short = WireError(.truncated(neededBytes: 4, remainingBytes: 2), at: 100)
            #expect(throws: short) { try reader.bigEndian(Int32.self) }
            #expect(throws: short) { try reader.littleEndian(UInt32.self) }
            #expect(throws: WireError.self) { try reader.littleEndian(byteCount: 3) }
            #expect(throws: WireError.self) { try reader.bigEndian(byteCount: 3) }
            #expect(throws: WireError.self) { try reader.skip(3) }
            #expect(throws: WireError.self) { try reader.array(3) }
            #expect(throws: WireError(.badLength(-1), at: 100)) { try reader.array(-1) }
            #expect(throws: WireError(.invalidUTF8, at: 100)) { try reader.utf8(2) }
            #expect(throws: WireError(.trailingBytes(2), at: 100)) { try reader.finish() }
            #expect(throws: WireError.self) { try reader.unsignedVarint32() }
            #expect(throws: WireError.self) { try reader.unsignedVarint64() }
            #expect(throws: WireError.self) { try reader.zigZagVarint32() }
            #expect(throws: WireError.self) { try reader.zigZagVarint64() }
            #expect(Int(reader.offset) == 0)
            #expect(Int(reader.remainingBytes) == 2)
        }
    }

    @Test func slicesKeepTheirOffset() throws {
        try reading([0, 1, 2, 3, 4, 5]) { (reader: inout ByteReader) throws in
            try reader.skip(2)
            var inner = try reader.slice(3)
            #expect(Int(reader.offset) == 5)
            #expect(try inner.byte() == 2)
            #expect(throws: WireError(.truncated(neededBytes: 8, remainingBytes: 2), at: 3)) {
                try inner.bigEndian(UInt64.self)
            }
            #expect(throws: WireError(.trailingBytes(2), at: 3)) { try inner.finish() }
            let rest = reader.rest()
            #expect(rest.byteCount == 1)
            #expect(Bool(reader.isAtEnd))
        }
    }

    @Test func textAndCopiesAreRead() throws {
        try reading(Array("aé".utf8)) { (reader: inout ByteReader) throws in
            #expect(try reader.utf8(3) == "aé")
            #expect(try reader.utf8(0) == "")
            let next = reader.peekByte()
            #expect(next == nil)
        }
        try reading([1, 2, 3]) { (reader: inout ByteReader) throws in
            let span = try reader.span(2)
            #expect(span.array() == [1, 2])
            #expect(try reader.array(1) == [3])
        }
    }
}
