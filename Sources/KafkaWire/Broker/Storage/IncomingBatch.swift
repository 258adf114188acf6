import KafkaProtocol
import WireCore

/// A batch from a producer that has been validated.
package struct IncomingBatch {
    private(set) var header: RecordBatchHeader
    var bytes: [UInt8]

    /// Why a batch is rejected.
    package struct ValidationError: Error, Equatable {
        let code: KafkaErrorCode
        let message: String
        /// The records because of which it is rejected (KIP-467).
        var records: [RefusedRecord] = []
    }

    struct RefusedRecord: Equatable {
        /// The record's place in the batch.
        let index: Int32
        let code: KafkaErrorCode
        let message: String
    }

    /// Validates what a producer has sent for one partition, as Kafka's `LogValidator` does, and compresses it again if
    /// the topic has a codec of its own (`compression.type`).
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970, with which the records' timestamps are compared; nil does not.
    ///   - version: that of the request. Zstandard is part of the protocol since version 7.
    package init(
        _ records: [UInt8]?, for configuration: TopicConfiguration, now: Int64? = nil,
        version: Int16 = ProduceRequest.versions.upperBound
    ) throws(ValidationError) {
        (header, bytes) = try Self.onlyBatch(in: records ?? [])
        let records = bytes
        guard version >= 7 || CompressionCodec(rawValue: header.codecNumber) != .zstd else {
            throw ValidationError(
                code: .unsupportedCompressionType,
                message: "Produce requests with version \(version) are not allowed to use ZStandard compression")
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
        let target = configuration.codec
        var refused: [RefusedRecord] = []
        var malformed: WireError?
        do throws(WireError) {
            let rules = RecordRules(configuration, now: now)
            let codec = CompressionCodec(rawValue: header.codecNumber)
            let payload = try validated(
                rules, &refused, &malformed, keepsExpanded: target != nil && target != codec)
            if let payload, let target, refused.isEmpty {
                compress(payload, with: target, level: configuration.level(of: target))
            }
        } catch {
            throw ValidationError(
                code: malformed == nil ? .corruptMessage : .invalidRecord,
                message: "The record batch's records are malformed: \(error)")
        }
        if let error = Self.error(refusing: refused) { throw error }
        guard bytes.count <= configuration.messageBytesMax else {
            throw ValidationError(
                code: .messageTooLarge,
                message: "The record batch size of \(bytes.count) after compression is greater than the "
                    + "\(configuration.messageBytesMax) that max.message.bytes allows")
        }
    }

    /// The batch that a producer has sent for a partition. As by Kafka, what follows it is ignored unless it is a whole
    /// batch.
    private static func onlyBatch(
        in records: [UInt8]
    ) throws(ValidationError) -> (header: RecordBatchHeader, bytes: [UInt8]) {
        func refuse(_ message: String, _ code: KafkaErrorCode = .invalidRecord) -> ValidationError {
            ValidationError(code: code, message: message)
        }
        let batch: ArraySlice<UInt8>?, next: ArraySlice<UInt8>?
        do throws(WireError) {
            batch = try wholeBatch(in: records[...])
            next = if let batch { try wholeBatch(in: records[batch.endIndex...]) } else { nil }
        } catch { throw refuse("The record batch is malformed: \(error)", .corruptMessage) }
        guard let batch else { throw refuse("Produce requests must contain a record batch for each partition") }
        guard batch[magicOffset] == 2 else { throw refuse("Only record batches with magic version 2 are allowed") }
        if next != nil { throw refuse("Produce requests must contain exactly one record batch for each partition") }
        do throws(WireError) {
            let header = try batch.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
                try RecordBatchHeader.first(in: bytes)
            }
            return (header, batch.count == records.count ? records : Array(batch))
        } catch { throw refuse("The record batch is malformed: \(error)", .corruptMessage) }
    }

    private static let magicOffset = 16

    /// The batch, or the set of messages of an older format, at the beginning of `bytes`; nil if it is not whole.
    private static func wholeBatch(in bytes: ArraySlice<UInt8>) throws(WireError) -> ArraySlice<UInt8>? {
        guard bytes.count > magicOffset else { return nil }
        let length = bytes.dropFirst(8).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        // That of the shortest message of the first format.
        guard length >= 14, length <= Int32.max else { throw WireError(.badLength(Int(length)), at: 8) }
        let magic = bytes[bytes.startIndex + magicOffset]
        guard magic <= 2 else { throw WireError(.invalidValue("record format \(magic)"), at: magicOffset) }
        let count = RecordBatchHeader.lengthEnd + Int(length)
        return count <= bytes.count ? bytes.prefix(count) : nil
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

    private static func error(refusing records: [RefusedRecord]) -> ValidationError? {
        guard !records.isEmpty else { return nil }
        if records.contains(where: { $0.code == .invalidTimestamp }) {
            return ValidationError(
                code: .invalidTimestamp, message: "One or more records have been rejected due to invalid timestamp",
                records: records)
        }
        let first = records.prefix(3).map { "record \($0.index): \($0.message)" }.joined(separator: "; ")
        return ValidationError(
            code: .invalidRecord,
            message: "One or more records have been rejected due to \(records.count) record errors in total, and only "
                + "showing the first three errors at most: \(first)",
            records: records)
    }

    /// Checks the records, and corrects the largest timestamp in the header.
    ///
    /// - Parameter malformed: gets the error if the records can be decompressed, but not be read.
    /// - Returns: the expanded records if they are wanted.
    private mutating func validated(
        _ rules: RecordRules, _ refused: inout [RefusedRecord], _ malformed: inout WireError?, keepsExpanded: Bool
    ) throws(WireError) -> [UInt8]? {
        var timestampMax: Int64 = -1
        var index: Int32 = 0
        let (header, batch) = (header, bytes)
        let expanded = try batch.span.bytes.withUnsafeBytes { (batch) throws(WireError) -> [UInt8]? in
            try StoredRecords.withPayload(of: batch, header) { (payload) throws(WireError) -> [UInt8] in
                do throws(WireError) {
                    try StoredRecords.forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                        let timestamp = header.baseTimestamp &+ record.timestampDelta
                        if let failure = rules.failure(of: record, timestamp: timestamp) {
                            refused.append(RefusedRecord(index: index, code: failure.code, message: failure.message))
                        }
                        index += 1
                        timestampMax = max(timestampMax, timestamp)
                    }
                } catch {
                    malformed = error
                    throw error
                }
                return keepsExpanded ? Array(payload) : []
            }
        }
        // Whose the timestamps are is the topic's matter, which is decided when the batch is appended.
        if header.hasLogAppendTime || header.maxTimestamp != timestampMax {
            self.header.hasLogAppendTime = false
            self.header.maxTimestamp = timestampMax
            rewrite(payload: Array(bytes[RecordBatchHeader.byteCount...]))
        }
        return keepsExpanded ? expanded : nil
    }

    private mutating func compress(_ records: [UInt8], with codec: CompressionCodec, level: Int32?) {
        var payload = ByteWriter(capacityBytes: records.count / 2 + 64)
        records.span.bytes.withUnsafeBytes { codec.compress($0, level: level, into: &payload) }
        header.attributes = header.attributes & ~7 | codec.rawValue
        rewrite(payload: payload.array())
    }

    private mutating func rewrite(payload: [UInt8]) {
        payload.span.bytes.withUnsafeBytes { header.finish(payload: $0) }
        var writer = ByteWriter(capacityBytes: RecordBatchHeader.byteCount + payload.count)
        header.encode(into: &writer)
        payload.span.bytes.withUnsafeBytes { writer.bytes($0) }
        bytes = writer.array()
    }
}

/// What a topic requires of each record.
private struct RecordRules {
    let needsKeys: Bool
    /// The valid timestamps; nil if the broker sets its own.
    let timestamps: ClosedRange<Int64>?

    init(_ configuration: TopicConfiguration, now: Int64?) {
        needsKeys = configuration.isCompacted
        guard let now, !configuration.stampsAppendTime else {
            timestamps = nil
            return
        }
        let before = Int64(configuration.effective("message.timestamp.before.max.ms")) ?? .max
        let after = Int64(configuration.effective("message.timestamp.after.max.ms")) ?? .max
        let (last, isOver) = now.addingReportingOverflow(after)
        // Neither is negative.
        timestamps = (now - before)...(isOver ? .max : last)
    }

    /// Why a record is refused; nil if it is valid.
    func failure(
        of record: StoredRecords.Record, timestamp: Int64
    ) -> (code: KafkaErrorCode, message: String)? {
        if needsKeys, record.key == nil {
            return (.invalidRecord, "Compacted topic cannot accept message without key")
        }
        // Records may be without a timestamp.
        guard let timestamps, timestamp >= 0, !timestamps.contains(timestamp) else { return nil }
        return (
            .invalidTimestamp,
            "Timestamp \(timestamp) of message with offset \(record.offsetDelta) is out of range. The timestamp should be within "
                + "[\(timestamps.lowerBound), \(timestamps.upperBound)]"
        )
    }
}
