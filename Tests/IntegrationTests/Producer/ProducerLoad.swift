import Foundation
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams
import WireTestSupport

/// A thread that writes numbers to a topic until it is stopped, and knows what must be in the topic then.
///
/// With a transactional producer they are written in transactions, of which some are aborted.
final class ProducerLoad: Sendable {
    private struct State {
        var next = 0
        /// The numbers in the order in which they were appended, by partition; of committed transactions only.
        var expected: [Int32: [Int]] = [:]
        /// The largest number that is stored, by partition.
        var stored: [Int32: Int] = [:]
        var failures: [KafkaError] = []
        var aborts = 0
    }

    static let partitionCount: Int32 = 6
    /// About 3,000 records a second.
    private static let recordsPerRound = 30
    private static let pauseMilliseconds = 10

    let topic: String
    let isIdempotent: Bool
    private let producer: KafkaProducer
    private let isTransactional: Bool
    private let state = Mutex(State())
    private let isStopped = Atomic(false)
    private let end = ThreadCompletion()

    init(
        _ client: KafkaClient, topic: String, seed: UInt64, _ change: (inout ProducerConfiguration) -> Void
    ) throws {
        self.topic = topic
        var configuration = ProducerConfiguration()
        configuration.lingerMilliseconds = 2
        change(&configuration)
        producer = KafkaProducer(client, configuration)
        isTransactional = configuration.transactionalID != nil
        isIdempotent = configuration.isIdempotent
        if isTransactional { try producer.initTransactionsAndWait() }
        startThread(named: topic, completion: end) { [self] in
            var generator = SeededGenerator(seed: seed)
            while !isStopped.load(ordering: .acquiring), state.withLock({ $0.failures.isEmpty }) {
                do throws(KafkaError) {
                    if isTransactional { try runTransaction(&generator) } else { add(try append(&generator)) }
                } catch { fail(error) }
                _ = ThreadCompletion().wait(milliseconds: Self.pauseMilliseconds)
            }
        }
    }

    private func fail(_ error: KafkaError) { state.withLock { $0.failures.append(error) } }

    private func append(_ generator: inout SeededGenerator) throws(KafkaError) -> [Int32: [Int]] {
        var numbers: [Int32: [Int]] = [:]
        for _ in 0..<Self.recordsPerRound {
            let partition = Int32.random(in: 0..<Self.partitionCount, using: &generator)
            let number = state.withLock { state in
                state.next += 1
                return state.next
            }
            let value = "\(number) " + String(repeating: "x", count: 80)
            try producer.append(KafkaRecord(topic: topic, partition: partition, value: value)) { [self] outcome in
                switch outcome {
                case .success: state.withLock { $0.stored[partition] = max($0.stored[partition] ?? 0, number) }
                // The records of an aborted transaction.
                case .failure(.transactionAborted) where isTransactional: break
                case .failure(let error): fail(error)
                }
            }
            numbers[partition, default: []].append(number)
        }
        return numbers
    }

    private func add(_ numbers: [Int32: [Int]]) {
        state.withLock { state in
            for (partition, numbers) in numbers { state.expected[partition, default: []] += numbers }
        }
    }

    private func runTransaction(_ generator: inout SeededGenerator) throws(KafkaError) {
        try producer.beginTransaction()
        var numbers: [Int32: [Int]] = [:]
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            for (partition, more) in try append(&generator) { numbers[partition, default: []] += more }
        }
        let isAborted = Int.random(in: 0..<5, using: &generator) == 0
        while true {
            do throws(KafkaError) {
                if isAborted { try producer.abortTransactionAndWait() } else { try producer.commitTransactionAndWait() }
                break
            } catch .timedOut {
                // The same call waits for it again.
            }
        }
        if isAborted { state.withLock { $0.aborts += 1 } } else { add(numbers) }
    }

    /// Waits until a record that is appended from now on is stored in each partition.
    func awaitProgress() throws {
        let first = state.withLock { $0.next }
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 120_000)
        while MonotonicInstant.now < deadline {
            let (stored, failures) = state.withLock { ($0.stored, $0.failures) }
            if let failure = failures.first { throw failure }
            if (0..<Self.partitionCount).allSatisfy({ stored[$0] ?? 0 > first }) { return }
            _ = ThreadCompletion().wait(milliseconds: 50)
        }
        throw ExternalProgram.Failure(description: "\(topic): no progress within two minutes")
    }

    /// Ends the thread, and waits for the outcomes of its records.
    func stop() throws {
        isStopped.store(true, ordering: .releasing)
        end.wait()
        try producer.awaitDelivery(timeoutMilliseconds: 150_000)
        producer.close(timeoutMilliseconds: 5000)
    }

    /// Ends the thread and the producer without waiting for records.
    func abandon() {
        isStopped.store(true, ordering: .releasing)
        producer.abort()
    }

    /// Compares the topic with what was written. Returns a summary.
    func check(_ client: KafkaClient) throws -> String {
        let isolation = isTransactional ? IsolationLevel.readCommitted : .readUncommitted
        var found: [Int32: [Int]] = [:]
        try TopicReader(client, topic: topic, isolation: isolation).readToEnd(timeoutMilliseconds: 120_000) { record in
            found[record.partition, default: []].append(ProducedTopic.number(record))
        }
        let (expected, failures, aborts) = state.withLock { ($0.expected, $0.failures, $0.aborts) }
        #expect(failures.isEmpty, "\(topic): \(failures.prefix(3))")
        var repeats = 0
        for partition in 0..<Self.partitionCount {
            let wanted = expected[partition] ?? []
            var seen: Set<Int> = []
            let firsts = (found[partition] ?? []).filter { seen.insert($0).inserted }
            repeats += (found[partition]?.count ?? 0) - firsts.count
            // Without the two arrays in the message: they are long.
            let isSame = firsts == wanted
            #expect(isSame, "\(topic)-\(partition): \(Self.difference(wanted, firsts))")
        }
        if isIdempotent { #expect(repeats == 0, "\(topic) has records twice") }
        let count = expected.values.reduce(0) { $0 + $1.count }
        return "\(topic): \(count) records, \(repeats) repeated" + (isTransactional ? ", \(aborts) aborts" : "")
    }

    private static func difference(_ wanted: [Int], _ found: [Int]) -> String {
        let missing = Set(wanted).subtracting(found).sorted()
        let others = Set(found).subtracting(wanted).sorted()
        return "\(missing.count) records missing \(missing.prefix(5)), \(others.count) others \(others.prefix(5))"
    }
}
