import KafkaProtocol
import WireCore

/// A batch from a producer that has been validated.
package struct IncomingBatch {
    let header: RecordBatchHeader
    var bytes: [UInt8]

    /// Why a batch is rejected.
    package struct ValidationError: Error, Equatable {
        let code: KafkaErrorCode
        let message: String
    }

    /// Validates what a producer has sent for one partition, as Kafka's `LogValidator` does.
    ///
    /// Compressed records are decompressed only if the topic requires keys.
    package init(_ records: [UInt8]?, for configuration: TopicConfiguration) throws(ValidationError) {
        guard let records, !records.isEmpty else {
            throw ValidationError(
                code: .invalidRecord, message: "Produce requests must contain a record batch for each partition")
        }
        bytes = records
        do throws(WireError) {
            header = try records.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
                try RecordBatchHeader.first(in: bytes)
            }
        } catch {
            throw ValidationError(code: .corruptMessage, message: "The record batch is malformed: \(error)")
        }
        guard records.count >= header.totalBytes else {
            throw ValidationError(code: .corruptMessage, message: "The record batch is not whole")
        }
        guard records.count == header.totalBytes else {
            throw ValidationError(
                code: .invalidRecord, message: "Produce requests must contain exactly one record batch for each partition")
        }
        guard records.count <= configuration.messageBytesMax else {
            throw ValidationError(
                code: .messageTooLarge,
                message: "The record batch size of \(records.count) is greater than the \(configuration.messageBytesMax) that "
                    + "max.message.bytes allows")
        }
        guard records.span.bytes.withUnsafeBytes({ RecordBatchHeader.isChecksumValid(of: $0) }) else {
            throw ValidationError(code: .corruptMessage, message: "The record batch's checksum is wrong")
        }
        try checkHeader()
        do throws(WireError) {
            try checkRecords(needsKeys: configuration.isCompacted)
        } catch {
            if case .invalidValue(Self.missingKey) = error.reason {
                throw ValidationError(code: .invalidRecord, message: Self.missingKey)
            }
            throw ValidationError(code: .corruptMessage, message: "The record batch's records are malformed: \(error)")
        }
    }

    private func checkHeader() throws(ValidationError) {
        func refuse(_ message: String, _ code: KafkaErrorCode = .invalidRecord) -> ValidationError {
            ValidationError(code: code, message: message)
        }
        guard header.baseOffset == 0 else {
            throw refuse("The base offset of the record batch should be 0, but it is \(header.baseOffset)")
        }
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw refuse(
                "The record batch has \(header.recordCount) records, which does not match its last offset delta "
                    + "\(header.lastOffsetDelta)")
        }
        guard CompressionCodec(rawValue: header.codecNumber) != nil else {
            throw refuse("Unknown compression codec \(header.codecNumber)", .unsupportedCompressionType)
        }
        if header.isControl { throw refuse("Clients are not allowed to write control records") }
        if header.isTransactional, header.producerID < 0 { throw refuse("A transactional batch needs a producer id") }
        if header.producerID >= 0, header.producerEpoch < 0 || header.baseSequence < 0 {
            throw refuse("An idempotent producer's batch needs an epoch and a sequence")
        }
    }

    private static let missingKey = "Compacted topic cannot accept message without key"

    private func checkRecords(needsKeys: Bool) throws(WireError) {
        guard needsKeys || header.codecNumber == CompressionCodec.none.rawValue else { return }
        _ = try bytes.span.bytes.withUnsafeBytes { (batch) throws(WireError) in
            try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) in
                try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                    guard needsKeys, record.key == nil else { return }
                    throw WireError(.invalidValue(Self.missingKey), at: record.range.lowerBound)
                }
            }
        }
    }
}
