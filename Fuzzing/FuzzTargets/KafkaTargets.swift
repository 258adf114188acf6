import KafkaBroker
import KafkaProtocol
import KafkaTestSupport
import KafkaWire
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// The bodies of a broker's responses.
    ///
    /// Input: index of the API key in `APIKey.all` | version | body
    static let kafkaResponses = FuzzTarget("kafka-responses") {
        try messageSeeds { exchange in
            guard let key = APIKey.all.firstIndex(of: exchange.header.apiKey),
                let body = try exchange.responseBody()
            else { return nil }
            return [UInt8(key), UInt8(truncatingIfNeeded: exchange.header.apiVersion)] + body
        }
    } decode: { input in
        guard input.count >= 2, APIKey.all.indices.contains(Int(input[0])),
            let type = KafkaMessages.responses[APIKey.all[Int(input[0])]], type.versions.contains(Int16(input[1]))
        else { return }
        try roundTrip(type, version: Int16(input[1]), UnsafeRawBufferPointer(rebasing: input[2...]))
    }

    /// The requests of a client to the development broker: frame, header, body.
    ///
    /// Input: the client's stream
    static let kafkaRequests = FuzzTarget("kafka-requests") {
        try messageSeeds { exchange in
            (0..<4).map { UInt8(truncatingIfNeeded: exchange.request.count >> (24 - $0 * 8)) } + exchange.request
        }
    } decode: { input in
        let framer = MessageFramer(messageBytesMin: MessageFramer.requestBytesMin, messageBytesMax: 1 << 20)
        var rest = input
        while case .frame(let frame, _) = try framer.next(in: rest) {
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: rest[frame]))
            let header = try RequestHeader(from: &reader)
            if let type = KafkaMessages.requests[header.apiKey], type.versions.contains(header.apiVersion) {
                let body = reader.rest().array()
                try body.withExactBytes { try roundTrip(type, version: header.apiVersion, $0) }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[frame.upperBound...])
        }
    }

    private static func messageSeeds(_ seed: (CapturedExchange) throws -> [UInt8]?) throws -> [[UInt8]] {
        var seeds: Set<[UInt8]> = []
        for name in Conversation.all(in: "kafka") {
            for exchange in try CapturedExchange.all(of: try Conversation(name)) {
                if let seed = try seed(exchange), seed.count <= 4096 { seeds.insert(seed) }
            }
        }
        return Array(seeds)
    }

    /// A decoded message can be encoded, and decodes to the same message.
    private static func roundTrip<M: KafkaMessage>(
        _: M.Type, version: Int16, _ body: UnsafeRawBufferPointer
    ) throws {
        let message = try M.decode(ByteReader(body), version: version)
        let written = message.encoded(version: version)
        let again = try written.withUnsafeBytes { try M.decode(ByteReader($0), version: version) }
        precondition(again.encoded(version: version) == written, "an encoded message decodes to another message")
    }

    // MARK: Records

    /// Record batches, as fetched and as produced. Checksums are corrected first, which the fuzzer could not guess; a
    /// batch in gzip is also decoded with its records compressed by our encoder.
    static let recordBatches = FuzzTarget("record-batches") {
        var seeds: Set<[UInt8]> = []
        for name in Conversation.all(in: "kafka") {
            for exchange in try CapturedExchange.all(of: try Conversation(name)) {
                for records in try exchange.recordSets() where records.count <= 8192 {
                    seeds.insert(records)
                }
            }
        }
        return Array(seeds)
    } decode: { input in
        let records = withRightChecksums(Array(input))
        for aborted in [nil, [FetchResponse.AbortedTransaction()]] {
            var reader = RecordSetReader(partition: 0, offset: 0, aborted: aborted, expandedBytesMax: 1 << 20)
            try? reader.read(records) { _ = $0.offset }
        }
        for policy in ["delete", "compact"] {
            var configuration = TopicConfiguration()
            configuration["cleanup.policy"] = policy
            _ = try? IncomingBatch(records, for: configuration)
        }
        guard let compressed = compressedByUs(records) else { return }
        var reader = RecordSetReader(partition: 0, offset: 0, expandedBytesMax: 1 << 20)
        try reader.read(compressed) { _ = $0.offset }
    }

    private static func withRightChecksums(_ records: [UInt8]) -> [UInt8] {
        var records = records
        var start = 0
        while records.count - start >= RecordBatchHeader.byteCount {
            let length = records[(start + 8)..<(start + 12)].reduce(0) { $0 << 8 | Int($1) }
            let end = start + RecordBatchHeader.lengthEnd + length
            guard end >= start + RecordBatchHeader.byteCount, end <= records.count else { break }
            let checksum = records[(start + RecordBatchHeader.checksummedFrom)..<end].withUnsafeBytes {
                CRC32C.checksum($0)
            }
            for index in 0..<4 { records[start + 17 + index] = UInt8(checksum >> UInt32(24 - index * 8) & 0xFF) }
            start = end
        }
        return records
    }

    /// The first batch with its payload compressed in gzip; nil if there is no batch.
    private static func compressedByUs(_ records: [UInt8]) -> [UInt8]? {
        guard records.count >= RecordBatchHeader.byteCount,
            var header = records.withUnsafeBytes({ bytes -> RecordBatchHeader? in
                var reader = ByteReader(bytes)
                return try? RecordBatchHeader(from: &reader)
            })
        else { return nil }
        var payload = ByteWriter()
        records[RecordBatchHeader.byteCount...].withUnsafeBytes { Gzip.compress($0, level: 1, into: &payload) }
        header.attributes = header.attributes & ~7 | CompressionCodec.gzip.rawValue
        payload.withUnsafeBytes { header.finish(payload: $0) }
        var writer = ByteWriter()
        header.encode(into: &writer)
        writer.bytes(of: payload)
        return writer.array()
    }
}
