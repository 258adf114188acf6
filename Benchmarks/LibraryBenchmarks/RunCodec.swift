import Foundation
import KafkaProtocol
import WireCore

/// Compresses or expands the items of a file, which each follow their length (4 bytes, little-endian), `rounds` times.
/// Writes the results to another file in the same form, unless `output` is `-`.
///
/// - Returns: the number of items, the bytes of their uncompressed content, and the time of the fastest round.
func runCodec(
    _ name: String, direction: String, level: Int32?, input: String, output: String, rounds: Int
) throws -> Outcome {
    guard let codec = CodecUnderTest(rawValue: name), ["compress", "expand"].contains(direction) else {
        throw BenchmarkError("\(direction) with \(name) is unknown")
    }
    let items = try [UInt8](Data(contentsOf: URL(filePath: input)))
    var results = ByteWriter(capacityBytes: items.count)
    var best: Outcome?
    for _ in 0..<rounds {
        results.reset()
        let outcome = try Outcome.timed {
            try items.withUnsafeBytes { items in
                let (count, itemBytes) = try forEachItem(of: items) { item in
                    let offset = results.count
                    results.littleEndian(UInt32(0))
                    if direction == "compress" {
                        codec.compress(item, level: level, into: &results)
                    } else {
                        try codec.expand(item, into: &results)
                    }
                    results.patchBigEndian(UInt32(results.count - offset - 4).byteSwapped, at: offset)
                }
                return (count, direction == "compress" ? itemBytes : results.count - 4 * count)
            }
        }
        if best.map({ outcome.seconds < $0.seconds }) ?? true { best = outcome }
    }
    if output != "-" { try Data(results.array()).write(to: URL(filePath: output)) }
    guard let best else { throw BenchmarkError("no round was run") }
    return best
}

private func forEachItem(
    of items: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
) throws -> (count: Int, itemBytes: Int) {
    var (rest, count, bytes) = (items, 0, 0)
    while !rest.isEmpty {
        guard rest.count >= 4 else { throw BenchmarkError("the file ends within a length") }
        let length = Int(UInt32(littleEndian: rest.loadUnaligned(as: UInt32.self)))
        guard length <= rest.count - 4 else { throw BenchmarkError("the file ends within an item") }
        try body(UnsafeRawBufferPointer(rebasing: rest[4..<4 + length]))
        rest = UnsafeRawBufferPointer(rebasing: rest[(4 + length)...])
        count += 1
        bytes += length
    }
    return (count, bytes)
}

/// The formats that programs of other projects read and write, and Kafka's framing of Snappy.
private enum CodecUnderTest: String {
    case gzip, lz4, snappy, zstd, kafkaSnappy = "kafka-snappy"

    func compress(_ bytes: UnsafeRawBufferPointer, level: Int32?, into writer: inout ByteWriter) {
        switch self {
        case .gzip: CompressionCodec.gzip.compress(bytes, level: level, into: &writer)
        case .lz4: CompressionCodec.lz4.compress(bytes, level: level, into: &writer)
        case .zstd: CompressionCodec.zstd.compress(bytes, level: level, into: &writer)
        case .kafkaSnappy: CompressionCodec.snappy.compress(bytes, into: &writer)
        case .snappy: Snappy.compress(bytes, into: &writer)
        }
    }

    func expand(_ bytes: UnsafeRawBufferPointer, into writer: inout ByteWriter) throws(CompressionError) {
        let limit = CompressionCodec.expandedBytesMax
        switch self {
        case .gzip: try Gzip.expand(bytes, limitBytes: limit, into: &writer)
        case .lz4: try LZ4.expand(bytes, limitBytes: limit, into: &writer)
        case .zstd: try Zstandard.expand(bytes, limitBytes: limit, into: &writer)
        case .snappy, .kafkaSnappy: try XerialSnappy.expand(bytes, limitBytes: limit, into: &writer)
        }
    }
}
