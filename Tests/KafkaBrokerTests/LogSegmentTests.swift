import Foundation
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

/// Logs of several segments: rolling, indexes, recovery, deletion.
@Suite struct LogSegmentTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/t-0" }

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ change: (inout LogSettings) -> Void = { _ in }, now: Int64 = 1000) throws -> PartitionLog {
        var settings = LogSettings()
        settings.segmentBytes = 1000
        change(&settings)
        return try PartitionLog(directory: path, settings: settings, now: now)
    }

    /// Appends batches of two records, about 240 bytes each: four in a segment of 1000 bytes.
    private func fill(
        _ log: PartitionLog, _ count: Int, firstTimestamp: Int64 = 1000, producerID: Int64? = nil, sequence: Int32 = 0
    ) throws {
        let value = String(repeating: "v", count: 80)
        for index in 0..<count {
            let stamp = producerID.map {
                SequenceStamp(producerID: $0, producerEpoch: 0, baseSequence: sequence + Int32(index) * 2)
            }
            try log.append(
                try TestBatches.make(
                    [("k\(index)", value), ("l", value)], stamp: stamp ?? .none,
                    firstTimestamp: firstTimestamp + Int64(index) * 10))
        }
    }

    private func names(_ suffix: String) throws -> [String] {
        try DataDirectory.names(in: path).filter { $0.hasSuffix(suffix) }
    }

    @Test func segmentsAreRolledBySizeAndNamedAfterTheirFirstOffset() throws {
        let log = try open()
        try fill(log, 12)
        #expect(log.bases == [0, 8, 16])
        #expect(
            try names(".log") == [
                "00000000000000000000.log", "00000000000000000008.log", "00000000000000000016.log",
            ])
        let records = try log.allRecords()
        #expect(records.count == 24)
        #expect(records.enumerated().allSatisfy { $1.hasPrefix("\($0):") })
    }

    @Test func segmentsAreRolledByTheTimestampsOfTheirRecords() throws {
        let log = try open { $0.segmentMilliseconds = 100 }
        try fill(log, 1, firstTimestamp: 1000)
        try fill(log, 1, firstTimestamp: 1100)
        try fill(log, 1, firstTimestamp: 1102)
        #expect(log.bases == [0, 4])
    }

    @Test func batchThatIsLargerThanASegmentIsRefused() throws {
        let log = try open { $0.segmentBytes = 100 }
        let value = String(repeating: "v", count: 100)
        #expect(try log.append(try TestBatches.make([("k", value)])) == .refused(.recordListTooLarge))
    }

    @Test func everyOffsetIsFoundInItsSegment() throws {
        let log = try open { $0.indexIntervalBytes = 200 }
        try fill(log, 15)
        let before = log.lengthBytes
        try fill(log, 15)
        for opened in [log, try open { $0.indexIntervalBytes = 200 }] {
            for offset in Int64(0)..<60 {
                let batches = try #require(try opened.read(from: offset, bytesMax: 1, firstAlways: true))
                #expect(try TestBatches.records(in: batches.bytes, from: offset).first?.hasPrefix("\(offset):") == true)
                #expect(try opened.bytesAvailable(from: offset, isolation: .uncommitted) > 0)
            }
            #expect(try opened.bytesAvailable(from: 30, isolation: .uncommitted) == opened.lengthBytes - before)
            #expect(try opened.bytesAvailable(from: 31, isolation: .uncommitted) == opened.lengthBytes - before)
            #expect(try opened.bytesAvailable(from: 60, isolation: .uncommitted) == 0)
        }
    }

    @Test func recordsAreFoundByTimestampInAllSegments() throws {
        let log = try open { $0.indexIntervalBytes = 200 }
        try fill(log, 30)
        for opened in [log, try open { $0.indexIntervalBytes = 200 }] {
            for index in 0..<30 {
                let timestamp = Int64(1000 + index * 10)
                #expect(
                    try opened.firstRecord(timestampAtLeast: timestamp)
                        == .init(timestamp: timestamp, offset: Int64(index * 2)))
                #expect(
                    try opened.firstRecord(timestampAtLeast: timestamp - 5)
                        == .init(timestamp: timestamp, offset: Int64(index * 2)))
            }
            #expect(try opened.firstRecord(timestampAtLeast: 1292) == nil)
            #expect(try opened.latestByTime() == .init(timestamp: 1291, offset: 59))
        }
    }

    // MARK: Recovery

    /// The sequence of a producer whose batches are all in earlier segments comes from the snapshot.
    @Test func producersAreRestoredFromTheSnapshotWithoutTheSegmentsBeforeIt() throws {
        let log = try open()
        try fill(log, 4, producerID: 7)
        try fill(log, 5)
        try log.synchronize()
        #expect(try names(".snapshot") == ["00000000000000000008.snapshot", "00000000000000000016.snapshot"])
        // The first segment is not read: its records could not be.
        var bytes = try directory.bytes(of: "t-0/00000000000000000000.log")
        bytes[300] ^= 1
        try directory.write(bytes, to: "t-0/00000000000000000000.log")
        let opened = try open()
        #expect(opened.endOffset == 18)
        let repeated = try TestBatches.make(
            [("k3", "1"), ("l", "2")], stamp: .init(producerID: 7, producerEpoch: 0, baseSequence: 6))
        #expect(try opened.append(repeated) == .appended(baseOffset: 6, isRepeated: true))
        let gap = try TestBatches.make([("k", "1")], stamp: .init(producerID: 7, producerEpoch: 0, baseSequence: 9))
        #expect(try opened.append(gap) == .refused(.outOfOrderSequenceNumber))
    }

    /// Without a clean stop the segments since the last snapshot are read, and their snapshots written later.
    @Test func segmentsWithoutSnapshotAreReadAgain() throws {
        let log = try open()
        try fill(log, 12, producerID: 7)
        #expect(try names(".snapshot") == [])
        let opened = try open()
        #expect(opened.endOffset == 24)
        try opened.finishClosedSegments()
        #expect(try names(".snapshot") == ["00000000000000000008.snapshot", "00000000000000000016.snapshot"])
        #expect(try ProducerSnapshot.decode(directory.bytes(of: "t-0/00000000000000000016.snapshot"))?.producers[7]?
            .lastSequence == 15)
    }

    @Test(arguments: ["index", "timeindex"]) func missingAndDamagedIndexesAreRebuilt(_ suffix: String) throws {
        let log = try open { $0.indexIntervalBytes = 200 }
        try fill(log, 12)
        try log.synchronize()
        let name = "t-0/00000000000000000000.\(suffix)"
        let before = try directory.bytes(of: name)
        for damaged in [[], [1, 2, 3], [UInt8](repeating: 0xFF, count: 24), nil] as [[UInt8]?] {
            if let damaged {
                try directory.write(damaged, to: name)
            } else {
                try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
            }
            let opened = try open { $0.indexIntervalBytes = 200 }
            #expect(try opened.allRecords().count == 24)
            #expect(try directory.bytes(of: name) == before)
        }
    }

    @Test func segmentsAfterADamagedOneAreMovedAside() throws {
        let log = try open()
        try fill(log, 12)
        var bytes = try directory.bytes(of: "t-0/00000000000000000008.log")
        bytes[300] ^= 1
        try directory.write(bytes, to: "t-0/00000000000000000008.log")
        let opened = try open()
        #expect(opened.endOffset == 10)
        #expect(opened.bases == [0, 8])
        #expect(try names(".damaged-0") == ["00000000000000000016.log.damaged-0"])
        try fill(opened, 3)
        #expect(try open().endOffset == 16)
    }

    // MARK: Retention

    @Test func segmentsBeyondTheSizeAreDeleted() throws {
        let log = try open { $0.retentionBytes = 1700; $0.retentionMilliseconds = -1 }
        try fill(log, 12)
        #expect(log.lengthBytes > 2600)
        #expect(try log.deleteOldSegments(now: 5000) == 1)
        #expect(log.startOffset == 8 && log.bases == [8, 16])
        #expect(try log.read(from: 7, bytesMax: 100, firstAlways: true) == nil)
        #expect(try names(".log").count == 2)
        #expect(try open().startOffset == 8)
    }

    /// The offset of the next record stays known when all records have been deleted.
    @Test func oldSegmentsAreDeletedWithTheActiveOne() throws {
        let log = try open { $0.retentionMilliseconds = 500 }
        try fill(log, 6)
        #expect(try log.deleteOldSegments(now: 1400) == 0)
        #expect(try log.deleteOldSegments(now: 1532) == 1)
        #expect(log.startOffset == 8)
        #expect(try log.deleteOldSegments(now: 1552) == 1)
        #expect(log.startOffset == 12 && log.endOffset == 12 && log.lengthBytes == 0)
        let opened = try open()
        #expect(opened.startOffset == 12 && opened.endOffset == 12)
        try fill(opened, 1)
        #expect(try opened.allRecords().map { $0.prefix(3) } == ["12:", "13:"])
    }

    @Test func recordsBeforeAnOffsetAreDeleted() throws {
        let log = try open { $0.retentionMilliseconds = -1 }
        try fill(log, 12)
        #expect(try log.deleteRecords(before: 9) == 9)
        #expect(try log.deleteRecords(before: 5) == 9)
        #expect(try log.deleteRecords(before: 25) == nil)
        #expect(try log.deleteOldSegments(now: 5000) == 1)
        for opened in [log, try open { $0.retentionMilliseconds = -1 }] {
            #expect(opened.startOffset == 9 && opened.bases == [8, 16])
            #expect(try opened.firstRecord(timestampAtLeast: 0) == .init(timestamp: 1041, offset: 9))
            #expect(try opened.read(from: 8, bytesMax: 100, firstAlways: true) == nil)
        }
    }

    /// A reader that has found its segment reads it to the end, or the next one from the beginning.
    @Test func deletionWhileReadingIsAnOffsetOutOfRange() throws {
        let files = OpenFiles(openMax: 1)
        var settings = LogSettings()
        settings.segmentBytes = 1000
        settings.retentionBytes = 0
        let log = try PartitionLog(directory: path, settings: settings, in: files, now: 1000)
        try fill(log, 12)
        let segment = log.state.withLock { $0.segments[0] }
        #expect(try log.deleteOldSegments(now: 1000) == 3)
        #expect(throws: StorageError.self) { try segment.log.read(count: 10, at: 0) }
        #expect(try log.read(from: 0, bytesMax: 100, firstAlways: true) == nil)
    }

    // MARK: Transactions

    private func transactional(_ producerID: Int64, _ sequence: Int32, _ key: String) throws -> [UInt8] {
        TestBatches.altered(
            try TestBatches.make(
                [(key, "\(producerID)")],
                stamp: .init(producerID: producerID, producerEpoch: 0, baseSequence: sequence))
        ) { $0[22] |= 0x10 }
    }

    private func end(_ log: PartitionLog, _ producerID: Int64, commit: Bool) throws {
        let marker = TransactionMarker(isCommit: commit, coordinatorEpoch: 0)
        #expect(try log.append(marker, producerID: producerID, epoch: 0, now: 1000) == .none)
    }

    private func append(_ log: PartitionLog, _ batch: [UInt8]) throws {
        let header = try batch.withUnsafeBytes { try RecordBatchHeader.first(in: $0) }
        var bytes = batch
        _ = try log.append(&bytes, header, as: 1, appendTime: nil, now: 1000)
    }

    @Test func committedReadersSeeNeitherOpenNorAbortedTransactions() throws {
        let log = try open { $0.segmentBytes = 250 }
        try append(log, try transactional(1, 0, "a"))
        try append(log, try transactional(2, 0, "b"))
        #expect(log.lastStableOffset == 0)
        #expect(try log.allRecords(.committed) == [])
        try end(log, 1, commit: false)
        #expect(log.lastStableOffset == 1)
        try append(log, try transactional(1, 1, "c"))
        try end(log, 2, commit: true)
        #expect(log.lastStableOffset == 3)
        for opened in [log, try open { $0.segmentBytes = 250 }] {
            #expect(opened.lastStableOffset == 3)
            #expect(try opened.allRecords(.committed) == ["1:b=2"])
            #expect(try opened.allRecords() == ["0:a=1", "1:b=2", "3:c=1"])
        }
        let reopened = try open { $0.segmentBytes = 250 }
        try end(reopened, 1, commit: true)
        #expect(reopened.lastStableOffset == 6)
        #expect(try reopened.allRecords(.committed) == ["1:b=2", "3:c=1"])
    }

    @Test func markersOfFencedProducersAndCoordinatorsAreRefused() throws {
        let log = try open()
        try append(log, try transactional(1, 0, "a"))
        let marker = TransactionMarker(isCommit: true, coordinatorEpoch: 3)
        #expect(try log.append(marker, producerID: 1, epoch: 1) == .none)
        #expect(try log.append(marker, producerID: 1, epoch: 0) == .invalidProducerEpoch)
        let older = TransactionMarker(isCommit: true, coordinatorEpoch: 2)
        #expect(try log.append(older, producerID: 1, epoch: 1) == .transactionCoordinatorFenced)
    }
}
