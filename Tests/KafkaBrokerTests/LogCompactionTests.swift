import Foundation
import KafkaProtocol
import KafkaTestSupport
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct LogCompactionTests {
    private let directory: TemporaryDirectory
    private let data: DataDirectory
    private var path: String { directory.path + "/0.log" }

    init() throws {
        directory = try TemporaryDirectory()
        data = try DataDirectory(path: directory.path)
    }

    private func compacted() throws -> PartitionLog {
        try LogCompaction.run(logPath: path, directory: data)
        return try PartitionLog(path: path)
    }

    @Test func lastRecordOfEachKeyKeepsItsOffset() throws {
        let log = try PartitionLog(path: path)
        try log.append(try TestBatches.make([("a", "1"), ("b", "1"), ("a", "2")]))
        try log.append(try TestBatches.make([("a", "3"), ("c", "1"), ("b", "2")], codec: .gzip))
        try log.append(try TestBatches.make([("a", "4"), (nil, "5")]))
        let after = try compacted()
        #expect(try after.allRecords() == ["4:c=1", "5:b=2", "6:a=4", "7:-=5"])
        #expect(after.endOffset == 8)
        // The offset of a removed record leads to the next record.
        let batches = try #require(try after.read(from: 1, bytesMax: .max, firstAlways: true))
        #expect(try TestBatches.records(in: batches.bytes, from: 1).first == "4:c=1")
    }

    @Test func logWithFewSupersededRecordsIsNotCompacted() throws {
        let log = try PartitionLog(path: path)
        try log.append(try TestBatches.make([("a", "1"), ("b", "1"), ("c", "1"), ("a", "2")]))
        let before = try directory.bytes(of: "0.log")
        _ = try compacted()
        #expect(try directory.bytes(of: "0.log") == before)
    }

    @Test func tombstonesAreKept() throws {
        let log = try PartitionLog(path: path)
        var builder = RecordBatchBuilder(capacityBytes: 64)
        Array("a".utf8).withUnsafeBytes { key in
            builder.append(key: key, value: nil, headers: [], timestampMilliseconds: 1)
        }
        try log.append(try TestBatches.make([("a", "1")]))
        try log.append(try builder.encoded())
        #expect(try compacted().allRecords() == ["1:a=null"])
    }

    @Test func lastSequenceOfAProducerSurvivesCompaction() throws {
        let log = try PartitionLog(path: path)
        func batch(_ sequence: Int32, _ value: String) throws -> [UInt8] {
            try TestBatches.make([("a", value)], stamp: .init(producerID: 9, producerEpoch: 0, baseSequence: sequence))
        }
        try log.append(try batch(0, "1"))
        try log.append(try batch(1, "2"))
        try log.append(try TestBatches.make([("a", "3")]))
        let after = try compacted()
        #expect(try after.allRecords() == ["2:a=3"])
        #expect(try after.append(try batch(1, "2")) == .appended(baseOffset: 1, isRepeated: true))
        #expect(try after.append(try batch(3, "4")) == .refused(.outOfOrderSequenceNumber))
        #expect(try after.append(try batch(2, "4")) == .appended(baseOffset: 3, isRepeated: false))
    }

    @Test func batchesInUnreadableCodecsAreKept() throws {
        let log = try PartitionLog(path: path)
        let opaque = TestBatches.altered(try TestBatches.make([("a", "1"), ("a", "2")])) { $0[22] = 4 }
        try log.append(opaque)
        try log.append(try TestBatches.make([("a", "3")]))
        try log.append(try TestBatches.make([("a", "4")]))
        try log.append(try TestBatches.make([("a", "5")]))
        try log.append(try TestBatches.make([("a", "6")]))
        let after = try compacted()
        let bytes = try #require(try after.read(from: 0, bytesMax: .max, firstAlways: true)).bytes
        #expect(Array(bytes[61..<opaque.count]) == Array(opaque[61...]))
        #expect(try TestBatches.records(in: Array(bytes[opaque.count...]), from: 2) == ["5:a=6"])
    }

    /// A topic with malformed compressed records may become a compacted one; the broker must start nevertheless.
    @Test func logWithMalformedRecordsIsNotCompacted() throws {
        let log = try PartitionLog(path: path)
        let garbage = TestBatches.altered(try TestBatches.make([("a", "1")], codec: .gzip)) { $0[72] ^= 0xFF }
        try log.append(garbage)
        for value in 0..<4 { try log.append(try TestBatches.make([("a", "\(value)")])) }
        let before = try directory.bytes(of: "0.log")
        #expect(try compacted().endOffset == 5)
        #expect(try directory.bytes(of: "0.log") == before)
    }

    @Test func compactionIsIdempotent() throws {
        let log = try PartitionLog(path: path)
        for value in 0..<50 { try log.append(try TestBatches.make([("k\(value % 3)", "\(value)")], codec: .gzip)) }
        _ = try compacted()
        let once = try directory.bytes(of: "0.log")
        #expect(try compacted().allRecords() == ["47:k2=47", "48:k0=48", "49:k1=49"])
        #expect(try directory.bytes(of: "0.log") == once)
    }
}
