import Testing
import WireCore

@Suite struct ByteWriterTests {
    @Test func integersOfBothEndiannessesAreWritten() {
        var writer = ByteWriter()
        writer.byte(1)
        writer.littleEndian(UInt16(0x0203))
        writer.bigEndian(Int32(-2))
        writer.literal("ab")
        writer.utf8("é")
        writer.zeros(2)
        #expect(writer.array() == [1, 3, 2, 0xFF, 0xFF, 0xFF, 0xFE, 0x61, 0x62, 0xC3, 0xA9, 0, 0])
        #expect(writer.count == 13)
    }

    @Test func lengthsAreFilledInAfterwards() {
        var writer = ByteWriter()
        writer.bigEndian(Int32(0))
        writer.literal("abc")
        writer.patchBigEndian(Int32(writer.count - 4), at: 0)
        #expect(writer.array() == [0, 0, 0, 3, 0x61, 0x62, 0x63])
    }

    @Test func writerGrowsBeyondItsInitialCapacity() {
        var writer = ByteWriter(capacityBytes: 16)
        let chunk = [UInt8](0..<251)
        for _ in 0..<1000 { writer.bytes(chunk) }
        #expect(writer.count == 251_000)
        #expect(writer.array()[250_749...] == [UInt8](0..<251)[...])
    }

    @Test func removingAllBytesKeepsTheCapacity() {
        var writer = ByteWriter()
        writer.literal("abcdef")
        writer.truncate(to: 2)
        #expect(writer.array() == [0x61, 0x62])
        writer.reset()
        #expect(writer.count == 0)
        writer.literal("x")
        var other = ByteWriter()
        other.bytes(of: writer)
        other.bytes(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(other.array() == [0x78])
    }
}
