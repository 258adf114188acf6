import ConnectData
import KafkaProtocol

extension [UInt8]? {
    /// The bytes of a key or value; nil is Kafka's null.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        switch self {
        case .some(let bytes): try bytes.withUnsafeBytes { try body($0) }
        case nil: try body(nil)
        }
    }
}

extension SinkRecord.Consumed {
    /// - Throws: if the record's timestamp is not one.
    init(_ record: ConsumedRecord) throws(DataError) {
        let timestamp = record.timestampMilliseconds
        guard timestamp >= -1 else { throw DataError("Invalid record timestamp \(timestamp)") }
        self.init(
            key: record.key, value: record.value, headers: record.headers.map { RawHeader($0.key, $0.value) },
            timestampMilliseconds: timestamp == -1 ? nil : timestamp)
    }
}

extension SinkRecord.TimestampType {
    init(_ type: ConsumedRecord.TimestampType) {
        switch type {
        case .createTime: self = .createTime
        case .logAppendTime: self = .logAppendTime
        }
    }
}
