import KafkaProtocol
import KafkaTestSupport
import Testing
import WireTestSupport

@testable import KafkaBroker

@Suite struct IncomingBatchTests {
    private func refusal(_ bytes: [UInt8]?, compacted: Bool = false, bytesMax: String? = nil) -> KafkaErrorCode {
        var configuration = TopicConfiguration()
        if compacted { configuration["cleanup.policy"] = "compact" }
        configuration["max.message.bytes"] = bytesMax
        do throws(IncomingBatch.ValidationError) {
            _ = try IncomingBatch(bytes, for: configuration)
            return .none
        } catch {
            return error.code
        }
    }

    private func altered(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        TestBatches.altered(TestBatches.fromKcat, change)
    }

    @Test func capturedBatchesAreAccepted() {
        #expect(refusal(TestBatches.fromKcat) == .none)
        #expect(refusal(TestBatches.fromKcat, compacted: true) == .none)
        #expect(refusal(TestBatches.fromIdempotentKcat) == .none)
    }

    @Test func emptyAndMultipleBatchesAreRejected() {
        #expect(refusal(nil) == .invalidRecord)
        #expect(refusal([]) == .invalidRecord)
        #expect(refusal(TestBatches.fromKcat + TestBatches.fromKcat) == .invalidRecord)
    }

    /// The rules of `ProduceRequest.validateRecords` and of the classes that read batches for it.
    @Test func partsAndOlderFormatsAreRejectedAsByKafka() throws {
        #expect(refusal(altered { $0[16] = 1 }) == .invalidRecord)
        #expect(refusal(altered { $0[16] = 3 }) == .corruptMessage)
        #expect(refusal(altered { $0[10] = 0x7F }) == .invalidRecord)
        #expect(refusal(altered { $0[11] = 13 }) == .corruptMessage)
        let batch = try IncomingBatch(TestBatches.fromKcat + TestBatches.fromKcat.dropLast(), for: TopicConfiguration())
        #expect(batch.bytes == TestBatches.fromKcat)
    }

    /// Only the topic decides whether the broker's time replaces that of the records.
    @Test func producersDoNotClaimTimesOfTheBroker() throws {
        let batch = try IncomingBatch(altered { $0[22] = 8 }, for: TopicConfiguration())
        #expect(!batch.header.hasLogAppendTime)
        #expect(batch.bytes == TestBatches.fromKcat)
    }

    @Test func zstandardNeedsItsVersion() throws {
        func code(_ codec: CompressionCodec, _ version: Int16) throws -> KafkaErrorCode {
            let bytes = try TestBatches.make([("k", "v")], codec: codec)
            do throws(IncomingBatch.ValidationError) {
                _ = try IncomingBatch(bytes, for: TopicConfiguration(), version: version)
                return .none
            } catch { return error.code }
        }
        #expect(try code(.zstd, 6) == .unsupportedCompressionType)
        #expect(try code(.zstd, 7) == .none)
        #expect(try code(.lz4, 3) == .none)
    }

    @Test func everyPrefixIsRejected() {
        for length in 1..<TestBatches.fromKcat.count {
            #expect(refusal(Array(TestBatches.fromKcat[..<length])) == .invalidRecord)
        }
    }

    /// The checksum does not cover base offset and leader epoch; the broker overwrites the epoch.
    @Test func everyFlippedBitIsDetected() {
        for index in TestBatches.fromKcat.indices where !(12..<16).contains(index) {
            for bit in 0..<8 {
                var bytes = TestBatches.fromKcat
                bytes[index] ^= 1 << UInt8(bit)
                #expect(refusal(bytes) != .none, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func damageUnderAValidChecksumNeverTraps() {
        for index in 21..<TestBatches.fromKcat.count {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] { _ = refusal(altered { $0[index] = value }) }
        }
    }

    @Test func inconsistentCountsAndUnknownCodecsAreRejected() {
        #expect(refusal(altered { $0[26] = 5 }) == .invalidRecord)
        #expect(refusal(altered { $0[60] = 4 }) == .invalidRecord)
        #expect(refusal(altered { $0[22] = 5 }) == .unsupportedCompressionType)
        #expect(refusal(altered { $0[22] = 32 }) == .invalidRecord)
        // A transactional batch without a producer id.
        #expect(refusal(altered { $0[22] = 16 }) == .invalidRecord)
        // The first record's length reaches into the second.
        #expect(refusal(altered { $0[61] = 0x12 }) == .invalidRecord)
    }

    @Test func compactedTopicsRequireKeys() throws {
        #expect(refusal(TestBatches.fromIdempotentKcat, compacted: true) == .invalidRecord)
        #expect(refusal(try TestBatches.make([("k", "1"), (nil, "2")], codec: .gzip), compacted: true) == .invalidRecord)
        #expect(refusal(try TestBatches.make([("k", "1"), ("l", "2")], codec: .gzip), compacted: true) == .none)
    }

    /// KIP-467.
    @Test func refusedRecordsAreNamed() throws {
        let bytes = try TestBatches.make([(nil, "1"), ("k", "2"), (nil, "3")], codec: .zstd)
        var configuration = TopicConfiguration()
        configuration["cleanup.policy"] = "compact"
        let error = #expect(throws: IncomingBatch.ValidationError.self) {
            try IncomingBatch(bytes, for: configuration)
        }
        #expect(error?.records.map(\.index) == [0, 2])
        #expect(error?.records.allSatisfy { $0.message.contains("without key") } == true)
        #expect(error?.message.contains("2 record errors") == true)
    }

    @Test func maxMessageBytesIsEnforced() {
        #expect(refusal(TestBatches.fromKcat, bytesMax: "\(TestBatches.fromKcat.count)") == .none)
        #expect(refusal(TestBatches.fromKcat, bytesMax: "\(TestBatches.fromKcat.count - 1)") == .messageTooLarge)
    }

    // MARK: Recompression

    private func stored(_ bytes: [UInt8], _ settings: [String: String], now: Int64? = nil) throws -> IncomingBatch {
        var configuration = TopicConfiguration()
        for (name, value) in settings { configuration[name] = value }
        return try IncomingBatch(bytes, for: configuration, now: now)
    }

    @Test(arguments: ["gzip", "snappy", "lz4", "zstd", "uncompressed"], CompressionCodec.allCases)
    func batchesAreCompressedAsTheTopicRequires(_ type: String, _ codec: CompressionCodec) throws {
        let value = String(repeating: "value", count: 50)
        let records: [(key: String?, value: String)] = (0..<20).map { (key: "k\($0)", value: value) }
        let bytes = try TestBatches.make(records, codec: codec)
        let batch = try stored(bytes, ["compression.type": type])
        let wanted = type == "uncompressed" ? CompressionCodec.none : CompressionCodec(name: type)
        #expect(CompressionCodec(rawValue: batch.header.codecNumber) == wanted)
        #expect(try TestBatches.records(in: batch.bytes) == TestBatches.records(in: bytes))
        #expect(batch.bytes.span.bytes.withUnsafeBytes { RecordBatchHeader.isChecksumValid(of: $0) })
        #expect(try stored(bytes, ["compression.type": "producer"]).bytes == bytes)
        if codec == wanted { #expect(batch.bytes == bytes) }
    }

    @Test func compressedRecordsAreValidated() throws {
        let bytes = try TestBatches.make([("k", "1"), (nil, "2")], codec: .lz4)
        #expect(refusal(bytes) == .none)
        #expect(refusal(bytes, compacted: true) == .invalidRecord)
        #expect(refusal(TestBatches.altered(bytes) { $0[26] = 0; $0[60] = 1 }) == .invalidRecord)
        #expect(refusal(TestBatches.altered(bytes) { $0[70] ^= 0xFF }) == .corruptMessage)
    }

    @Test func timestampsOutOfRangeAreRejected() throws {
        let bytes = try TestBatches.make([("k", "1")], firstTimestamp: 10_000)
        func isAccepted(_ settings: [String: String], now: Int64) -> Bool {
            (try? stored(bytes, settings, now: now)) != nil
        }
        #expect(isAccepted([:], now: 9000))
        #expect(!isAccepted(["message.timestamp.after.max.ms": "999"], now: 9000))
        #expect(isAccepted(["message.timestamp.after.max.ms": "1000"], now: 9000))
        #expect(!isAccepted(["message.timestamp.before.max.ms": "500"], now: 10_501))
        #expect(isAccepted(["message.timestamp.before.max.ms": "500"], now: 10_500))
        let own = ["message.timestamp.before.max.ms": "500", "message.timestamp.type": "LogAppendTime"]
        #expect(isAccepted(own, now: 10_501))
    }

    @Test func largestTimestampIsThatOfTheRecords() throws {
        let right = try TestBatches.make([("k", "1"), ("l", "2")], firstTimestamp: 1000)
        let bytes = TestBatches.altered(right) { $0[42] = 0xFF }
        let batch = try stored(bytes, [:])
        #expect(batch.header.maxTimestamp == 1001)
        #expect(batch.bytes.span.bytes.withUnsafeBytes { RecordBatchHeader.isChecksumValid(of: $0) })
    }
}
