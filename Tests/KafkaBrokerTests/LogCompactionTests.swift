import Foundation
import KafkaProtocol
import KafkaTestSupport
import Synchronization
import Testing
import WireCore
import WireTestSupport

@testable import KafkaBroker

@Suite struct LogCompactionTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/t-0" }

    init() throws { directory = try TemporaryDirectory() }

    private func compacting() -> LogSettings {
        var settings = LogSettings()
        settings.isCompacted = true
        settings.deletesOldSegments = false
        settings.segmentBytes = 10_000
        return settings
    }

    private func open(_ change: (inout LogSettings) -> Void = { _ in }) throws -> PartitionLog {
        var settings = compacting()
        change(&settings)
        return try PartitionLog(directory: path, settings: settings, now: 1000)
    }

    /// Closes the active segment, which is never compacted.
    private func roll(_ log: PartitionLog) throws {
        try log.state.withLock { state in try log.roll(now: 1000, &state) }
    }

    /// Compacts the log, which is then opened again.
    private func compacted(_ log: PartitionLog, now: Int64 = 2000) throws -> PartitionLog {
        _ = try LogCompaction.run(log, now: now)
        let records = try log.allRecords()
        let opened = try open()
        #expect(try opened.allRecords() == records)
        #expect(opened.endOffset == log.endOffset)
        return opened
    }

    @Test func lastRecordOfEachKeyKeepsItsOffset() throws {
        let log = try open()
        try log.append(try TestBatches.make([("a", "1"), ("b", "1"), ("a", "2")]))
        try log.append(try TestBatches.make([("a", "3"), ("c", "1"), ("b", "2")], codec: .gzip))
        try log.append(try TestBatches.make([("a", "4")]))
        try roll(log)
        let after = try compacted(log)
        #expect(try after.allRecords() == ["4:c=1", "5:b=2", "6:a=4"])
        #expect(after.endOffset == 7)
        // The offset of a removed record leads to the next record.
        let batches = try #require(try after.read(from: 1, bytesMax: .max, firstAlways: true))
        #expect(try TestBatches.records(in: batches.bytes, from: 1).first == "4:c=1")
    }

    /// An offset index has an entry before a batch with at least `index.interval.bytes` before it. What remains may end
    /// with a long batch and have none, and a time index has none of records without timestamps.
    @Test(arguments: [1000, -10] as [Int64])
    func segmentsWithoutIndexEntriesAreCompacted(firstTimestamp: Int64) throws {
        let log = try open()
        let long = String(repeating: "x", count: 6000)
        try log.append(try TestBatches.make([("a", "1"), ("b", "1")], firstTimestamp: firstTimestamp))
        try log.append(try TestBatches.make([("a", "2"), ("c", long)], firstTimestamp: firstTimestamp))
        try roll(log)
        let after = try compacted(log)
        #expect(try after.allRecords() == ["1:b=1", "2:a=2", "3:c=\(long)"])
        #expect(try log.firstRecord(timestampAtLeast: 0)?.offset == (firstTimestamp > 0 ? 1 : nil))
    }

    @Test func activeSegmentIsNotCompacted() throws {
        let log = try open()
        for value in 0..<5 { try log.append(try TestBatches.make([("a", "\(value)")])) }
        #expect(try compacted(log).allRecords().count == 5)
    }

    @Test func smallCompactedSegmentsBecomeOne() throws {
        let log = try open()
        for value in 0..<4 {
            try log.append(try TestBatches.make([("k\(value)", "1"), ("a", "\(value)")]))
            try roll(log)
        }
        let after = try compacted(log)
        #expect(after.bases == [0, 8])
        #expect(try after.allRecords() == ["0:k0=1", "2:k1=1", "4:k2=1", "6:k3=1", "7:a=3"])
    }

    @Test func logIsCompactedWhenMoreThanTheRatioIsDirty() throws {
        let log = try open()
        for value in 0..<10 { try log.append(try TestBatches.make([("k\(value)", "1")])) }
        try roll(log)
        #expect(try LogCompaction.run(log, now: 2000) != nil)
        #expect(try LogCompaction.run(log, now: 2000) == nil)
        for _ in 0..<9 { try log.append(try TestBatches.make([("k0", "2")])) }
        try roll(log)
        #expect(try LogCompaction.run(log, now: 2000) == nil)
        try log.append(try TestBatches.make([("k0", "2"), ("k1", "2"), ("k2", "2")]))
        try roll(log)
        #expect(try LogCompaction.run(log, now: 2000) != nil)
    }

    @Test func compactionLagsAreObserved() throws {
        let log = try open { $0.compactionLagMilliseconds = 500...1000; $0.dirtyRatioMin = 1 }
        for value in 0..<3 { try log.append(try TestBatches.make([("a", "\(value)")], firstTimestamp: 1000)) }
        try roll(log)
        #expect(try LogCompaction.run(log, now: 1400) == nil)
        #expect(try LogCompaction.run(log, now: 1900) == nil)
        #expect(try LogCompaction.run(log, now: 2100) != nil)
        #expect(try log.allRecords() == ["2:a=2"])
    }

    private func tombstone(_ key: String) throws -> [UInt8] {
        var builder = RecordBatchBuilder(capacityBytes: 64)
        Array(key.utf8).withUnsafeBytes { key in
            builder.append(key: key, value: nil, headers: [], timestampMilliseconds: 1500)
        }
        return builder.encoded()
    }

    @Test func tombstonesAreRemovedAfterTheirRetention() throws {
        let log = try open { $0.deleteRetentionMilliseconds = 100 }
        try log.append(try TestBatches.make([("a", "1"), ("b", "1")]))
        try log.append(try tombstone("a"))
        try roll(log)
        _ = try LogCompaction.run(log, now: 2000)
        #expect(try log.allRecords() == ["1:b=1", "2:a=null"])
        #expect(try log.firstRecord(timestampAtLeast: 1500) == .init(timestamp: 1500, offset: 2))
        _ = try LogCompaction.run(log, now: 2099, force: true)
        for value in 0..<9 { try log.append(try TestBatches.make([("c", "\(value)")])) }
        try roll(log)
        _ = try LogCompaction.run(log, now: 2099)
        #expect(try log.allRecords() == ["1:b=1", "2:a=null", "11:c=8"])
        for value in 0..<9 { try log.append(try TestBatches.make([("c", "\(value)")])) }
        try roll(log)
        _ = try LogCompaction.run(log, now: 2100)
        #expect(try log.allRecords() == ["1:b=1", "20:c=8"])
    }

    @Test func lastSequenceOfAProducerSurvivesCompaction() throws {
        let log = try open()
        func batch(_ sequence: Int32, _ value: String) throws -> [UInt8] {
            try TestBatches.make([("a", value)], stamp: .init(producerID: 9, producerEpoch: 0, baseSequence: sequence))
        }
        try log.append(try batch(0, "1"))
        try log.append(try batch(1, "2"))
        try log.append(try TestBatches.make([("a", "3")]))
        try roll(log)
        let after = try compacted(log)
        #expect(try after.allRecords() == ["2:a=3"])
        #expect(try after.append(try batch(1, "2")) == .appended(baseOffset: 1, isRepeated: true))
        #expect(try after.append(try batch(3, "4")) == .refused(.outOfOrderSequenceNumber))
        #expect(try after.append(try batch(2, "4")) == .appended(baseOffset: 3, isRepeated: false))
    }

    // MARK: Transactions

    private func append(_ log: PartitionLog, _ key: String, _ value: String, sequence: Int32) throws {
        var bytes = TestBatches.altered(
            try TestBatches.make(
                [(key, value)], stamp: .init(producerID: 5, producerEpoch: 0, baseSequence: sequence))
        ) { $0[22] |= 0x10 }
        let header = try bytes.withUnsafeBytes { try RecordBatchHeader.first(in: $0) }
        _ = try log.append(&bytes, header, as: 1, appendTime: nil, now: 1000)
    }

    private func end(_ log: PartitionLog, commit: Bool) throws {
        let marker = TransactionMarker(isCommit: commit, coordinatorEpoch: 0)
        #expect(try log.append(marker, producerID: 5, epoch: 0, now: 1000) == .none)
    }

    @Test func abortedRecordsDoNotSupersedeAndAreRemoved() throws {
        let log = try open { $0.deleteRetentionMilliseconds = 100 }
        try append(log, "a", "1", sequence: 0)
        try end(log, commit: true)
        try append(log, "a", "2", sequence: 1)
        try end(log, commit: false)
        try append(log, "b", "3", sequence: 2)
        try end(log, commit: true)
        try log.append(try TestBatches.make([("c", "1"), ("c", "2")]))
        try roll(log)
        let after = try compacted(log)
        #expect(try after.allRecords(.committed) == ["0:a=1", "4:b=3", "7:c=2"])
        #expect(try after.allRecords() == ["0:a=1", "4:b=3", "7:c=2"])
        // The marker without records is removed after its retention, and its transaction is not listed any longer.
        after.apply({ var settings = LogSettings(); settings.isCompacted = true; return settings }())
        for _ in 0..<9 { try after.append(try TestBatches.make([("c", "1"), ("c", "2")])) }
        try roll(after)
        _ = try LogCompaction.run(after, now: 99_000_000)
        #expect(after.state.withLock { $0.aborted } == [])
        #expect(try after.allRecords(.committed) == ["0:a=1", "4:b=3", "25:c=2"])
        #expect(try open().allRecords(.committed) == ["0:a=1", "4:b=3", "25:c=2"])
    }

    @Test func undecidedRecordsAreNotCompacted() throws {
        let log = try open()
        try log.append(try TestBatches.make([("a", "1"), ("a", "2")]))
        try append(log, "a", "3", sequence: 0)
        try roll(log)
        #expect(try LogCompaction.run(log, now: 2000) == nil)
        try end(log, commit: true)
        #expect(try LogCompaction.run(log, now: 2000) != nil)
        #expect(try log.allRecords() == ["2:a=3"])
    }

    // MARK: Crashes

    /// Every prefix of the steps of a replacement leaves the old segments or the new one.
    @Test func interruptedReplacementsAreCompletedOrDiscarded() throws {
        func prepare() throws {
            try DataDirectory.remove(path)
            let log = try open()
            for value in 0..<4 {
                try log.append(try TestBatches.make([("k\(value)", "1"), ("a", "\(value)")]))
                try roll(log)
            }
            try log.synchronize()
        }
        let names = (0...3).map { LogSegment.path(path, Int64($0 * 2), "log") }
        let all = (0..<8).map { $0 % 2 == 0 ? "\($0):k\($0 / 2)=1" : "\($0):a=\($0 / 2)" }
        // An unfinished draft.
        try prepare()
        try directory.write([1, 2, 3], to: "t-0/00000000000000000000.log.cleaned")
        #expect(try open().allRecords() == all)
        // A valid replacement of the first two segments, with 0, 1 or 2 of the old ones removed.
        let replacement = try TestBatches.make([("k0", "new")])
        for removedCount in 0...2 {
            try prepare()
            try directory.write(replacement, to: "t-0/0-4.log.swap")
            for name in names[..<removedCount] { try FileManager.default.removeItem(atPath: name) }
            #expect(try open().allRecords() == ["0:k0=new"] + all[4...])
            #expect(try open().bases == [0, 4, 6, 8])
        }
    }

    /// Not every broker validates compressed records; this one must serve such a log nevertheless.
    @Test func failedReplacementIsAnErrorUntilTheNextStart() throws {
        let log = try PartitionLog(directory: path, settings: compacting(), in: OpenFiles(openMax: 9), now: 1000)
        for value in 0..<2 {
            try log.append(try TestBatches.make([("a", "\(value)")]))
            try roll(log)
        }
        // The compacted log cannot be renamed to a folder.
        let obstacle = path + "/0-2.log.swap"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        #expect(throws: StorageError.self) { try LogCompaction.run(log, now: 2000) }
        let error = #expect(throws: StorageError.self) { try log.read(from: 0, bytesMax: .max, firstAlways: true) }
        #expect(error?.description.contains("compaction has failed") == true)
        #expect(throws: StorageError.self) { try log.bytesAvailable(from: 0, isolation: .uncommitted) }
        try FileManager.default.removeItem(atPath: obstacle)
        #expect(try open().allRecords() == ["0:a=0", "1:a=1"])
    }

    @Test func logWithMalformedRecordsIsNotChanged() throws {
        let log = try open()
        var garbage = TestBatches.altered(try TestBatches.make([("a", "1")], codec: .gzip)) { $0[72] ^= 0xFF }
        let header = try garbage.withUnsafeBytes { try RecordBatchHeader.first(in: $0) }
        _ = try log.append(&garbage, header, as: 1, appendTime: nil, now: 1000)
        for value in 0..<4 { try log.append(try TestBatches.make([("a", "\(value)")])) }
        try roll(log)
        let before = try directory.bytes(of: "t-0/00000000000000000000.log")
        #expect(throws: StorageError.self) { try LogCompaction.run(log, now: 2000) }
        #expect(try directory.bytes(of: "t-0/00000000000000000000.log") == before)
        #expect(log.endOffset == 5)
    }
}
