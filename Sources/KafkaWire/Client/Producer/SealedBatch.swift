import KafkaProtocol
import WireCore

/// A batch that still accepts records.
struct OpenBatch: ~Copyable, Sendable {
    var builder: RecordBatchBuilder
    /// The runs before `lastRun`, which grows with each record.
    private var earlierRuns: [TagRun] = []
    private var lastRun = TagRun(tag: 0, count: 0)
    var receipts: [SealedBatch.Receipt] = []
    let openedAt: MonotonicInstant

    init(capacityBytes: Int, openedAt: MonotonicInstant, pool: BlockPool? = nil) {
        builder = RecordBatchBuilder(capacityBytes: capacityBytes, pool: pool)
        self.openedAt = openedAt
    }

    var payloadBytes: Int { builder.payload.count }

    /// Returns the growth of the payload in bytes.
    mutating func append(
        _ record: ProducerCore.NewRecord, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) -> Int {
        let before = payloadBytes
        builder.append(
            key: key, value: value, headers: record.headers, timestampMilliseconds: record.timestampMilliseconds)
        tag(record.tag)
        if let receipt = record.receipt {
            receipts.append(SealedBatch.Receipt(index: builder.recordCount - 1, receipt: receipt))
        }
        return payloadBytes - before
    }

    /// The tags of its records, in order.
    var tags: [TagRun] {
        get {
            if lastRun.count == 0 { return earlierRuns }
            return earlierRuns.isEmpty ? [lastRun] : earlierRuns + [lastRun]
        }
        set {
            earlierRuns = newValue
            lastRun = earlierRuns.popLast() ?? TagRun(tag: 0, count: 0)
        }
    }

    private mutating func tag(_ tag: UInt64) {
        if lastRun.tag != tag, lastRun.count > 0 {
            earlierRuns.append(lastRun)
            lastRun.count = 0
        }
        lastRun.tag = tag
        lastRun.count &+= 1
    }
}

/// A batch whose records are final. Immutable, so one thread may send it while others read it.
final class SealedBatch: Sendable {
    struct Receipt: Sendable {
        let index: Int32
        let receipt: RecordReceipt
    }

    let builder: RecordBatchBuilder
    let tags: [TagRun]
    let receipts: [Receipt]
    let openedAt: MonotonicInstant

    init(_ open: consuming OpenBatch) {
        tags = open.tags
        receipts = open.receipts
        openedAt = open.openedAt
        builder = open.takeBuilder()
    }

    var recordCount: Int32 { builder.recordCount }
    var payloadBytes: Int { builder.payload.count }

    /// The same records in two batches, for a broker for which this one is too large.
    func halves() throws(KafkaError) -> [SealedBatch] {
        let firstCount = Int(recordCount) / 2
        var parts: [SealedBatch] = []
        var position = 0
        var taken = 0
        do throws(WireError) {
            for count in [firstCount, Int(recordCount) - firstCount] {
                var part = OpenBatch(capacityBytes: payloadBytes / 2 + 64, openedAt: openedAt)
                position = try copy(count, from: position, into: &part)
                part.tags = tags(from: taken, count: count)
                part.receipts = receipts.compactMap { entry in
                    let index = Int(entry.index) - taken
                    return (0..<count).contains(index) ? Receipt(index: Int32(index), receipt: entry.receipt) : nil
                }
                taken += count
                parts.append(SealedBatch(part))
            }
        } catch { throw .malformed(context: "own record batch", error) }
        return parts
    }

    /// Appends records from an offset in the payload; returns the offset after them.
    private func copy(_ count: Int, from start: Int, into part: inout OpenBatch) throws(WireError) -> Int {
        var header = RecordBatchHeader()
        header.baseTimestamp = builder.baseTimestamp
        return try builder.payload.withUnsafeBytes { (bytes) throws(WireError) -> Int in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            for _ in 0..<count {
                let record = try ConsumedRecord(from: &reader, in: header, partition: 0)
                part.builder.append(record)
            }
            return start + reader.offset
        }
    }

    /// The tags of `count` records after the first `skipped`.
    private func tags(from skipped: Int, count: Int) -> [TagRun] {
        var runs: [TagRun] = []
        var (toSkip, toTake) = (skipped, count)
        for run in tags {
            let skippedHere = min(toSkip, run.count)
            toSkip -= skippedHere
            let taken = min(toTake, run.count - skippedHere)
            if taken > 0 { runs.append(TagRun(tag: run.tag, count: taken)) }
            toTake -= taken
        }
        return runs
    }
}

extension KafkaBatchEvent {
    init(topic: String, partition: Int32, _ batch: SealedBatch) {
        self.init(
            topic: topic, partition: partition, recordCount: Int(batch.recordCount), recordBytes: batch.payloadBytes)
    }
}

extension OpenBatch? {
    /// Whether there is a batch with more than `limit` bytes of records.
    func hasPayload(above limit: Int) -> Bool {
        switch self {
        case .none: false
        case .some(let batch): batch.payloadBytes > limit
        }
    }
}

extension OpenBatch {
    fileprivate consuming func takeBuilder() -> RecordBatchBuilder { builder }
}
