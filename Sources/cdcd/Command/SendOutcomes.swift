import KafkaProtocol
import KafkaWire
import Synchronization

/// The results of the records that a command sends: of batches, or of single records whose positions are wanted. The
/// producer's threads add them.
final class SendOutcomes: DeliveryListener {
    /// Where a record was read.
    struct Place {
        /// The file's number.
        let file: Int
        /// The record's number in the file, from 1 on.
        var number: Int

        private static let numberBits = 44

        init(file: Int, number: Int) {
            self.file = file
            self.number = number
        }

        init(tag: UInt64) {
            self.init(file: Int(tag >> Self.numberBits), number: Int(tag & (1 << Self.numberBits - 1)))
        }

        var tag: UInt64 { UInt64(file) << Self.numberBits | UInt64(number) }
    }

    private struct State {
        var files: [String] = []
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

    /// The place before the first record of a file; `-` is the standard input.
    func begin(_ file: String) -> Place {
        state.withLock { state in
            state.files.append(file == "-" ? "standard input" : file)
            return Place(file: state.files.count - 1, number: 0)
        }
    }

    func text(_ place: Place) -> String { state.withLock { "\($0.files[place.file]), record \(place.number)" } }

    func add(_ result: Result<RecordMetadata, KafkaError>, _ place: Place) {
        switch result {
        case .success(let metadata):
            state.withLock { state in
                state.count += 1
                state.positions.append(metadata)
            }
        case .failure(let error): fail(1, at: place, error)
        }
    }

    func finished(topic: String, partition: Int32, tags: [TagRun], error: KafkaError?) {
        let count = tags.reduce(0) { $0 + $1.count }
        if let error, let first = tags.first {
            fail(count, at: Place(tag: first.tag), error)
        } else {
            state.withLock { $0.count += count }
        }
    }

    private func fail(_ count: Int, at place: Place, _ error: KafkaError) {
        let text = text(place)
        state.withLock { state in
            state.count += count
            state.failedCount += count
            state.failure = state.failure ?? "\(text): \(error)"
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
