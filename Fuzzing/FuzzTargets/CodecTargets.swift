import Foundation
import KafkaProtocol
import WireCore
import WireTestSupport

extension FuzzTarget {
    /// The codecs of record batches: compressed bytes of any content are refused or expanded, within the limit.
    ///
    /// Input: the codec's number | compressed bytes
    static let codecs = FuzzTarget("codecs") {
        let files: [(String, CompressionCodec)] = [
            ("fast.lz4", .lz4), ("dependent-blocks.lz4", .lz4), ("block.snappy", .snappy), ("fast.zst", .zstd),
            ("thorough.zst", .zstd),
        ]
        let seeds = try files.map { file, codec in
            [UInt8(codec.rawValue)] + (try Fixtures.bytes("compression/\(file)"))
        }
        let records = Array(String(repeating: "a row, another row; ", count: 20).utf8)
        return seeds + CompressionCodec.allCases.map { [UInt8($0.rawValue)] + compressed(records, $0, level: nil) }
    } decode: { input in
        guard let number = input.first, let codec = CompressionCodec(rawValue: Int16(number % 5)) else { return }
        let limit = 1 << 20
        let payload = UnsafeRawBufferPointer(rebasing: input[1...])
        try codec.withExpanded(payload, messageFormat: Int8(number >> 7) + 1, limitBytes: limit) {
            (error: CompressionError) in error
        } _: { (expanded) throws(CompressionError) in
            precondition(codec == .none || expanded.count <= limit, "more than the limit was expanded")
        }
    }

    /// Records that a codec has compressed are expanded to the same bytes.
    ///
    /// Input: the codec's number and, times 8, the level | records
    static let codecRoundTrips = FuzzTarget("codec-round-trips") {
        let records = Array(String(repeating: "a row, another row; ", count: 200).utf8)
        return (0..<40).map { [UInt8($0)] + records.prefix(Int($0) * 100) }
    } decode: { input in
        guard let number = input.first, let codec = CompressionCodec(rawValue: Int16(number % 8)) else { return }
        let records = Array(input[1...])
        let packed = compressed(records, codec, level: Int32(number / 8))
        let same = try packed.withExactBytes { packed in
            try codec.withExpanded(packed) { (error: CompressionError) in
                error
            } _: { (expanded) throws(CompressionError) in expanded.elementsEqual(records) }
        }
        precondition(same, "\(codec.name) has changed the records")
    }

    private static func compressed(_ records: [UInt8], _ codec: CompressionCodec, level: Int32?) -> [UInt8] {
        var writer = ByteWriter()
        records.withExactBytes { codec.compress($0, level: level, into: &writer) }
        return writer.array()
    }
}
