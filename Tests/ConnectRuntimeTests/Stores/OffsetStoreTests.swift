import KafkaBroker
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct OffsetStoreTests {
    private let kafka: KafkaHarness
    private let source = OffsetView.Source(connector: "c", partition: ["s": .integer(1)])

    init() throws { kafka = try KafkaHarness() }

    private func makeStore() throws -> OffsetStore { OffsetStore(log: try kafka.openLog("offsets")) }

    /// Holds the request with which each read of the topic begins.
    private func holdReads() -> RequestGate { kafka.hold(.listOffsets, topic: "offsets") }

    /// Runs `body` on a thread of its own. Returns its outcome once it has ended.
    private func begin(_ body: @escaping @Sendable () throws -> Void) -> Monitor<Result<Void, any Error>?> {
        let outcome = Monitor<Result<Void, any Error>?>(nil)
        startThread(named: "reader") {
            let result = Result { try body() }
            outcome.update { $0 = result }
        }
        return outcome
    }

    private func end(_ outcome: Monitor<Result<Void, any Error>?>) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        try #require(outcome.wait(until: deadline) { $0 }).get()
    }

    /// GET offsets may read a long topic, or wait for brokers.
    @Test func offsetsAreWrittenWhileTheTopicIsRead() throws {
        let store = try makeStore()
        let gate = holdReads()
        let read = begin { try store.refresh() }
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        try store.write(["p": .integer(7)], of: source)
        #expect(store.offset(of: source) == ["p": .integer(7)])
        gate.open()
        try end(read)
        #expect(store.offset(of: source) == ["p": .integer(7)])
    }

    /// All callers that arrive during one read share the next.
    @Test func callersShareReadsThatBeginAfterTheirCalls() throws {
        let store = try makeStore()
        let count = kafka.requestCount(.listOffsets)
        let gate = holdReads()
        let first = begin { try store.refresh() }
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        let others = (0..<5).map { _ in begin { try store.refresh() } }
        gate.open()
        try end(first)
        for other in others { try end(other) }
        // At most one for each caller; one for all that called during the first read.
        #expect((2...6).contains(kafka.requestCount(.listOffsets) - count))
    }

    @Test func callerCanBeCancelledWhileTheTopicIsRead() throws {
        let store = try makeStore()
        let isCancelled = CancelFlag()
        let gate = holdReads()
        let read = begin { try store.refresh { isCancelled.value.load(ordering: .acquiring) } }
        #expect(gate.awaitHeld(1, milliseconds: KafkaHarness.waitMilliseconds))
        isCancelled.value.store(true, ordering: .releasing)
        store.wakeReaders()
        #expect(throws: CancellationError.self) { try end(read) }
        gate.open()
        try store.refresh()
    }

    private final class CancelFlag: Sendable {
        let value = Atomic(false)
    }

    @Test func failedReadIsThrownToItsCallersOnly() throws {
        let store = try makeStore()
        let refusal = kafka.intercept([.listOffsets], topic: "offsets", .refuse(.topicAuthorizationFailed))
        #expect(throws: KafkaError.self) { try store.refresh() }
        kafka.remove(refusal)
        try store.refresh()
    }

    /// The topic is read after the write, and an older record of the same key is read then.
    @Test func offsetWrittenByThisWorkerIsNotReplacedByAnOlderRecord() throws {
        var view = OffsetView()
        let key = view.key(for: source)
        func record(_ offset: Int64, _ position: Int) -> StoreRecord {
            StoreRecord(partition: 2, offset: offset, timestampMilliseconds: 10, key: key, value: Array("{\"p\":\(position)}".utf8))
        }
        view.stored(["p": .integer(5)], of: source, key: key, at: RecordMetadata(partition: 2, offset: 5))
        try view.apply(record(4, 4))
        #expect(view.offset(of: source) == ["p": .integer(5)])
        try view.apply(record(5, 5))
        try view.apply(record(6, 6))
        #expect(view.offset(of: source) == ["p": .integer(6)])
        // The broker had stored it already and does not return the offset.
        view.stored(["p": .integer(7)], of: source, key: key, at: RecordMetadata(partition: 2, offset: nil))
        #expect(view.offset(of: source) == ["p": .integer(7)])
        try view.apply(record(8, 8))
        #expect(view.offset(of: source) == ["p": .integer(8)])
    }
}
