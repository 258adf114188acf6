import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireTestSupport

@testable import KafkaBroker

@Suite struct PartitionLogTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/t-0" }
    private static let file = "t-0/00000000000000000000.log"

    init() throws { directory = try TemporaryDirectory() }

    @Test func capturedRecordsGetOffsetsAndAreReadBack() throws {
        let log = try PartitionLog(directory: path)
        #expect(try log.append(TestBatches.fromKcat) == .appended(baseOffset: 0, isRepeated: false))
        #expect(try log.append(TestBatches.fromKcat) == .appended(baseOffset: 3, isRepeated: false))
        #expect(log.endOffset == 6)
        #expect(try log.allRecords() == ["0:a=1", "1:b=2", "2:c=3", "3:a=1", "4:b=2", "5:c=3"])
    }

    @Test func idempotentBatchIsStoredOnceEvenAfterARestart() throws {
        var log = try PartitionLog(directory: path)
        #expect(try log.append(TestBatches.fromIdempotentKcat) == .appended(baseOffset: 0, isRepeated: false))
        #expect(try log.append(TestBatches.fromIdempotentKcat) == .appended(baseOffset: 0, isRepeated: true))
        log = try PartitionLog(directory: path)
        #expect(try log.append(TestBatches.fromIdempotentKcat) == .appended(baseOffset: 0, isRepeated: true))
        #expect(log.endOffset == 2)
        let next = try TestBatches.make(
            [(nil, "z")], stamp: .init(producerID: 0, producerEpoch: 0, baseSequence: 3))
        #expect(try log.append(next) == .refused(.outOfOrderSequenceNumber))
    }

    @Test func truncatedLogKeepsItsWholeBatches() throws {
        let log = try PartitionLog(directory: path)
        try log.append(TestBatches.fromKcat)
        try log.append(TestBatches.fromKcat)
        let bytes = try directory.bytes(of: Self.file)
        try DataDirectory.createDirectory(directory.path + "/cut-0")
        for length in 0...bytes.count {
            try directory.write(Array(bytes[..<length]), to: "cut-0/00000000000000000000.log")
            let cut = try PartitionLog(directory: directory.path + "/cut-0")
            let whole = length / TestBatches.fromKcat.count
            #expect(cut.endOffset == Int64(whole * 3))
            #expect(try directory.bytes(of: "cut-0/00000000000000000000.log").count == whole * TestBatches.fromKcat.count)
            // More batches can be appended.
            try cut.append(TestBatches.fromKcat)
            #expect(try cut.allRecords().count == (whole + 1) * 3)
        }
    }

    @Test func damagedBatchAndAllAfterItAreMovedAside() throws {
        let log = try PartitionLog(directory: path)
        for _ in 0..<3 { try log.append(TestBatches.fromKcat) }
        var bytes = try directory.bytes(of: Self.file)
        let second = TestBatches.fromKcat.count
        bytes[second + 70] ^= 1
        try directory.write(bytes, to: Self.file)
        let opened = try PartitionLog(directory: path)
        #expect(opened.endOffset == 3)
        #expect(try directory.bytes(of: "\(Self.file).damaged-\(second)") == Array(bytes[second...]))
    }

    /// A length beyond the end of the file is not an incomplete batch if a valid batch follows.
    @Test func wrongBatchLengthIsDamage() throws {
        let log = try PartitionLog(directory: path)
        for _ in 0..<3 { try log.append(TestBatches.fromKcat) }
        var bytes = try directory.bytes(of: Self.file)
        bytes[9] ^= 1
        try directory.write(bytes, to: Self.file)
        #expect(try PartitionLog(directory: path).endOffset == 0)
        #expect(try directory.bytes(of: "\(Self.file).damaged-0") == bytes)
    }

    /// The valid batch after a wrong length may begin anywhere, also at the boundary of two search windows.
    @Test(arguments: [0, (1 << 20) - 200, (1 << 20) - 61, (1 << 20) - 30, (1 << 20), (1 << 20) + 500, 3 << 20])
    func validBatchFarAfterAWrongLengthIsFound(_ gap: Int) throws {
        var head = Array(TestBatches.fromKcat[..<RecordBatchHeader.byteCount])
        head.replaceSubrange(8..<12, with: [0x07, 0, 0, 0])
        let filling = [UInt8](repeating: 0, count: gap)
        for name in ["torn-0", "damaged-0"] { try DataDirectory.createDirectory("\(directory.path)/\(name)") }
        try directory.write(head + filling, to: "torn-0/00000000000000000000.log")
        _ = try PartitionLog(directory: directory.path + "/torn-0")
        #expect(try directory.bytes(of: "torn-0/00000000000000000000.log") == [])
        let second = try TestBatches.make([("a", String(repeating: "v", count: 300))], baseOffset: 3)
        try directory.write(head + filling + second, to: "damaged-0/00000000000000000000.log")
        _ = try PartitionLog(directory: directory.path + "/damaged-0")
        #expect(try directory.bytes(of: "damaged-0/00000000000000000000.log.damaged-0") == head + filling + second)
    }

    /// The checksum does not cover a batch's base offset.
    @Test func baseOffsetOfMaximumValueIsDamage() throws {
        let log = try PartitionLog(directory: path)
        try log.append(TestBatches.make([("a", "1")]))
        var bytes = try directory.bytes(of: Self.file)
        bytes.replaceSubrange(0..<8, with: [0x7F] + [UInt8](repeating: 0xFF, count: 7))
        try directory.write(bytes, to: Self.file)
        #expect(try PartitionLog(directory: path).endOffset == 0)
        #expect(try directory.bytes(of: "\(Self.file).damaged-0") == bytes)
    }

    /// As Kafka does, it fills the limit with a part of the next batch, but begins with a whole one.
    @Test func readReturnsBatchesWithinTheLimit() throws {
        let log = try PartitionLog(directory: path)
        for _ in 0..<4 { try log.append(TestBatches.fromKcat) }
        let one = TestBatches.fromKcat.count
        func count(from offset: Int64, _ bytesMax: Int, _ firstAlways: Bool) throws -> Int? {
            try log.read(from: offset, bytesMax: bytesMax, firstAlways: firstAlways)?.bytes.count
        }
        #expect(try count(from: 0, 10, false) == 0)
        #expect(try count(from: 0, 10, true) == one)
        #expect(try count(from: 0, one * 2 + 5, false) == one * 2 + 5)
        #expect(try count(from: 0, one * 3 - 1, false) == one * 3 - 1)
        #expect(try count(from: 3, one, false) == one)
        #expect(try count(from: 4, .max, false) == one * 3)
        #expect(try count(from: 12, .max, true) == 0)
        #expect(try count(from: 13, .max, true) == nil)
        #expect(try count(from: -1, .max, true) == nil)
    }

    @Test func everyOffsetIsFoundThroughTheIndex() throws {
        let log = try PartitionLog(directory: path)
        let value = String(repeating: "v", count: 300)
        for batch in 0..<100 {
            try log.append(try TestBatches.make([("a", value), ("b", "\(batch)"), ("c", value)]))
        }
        for reopens in [false, true] {
            let opened = reopens ? try PartitionLog(directory: path) : log
            for offset in Int64(0)..<300 {
                let batches = try #require(try opened.read(from: offset, bytesMax: 1, firstAlways: true))
                let records = try TestBatches.records(in: batches.bytes, from: offset)
                #expect(records.first?.hasPrefix("\(offset):") == true)
            }
        }
    }

    @Test func recordsAreFoundByTimestamp() throws {
        let log = try PartitionLog(directory: path)
        #expect(try log.latestByTime() == nil)
        try log.append(try TestBatches.make([("a", "1"), ("b", "2")], firstTimestamp: 1000))
        try log.append(try TestBatches.make([("a", "1"), ("b", "2")], codec: .gzip, firstTimestamp: 2000))
        #expect(try log.firstRecord(timestampAtLeast: 0) == .init(timestamp: 1000, offset: 0))
        #expect(try log.firstRecord(timestampAtLeast: 1001) == .init(timestamp: 1001, offset: 1))
        #expect(try log.firstRecord(timestampAtLeast: 1002) == .init(timestamp: 2000, offset: 2))
        #expect(try log.firstRecord(timestampAtLeast: 2001) == .init(timestamp: 2001, offset: 3))
        #expect(try log.firstRecord(timestampAtLeast: 2002) == nil)
        #expect(try log.latestByTime() == .init(timestamp: 2001, offset: 3))
    }

    @Test func logAppendTimeReplacesTimestampsAndUpdatesTheChecksum() throws {
        let log = try PartitionLog(directory: path)
        try log.append(TestBatches.fromKcat, appendTime: 12345)
        let opened = try PartitionLog(directory: path)
        #expect(opened.endOffset == 3)
        #expect(try opened.firstRecord(timestampAtLeast: 1) == .init(timestamp: 12345, offset: 0))
    }
}
