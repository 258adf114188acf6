import KafkaProtocol
import WireCore
import WireTestSupport

package enum TestBatches {
    /// What kcat 1.7.1 (librdkafka 2.0.2) sent for `printf 'a:1\nb:2\nc:3\n' | kcat -P -K:`; timestamps 1795559322323.
    package static let fromKcat = [UInt8](
        hex: """
            00000000000000000000004c0000000002b87c0bcc000000000002000001a20facf2d3000001a20facf2d3ffffffffffffffffff\
            ffffffffff00000003100000000261023100100000020262023200100000040263023300
            """) ?? []

    /// What kcat sent for `printf 'x\ny\n' | kcat -P -X enable.idempotence=true`: producer 0, epoch 0, sequence 0.
    package static let fromIdempotentKcat = [UInt8](
        hex: """
            0000000000000000000000410000000002 59b40ee9000000000001000001a20facf4e9000001a20facf4e9000000000000000000\
            0000000000000000020e000000010278000e00000201027900
            """) ?? []

    /// A batch that this library encodes: keys (nil for none) and values, a millisecond between records.
    package static func make(
        _ records: [(key: String?, value: String)], stamp: SequenceStamp = .none, codec: CompressionCodec = .none,
        firstTimestamp: Int64 = 1000, baseOffset: Int64 = 0
    ) throws -> [UInt8] {
        var builder = RecordBatchBuilder(capacityBytes: 256)
        for (index, record) in records.enumerated() {
            let (key, value) = (record.key.map { Array($0.utf8) }, Array(record.value.utf8))
            let timestamp = firstTimestamp + Int64(index)
            value.withUnsafeBytes { value in
                if let key {
                    key.withUnsafeBytes {
                        builder.append(key: $0, value: value, headers: [], timestampMilliseconds: timestamp)
                    }
                } else {
                    builder.append(key: nil, value: value, headers: [], timestampMilliseconds: timestamp)
                }
            }
        }
        return builder.encoded(stamp: stamp, codec: codec, baseOffset: baseOffset)
    }

    /// The same batch with bytes changed and a corrected checksum.
    package static func altered(_ batch: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = batch
        change(&bytes)
        let checksum = bytes[21...].withUnsafeBytes { CRC32C.checksum($0) }
        for index in 0..<4 { bytes[17 + index] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(index))) }
        return bytes
    }

    /// Offsets, keys and values of all records in a set of batches.
    package static func records(in bytes: [UInt8], from offset: Int64 = 0) throws -> [String] {
        var found: [String] = []
        var reader = RecordSetReader(partition: 0, offset: offset)
        try reader.read(bytes) { record in
            let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? "-"
            let value = record.value.map { String(decoding: $0, as: UTF8.self) } ?? "null"
            found.append("\(record.offset):\(key)=\(value)")
        }
        return found
    }
}
