import KafkaProtocol
import KafkaWire
import WireCore

/// Record batches as they are sent and fetched, and their checksums and codecs.
func recordBenchmarks() throws -> [Benchmark] {
    let key = Array("{\"id\":1234567}".utf8)
    // About as long as an envelope without its schema.
    let value = (0..<6).flatMap { Array(#"{"before":null,"after":{"id":\#($0),"name":"abc"},"op":"c"}"#.utf8) }
    let recordCount = 1000
    let payloadBytes = recordCount * (key.count + value.count)
    func build(_ codec: CompressionCodec) throws -> [UInt8] {
        var builder = RecordBatchBuilder(capacityBytes: payloadBytes * 2)
        key.withUnsafeBytes { key in
            value.withUnsafeBytes { value in
                for index in 0..<recordCount {
                    builder.append(key: key, value: value, headers: [], timestampMilliseconds: Int64(index))
                }
            }
        }
        return builder.encoded(codec: codec)
    }
    func read(_ batch: [UInt8]) throws {
        var reader = RecordSetReader(partition: 0, offset: 0)
        try reader.read(batch) { blackHole($0.offset) }
    }
    let (plain, gzip) = (try build(.none), try build(.gzip))
    var expanded = ByteWriter(capacityBytes: plain.count)
    var compressed = ByteWriter(capacityBytes: plain.count)
    plain.withUnsafeBytes { Gzip.compress($0, into: &compressed) }
    let packed = compressed.array()
    return [
        Benchmark("batch/build", unit: "record", units: recordCount, bytes: payloadBytes) {
            blackHole(try build(.none))
        },
        Benchmark("batch/build-gzip", unit: "record", units: recordCount, bytes: payloadBytes) {
            blackHole(try build(.gzip))
        },
        Benchmark("batch/read", unit: "record", units: recordCount, bytes: plain.count) { try read(plain) },
        Benchmark("batch/read-gzip", unit: "record", units: recordCount, bytes: plain.count) { try read(gzip) },
        Benchmark("fetch/decode", unit: "response", units: 1, bytes: plain.count, body: try fetchDecoding(plain)),
        Benchmark("crc32c", unit: "call", units: 1, bytes: plain.count) {
            plain.withUnsafeBytes { blackHole(CRC32C.checksum($0)) }
        },
        Benchmark("crc32", unit: "call", units: 1, bytes: plain.count) {
            plain.withUnsafeBytes { blackHole(CRC32.checksum($0)) }
        },
        Benchmark("gzip/compress", unit: "call", units: 1, bytes: plain.count) {
            expanded.reset()
            plain.withUnsafeBytes { Gzip.compress($0, into: &expanded) }
            blackHole(expanded.count)
        },
        Benchmark("gzip/expand", unit: "call", units: 1, bytes: plain.count) {
            expanded.reset()
            try packed.withUnsafeBytes { try Gzip.expand($0, limitBytes: 1 << 30, into: &expanded) }
            blackHole(expanded.count)
        },
    ]
}

/// A response of one partition whose records are a whole batch.
private func fetchDecoding(_ batch: [UInt8]) throws -> () throws -> Void {
    var partition = FetchResponse.PartitionData()
    partition.records = batch
    var topic = FetchResponse.FetchableTopicResponse()
    topic.topic = "t"
    topic.partitions = [partition]
    var response = FetchResponse()
    response.responses = [topic]
    let version: Int16 = 12
    let bytes = response.encoded(version: version)
    return {
        try bytes.withUnsafeBytes { bytes in
            blackHole(try FetchResponse.decode(ByteReader(bytes), version: version).responses.count)
        }
    }
}
