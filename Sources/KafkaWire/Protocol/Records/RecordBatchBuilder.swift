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
        var bodyBytes = 1 &+ Varint.zigZagSize(timestampDelta) &+ Varint.zigZagSize(Int64(recordCount))
        bodyBytes &+= Self.fieldBytes(key) &+ Self.fieldBytes(value) &+ headers.bytes.count
        payload.reserve(bodyBytes &+ 5)
        payload.zigZagVarint(Int64(bodyBytes))
        payload.byte(0)
        payload.zigZagVarint(timestampDelta)
        payload.zigZagVarint(Int64(recordCount))
        field(key)
        field(value)
        payload.bytes(headers.bytes)
        count()
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

    static func fieldBytes(_ field: UnsafeRawBufferPointer?) -> Int {
        guard let field else { return 1 }
        return Varint.zigZagSize(Int64(field.count)) &+ field.count
    }

    mutating func field(_ field: UnsafeRawBufferPointer?) {
        guard let field else { return payload.byte(1) }
        payload.zigZagVarint(Int64(field.count))
        payload.bytes(field)
    }
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
