import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// Sends the records of `cdcd produce`, and writes where they were stored.
struct RecordSender: ~Copyable {
    let producer: KafkaProducer
    let outcomes: SendOutcomes
    let template: RecordTemplate
    let isJSON: Bool
    /// The handle of the topic, once there is a record.
    private var handle: ProducerTopic?
    /// The number of records that may still be sent.
    private(set) var left: Int
    /// Whether the outcome of each record is wanted, not only that of its batch.
    private let hasPositions: Bool
    /// nil if positions are not wanted, or not read any more.
    private var positions: BufferedOutput?
    private var progress = ProgressLine(unless: Terminal.isStandardInput)
    /// The place of the last record.
    private var place = SendOutcomes.Place(file: 0, number: 0)

    init(
        producer: KafkaProducer, outcomes: SendOutcomes, template: RecordTemplate, isJSON: Bool, left: Int,
        positions: consuming BufferedOutput?
    ) {
        self.producer = producer
        self.outcomes = outcomes
        self.template = template
        self.isJSON = isJSON
        self.left = left
        hasPositions = positions != nil
        self.positions = positions
    }

    mutating func begin(_ file: String) { place = outcomes.begin(file) }

    /// Appends a record; waits while the producer's buffer is full.
    mutating func send(_ line: [UInt8]) throws {
        place.number += 1
        left -= 1
        let record: KafkaRecord
        do throws(RecordDocument.FormError) { record = try template.record(line, isJSON: isJSON) } catch {
            throw CommandError("\(outcomes.text(place)): \(error)")
        }
        do throws(KafkaError) { try append(record) } catch { throw CommandError("\(outcomes.text(place)): \(error)") }
    }

    private mutating func append(_ record: KafkaRecord) throws(KafkaError) {
        guard !hasPositions else {
            return try producer.append(record) { [outcomes, place] result in outcomes.add(result, place) }
        }
        let topic = if let handle { handle } else { try producer.topic(template.topic) }
        handle = topic
        let headers = isJSON && !record.headers.isEmpty ? EncodedHeaders(record.headers) : template.encodedHeaders
        try RecordBatchBuilder.withBytes(record.key) { key in
            RecordBatchBuilder.withBytes(record.value) { value in
                Result { () throws(KafkaError) in
                    try producer.append(
                        to: topic, partition: record.partition, key: key, value: value, headers: headers,
                        timestampMilliseconds: record.timestampMilliseconds, tag: place.tag)
                }
            }
        }.get()
    }

    /// Sends what was appended, without waiting for the outcome unless that is to be written.
    mutating func deliver() throws {
        guard hasPositions else { return producer.flush() }
        try producer.awaitDelivery()
        try writePositions()
    }

    /// Writes a JSON document for each record that was stored since the last call.
    mutating func writePositions() throws {
        progress.show(outcomes.count)
        let stored = outcomes.takePositions()
        guard positions != nil else { return }
        for metadata in stored {
            positions?.writer.literal("{\"topic\":")
            positions?.writer.jsonString(template.topic)
            positions?.writer.literal(",\"partition\":")
            positions?.writer.decimal(Int64(metadata.partition))
            if let offset = metadata.offset {
                positions?.writer.literal(",\"offset\":")
                positions?.writer.decimal(offset)
            }
            positions?.writer.literal("}\n")
        }
        // Without a reader of the positions the records are to be sent all the same.
        do { try positions?.flush() } catch is BufferedOutput.ClosedPipeError { positions = nil }
    }

    /// Removes the progress.
    mutating func clear() { progress.clear() }

    func error(_ reason: String) -> CommandError {
        CommandError("\(outcomes.text(SendOutcomes.Place(file: place.file, number: place.number + 1))): \(reason)")
    }

    func check(byteCount: Int, max: Int) throws {
        guard byteCount <= max else { throw error("it has more than \(max) bytes (max.request.size)") }
    }
}
