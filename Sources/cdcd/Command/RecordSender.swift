import KafkaProtocol
import KafkaWire
import Synchronization
import WireCore

/// The results of the records that a command sends. The producer's threads add them.
final class SendOutcomes: Sendable {
    /// Where a record was read.
    struct Place: CustomStringConvertible {
        /// `-` is the standard input.
        let file: String
        let number: Int

        var description: String { "\(file == "-" ? "standard input" : file), record \(number)" }
    }

    private struct State {
        var count = 0
        var failedCount = 0
        var failure: String?
        var positions: [RecordMetadata] = []
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }
    var failedCount: Int { state.withLock { $0.failedCount } }
    /// The first failure, with the place of its record.
    var failure: String? { state.withLock { $0.failure } }

    func add(_ result: Result<RecordMetadata, KafkaError>, place: Place, keepsPosition: Bool) {
        state.withLock { state in
            state.count += 1
            switch result {
            case .success(let metadata): if keepsPosition { state.positions.append(metadata) }
            case .failure(let error):
                state.failedCount += 1
                state.failure = state.failure ?? "\(place): \(error)"
            }
        }
    }

    /// The positions of records that were stored since the last call.
    func takePositions() -> [RecordMetadata] {
        state.withLock { state in
            defer { state.positions = [] }
            return state.positions
        }
    }
}

/// Sends the records of `cdcd produce`, and writes where they were stored.
struct RecordSender: ~Copyable {
    let producer: KafkaProducer
    let outcomes: SendOutcomes
    let template: RecordTemplate
    let isJSON: Bool
    /// The number of records that may still be sent.
    private(set) var left: Int
    private var positions: BufferedOutput?
    private var progress = ProgressLine(unless: Terminal.isStandardInput)
    private var file = "-"
    private var number = 0

    init(
        producer: KafkaProducer, outcomes: SendOutcomes, template: RecordTemplate, isJSON: Bool, left: Int,
        positions: consuming BufferedOutput?
    ) {
        self.producer = producer
        self.outcomes = outcomes
        self.template = template
        self.isJSON = isJSON
        self.left = left
        self.positions = positions
    }

    mutating func begin(_ file: String) { (self.file, number) = (file, 0) }

    /// Appends a record; waits while the producer's buffer is full.
    mutating func send(_ line: [UInt8]) throws {
        number += 1
        left -= 1
        let place = SendOutcomes.Place(file: file, number: number)
        let record: KafkaRecord
        do throws(RecordDocument.FormError) { record = try template.record(line, isJSON: isJSON) } catch {
            throw CommandError("\(place): \(error)")
        }
        let (outcomes, keepsPosition) = (outcomes, positions != nil)
        do throws(KafkaError) {
            try producer.append(record) { outcomes.add($0, place: place, keepsPosition: keepsPosition) }
        } catch { throw CommandError("\(place): \(error)") }
    }

    /// Sends what was appended, without waiting for the outcome unless that is to be written.
    mutating func deliver() throws {
        if positions == nil { return producer.flush() }
        try producer.awaitDelivery()
        try writePositions()
    }

    /// Writes a JSON document for each record that was stored since the last call.
    mutating func writePositions() throws {
        progress.show(outcomes.count)
        guard positions != nil else { return }
        for metadata in outcomes.takePositions() {
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
        CommandError("\(SendOutcomes.Place(file: file, number: number + 1)): \(reason)")
    }

    func check(byteCount: Int, max: Int) throws {
        guard byteCount <= max else { throw error("it has more than \(max) bytes (max.request.size)") }
    }
}
