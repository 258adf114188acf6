import WireCore

/// Collects records in their final form: each is encoded once and not changed until it is sent.
///
/// Record layout: length varint | attributes int8 | timestamp delta varlong | offset delta varint
/// | key length varint (-1 null), key | value length varint (-1 null), value
/// | header count varint, each: name length varint, name, value length varint (-1 null), value
package struct RecordBatchBuilder: ~Copyable, Sendable {
    /// The records, without the batch's header.
    package private(set) var payload: ByteWriter
    package private(set) var recordCount: Int32 = 0
    package private(set) var baseTimestamp: Int64 = -1
    package private(set) var maxTimestamp: Int64 = -1

    /// - Parameter pool: the source of the payload's memory; nil is the C library.
    package init(capacityBytes: Int, pool: BlockPool? = nil) {
        payload = ByteWriter(capacityBytes: capacityBytes, pool: pool)
    }

    /// The maximum size of a record without its key, value and headers: length, attributes, two deltas, and the lengths
    /// of key and value.
    package static let overheadBytesMax = 5 + 1 + 10 + 5 + 5 + 5

    /// Appends a record. Null pointers are Kafka's nulls; an empty key or value has an address or `isEmpty`.
    package mutating func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headers: EncodedHeaders,
        timestampMilliseconds: Int64
    ) {
        let timestampDelta = prepare(timestampMilliseconds)
        let offsetDelta = Int64(recordCount)
        let (keyBytes, valueBytes) = (key?.count ?? 0, value?.count ?? 0)
        let (keyLength, valueLength) = (Int64(key?.count ?? -1), Int64(value?.count ?? -1))
        var bodyBytes = 1 &+ Varint.zigZagSize(timestampDelta) &+ Varint.zigZagSize(offsetDelta)
        bodyBytes &+= Varint.zigZagSize(keyLength) &+ keyBytes &+ Varint.zigZagSize(valueLength) &+ valueBytes
        bodyBytes &+= headers.bytes.count
        // Written through a pointer: a check for each field costs more than the fields.
        payload.appending(atMost: Self.lengthBytesMax &+ bodyBytes) { room in
            guard let start = room.baseAddress else { return 0 }
            var end = Self.write(Int64(bodyBytes), to: start)
            end.storeBytes(of: 0, as: UInt8.self)
            end = Self.write(timestampDelta, to: end + 1)
            end = Self.write(offsetDelta, to: end)
            end = Self.write(keyLength, to: end)
            if keyBytes > 0, let bytes = key?.baseAddress { end.copyMemory(from: bytes, byteCount: keyBytes) }
            end = Self.write(valueLength, to: end + keyBytes)
            if valueBytes > 0, let bytes = value?.baseAddress { end.copyMemory(from: bytes, byteCount: valueBytes) }
            end += valueBytes
            headers.bytes.withUnsafeBytes { bytes in
                if let bytes = bytes.baseAddress { end.copyMemory(from: bytes, byteCount: headers.bytes.count) }
            }
            return end - start &+ headers.bytes.count
        }
        count()
    }

    private static let lengthBytesMax = 5

    /// Writes a signed varint in zig-zag form. Returns the address after it.
    @inline(__always)
    private static func write(_ value: Int64, to address: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var rest = UInt64(bitPattern: value &<< 1) ^ UInt64(bitPattern: value &>> 63)
        var end = address
        while rest >= 0x80 {
            end.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            end += 1
            rest &>>= 7
        }
        end.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return end + 1
    }

    mutating func prepare(_ timestamp: Int64) -> Int64 {
        if recordCount == 0 {
            baseTimestamp = timestamp
            maxTimestamp = timestamp
        } else if timestamp > maxTimestamp {
            maxTimestamp = timestamp
        }
        return timestamp &- baseTimestamp
    }

    mutating func count() { recordCount += 1 }
}

extension RecordBatchBuilder {
    /// Appends a record that was read from a batch.
    package mutating func append(_ record: ConsumedRecord) {
        let timestamp = record.timestampMilliseconds
        Self.withBytes(record.key) { key in
            Self.withBytes(record.value) { value in
                append(
                    key: key, value: value, headers: EncodedHeaders(record.headers), timestampMilliseconds: timestamp)
            }
        }
    }

    /// The bytes of an optional array; nil only if the array is.
    package static func withBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        guard let bytes else { return try body(nil) }
        return try bytes.withUnsafeBytes { try body($0) }
    }
}
