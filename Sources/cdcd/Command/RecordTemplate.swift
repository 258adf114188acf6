import KafkaProtocol
import KafkaWire
import WireCore

/// How `cdcd produce` makes a record of a line: what its options say for all records.
struct RecordTemplate {
    let topic: String
    private let key: [UInt8]?
    private let keyDelimiter: [UInt8]?
    private let headers: [RecordHeader]
    /// The headers of a record that has none of its own.
    let encodedHeaders: EncodedHeaders
    private let partition: Int32?
    private let timestampMilliseconds: Int64?
    private let hasTombstones: Bool
    private let keyFormat: FieldFormat
    private let valueFormat: FieldFormat

    init(topic: String, _ arguments: CommandArguments) throws(UsageError) {
        self.topic = topic
        keyFormat = arguments.format("key-format")
        valueFormat = arguments.format("value-format")
        keyDelimiter = try arguments.delimiter("key-delimiter")
        partition = try arguments.integer("partition", in: 0...Int64(Int32.max)).map { Int32($0) }
        timestampMilliseconds = try arguments.time("timestamp")
        hasTombstones = arguments.has("tombstone")
        let text = arguments.value(of: "key").map { Array($0.utf8) }
        let format = keyFormat
        key = text.flatMap { format.bytes(of: $0) }
        if text != nil, key == nil { throw arguments.invalid("key", "it is not in the format \(format.rawValue)") }
        var headers: [RecordHeader] = []
        for text in arguments.values(of: "header") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else { throw arguments.invalid("header", "it has no name") }
            headers.append(RecordHeader(key: String(parts[0]), value: parts.count == 2 ? Array(parts[1].utf8) : nil))
        }
        self.headers = headers
        encodedHeaders = EncodedHeaders(headers)
    }

    /// - Parameter isJSON: whether the line is a record as `RecordDocument` has it.
    func record(_ line: [UInt8], isJSON: Bool) throws(RecordDocument.FormError) -> KafkaRecord {
        var record = isJSON
            ? try RecordDocument.record(line, topic: topic, key: keyFormat, value: valueFormat)
            : try plainRecord(line)
        if hasTombstones, record.key?.isEmpty == true { record.key = nil }
        record.key = record.key ?? key
        record.partition = record.partition ?? partition
        record.timestampMilliseconds = record.timestampMilliseconds ?? timestampMilliseconds
        record.headers += headers
        if hasTombstones, record.value?.isEmpty == true { record.value = nil }
        return record
    }

    private func plainRecord(_ line: [UInt8]) throws(RecordDocument.FormError) -> KafkaRecord {
        var (keyText, valueText): ([UInt8]?, [UInt8]) = (nil, line)
        if let keyDelimiter, let range = line.firstRange(of: keyDelimiter) {
            (keyText, valueText) = (Array(line[..<range.lowerBound]), Array(line[range.upperBound...]))
        }
        let isTombstone = hasTombstones && valueText.isEmpty
        return KafkaRecord(
            topic: topic, key: try keyText.map { (text) throws(RecordDocument.FormError) in try bytes("key", text, keyFormat) },
            value: isTombstone ? nil : try bytes("value", valueText, valueFormat))
    }

    private func bytes(
        _ name: String, _ text: [UInt8], _ format: FieldFormat
    ) throws(RecordDocument.FormError) -> [UInt8] {
        guard let bytes = format.bytes(of: text) else {
            throw RecordDocument.FormError(description: "the \(name) is not in the format \(format.rawValue)")
        }
        return bytes
    }
}
