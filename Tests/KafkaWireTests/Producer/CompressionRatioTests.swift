import KafkaProtocol
import Testing

@testable import KafkaWire
@testable import WireCore

/// `batch.size` limits batches as they are sent, compressed.
@Suite struct CompressionRatioTests {
    private static let now = MonotonicInstant(nanoseconds: 1_000_000_000)

    /// The steps of Java's `CompressionRatioEstimator`.
    @Test func estimateFollowsBatchesInSmallSteps() {
        var ratio = CompressionRatio()
        ratio.observe(compressedBytes: 10, of: 100)
        #expect(ratio.value == 0.995)
        for _ in 0..<1000 { ratio.observe(compressedBytes: 10, of: 100) }
        #expect(ratio.value == 0.1)
        ratio.observe(compressedBytes: 11, of: 100)
        #expect(abs(ratio.value - 0.15) < 1e-9)
        ratio.observe(compressedBytes: 90, of: 100)
        #expect(ratio.value == 0.9)
        ratio.observe(compressedBytes: 0, of: 0)
        #expect(ratio.value == 0.9)
        #expect(ratio.compressedBytes(of: 1000) == 945)
        // The bytes are rounded down.
        #expect((999...1000).contains(ratio.payloadBytes(compressedTo: 945)))
    }

    private static func core(_ codec: CompressionCodec, batchBytesMax: Int) -> ProducerCore {
        var configuration = ProducerConfiguration()
        configuration.compression = codec
        configuration.batchBytesMax = batchBytesMax
        var core = ProducerCore(configuration)
        core.adopt(ProducerIdentity(producerID: 7, epoch: 0))
        _ = core.topicIndex("t")
        let partition = TopicDescription.Partition(index: 0, leader: 1, replicas: [1], inSyncReplicas: [1])
        _ = core.update([TopicDescription(name: "t", partitions: [partition])])
        core.connected(1)
        return core
    }

    /// The size of the records of the first full batch, which is compressed to `ratio` of it, stored, and removed.
    private static func fill(_ core: inout ProducerCore, ratio: Double = 1) throws -> Int {
        let value = [UInt8](repeating: 0, count: 1000)
        while !core.topics[0].partitions[0].queue.hasWaiting {
            let step = value.withUnsafeBytes { value in
                core.append(
                    ProducerCore.NewRecord(
                        topicIndex: 0, partition: 0, key: nil, value: BorrowedBytes(value), headers: .none,
                        timestampMilliseconds: 0, tag: 0, receipt: nil), now: now)
            }
            guard case .appended = step else { throw KafkaError.closed }
        }
        guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: now) else { throw KafkaError.closed }
        let bytes = assignments[0].batch.payloadBytes
        core.compressed(assignments, [Int(Double(bytes) * ratio)])
        _ = core.settle(
            assignments.map { ProducerCore.Answer(place: $0.place, outcome: .stored) }, ofBroker: 1, now: now)
        return bytes
    }

    @Test func batchGrowsUntilItsCompressedSizeIsTheLimit() throws {
        var core = Self.core(.lz4, batchBytesMax: 20_000)
        var sizes: [Int] = []
        for _ in 0..<400 { sizes.append(try Self.fill(&core, ratio: 0.25)) }
        // At first a batch is expected to be a little larger than its records.
        #expect((18_000...20_000).contains(sizes[0]))
        // The sizes are whole bytes, so that a batch may compress a little worse than the one before.
        #expect((62_000...77_000).contains(sizes[399]) && sizes.allSatisfy { $0 <= 77_000 }, "\(sizes[399])")
        // One batch that does not compress is enough to make the next ones small again.
        _ = try Self.fill(&core, ratio: 1)
        _ = try Self.fill(&core, ratio: 1)
        let next = try Self.fill(&core, ratio: 1)
        #expect((17_000...20_000).contains(next))
    }

    @Test func batchWithoutACodecHasTheLimitOfItsRecords() throws {
        var core = Self.core(.none, batchBytesMax: 20_000)
        for _ in 0..<100 {
            let bytes = try Self.fill(&core)
            #expect((18_000...20_000).contains(bytes))
        }
    }

    /// Records are compressed when they are sent: until then they are in memory.
    @Test func recordsOfABatchAreAnEighthOfTheBufferAtMost() throws {
        var core = Self.core(.zstd, batchBytesMax: 500_000)
        var largest = 0
        for _ in 0..<300 { largest = max(largest, try Self.fill(&core, ratio: 0.01)) }
        #expect((1_200_000...10 * 1_048_576 / 8).contains(largest), "\(largest)")
        var large = Self.core(.zstd, batchBytesMax: 4_000_000)
        let first = try Self.fill(&large, ratio: 0.01)
        #expect((3_700_000...4_000_000).contains(first))
    }

    /// What the broker has refused is the compressed batch.
    @Test func tooLargeBatchHalvesItsCompressedSize() throws {
        var core = Self.core(.lz4, batchBytesMax: 40_000)
        for _ in 0..<400 { _ = try Self.fill(&core, ratio: 0.25) }
        let value = [UInt8](repeating: 0, count: 1000)
        for _ in 0..<100 {
            _ = value.withUnsafeBytes { value in
                core.append(
                    ProducerCore.NewRecord(
                        topicIndex: 0, partition: 0, key: nil, value: BorrowedBytes(value), headers: .none,
                        timestampMilliseconds: 0, tag: 0, receipt: nil), now: Self.now)
            }
        }
        guard case .send(let assignments) = core.nextStep(ofBroker: 1, now: Self.now) else {
            return #expect(Bool(false), "nothing is sent")
        }
        let bytes = assignments[0].batch.payloadBytes
        _ = core.settle(
            assignments.map { ProducerCore.Answer(place: $0.place, outcome: .refused(.messageTooLarge)) }, ofBroker: 1,
            now: Self.now)
        let partition = core.topics[0].partitions[0]
        #expect(partition.batchBytesMax == partition.topic.compressionRatio.compressedBytes(of: bytes) / 2)
        #expect(abs(partition.payloadBytesMax - bytes / 2) <= 8)
        #expect(partition.queue.waitingCount == 2)
    }
}
