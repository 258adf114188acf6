import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct OffsetStoreTests {
    private let cluster = MemoryCluster()
    private let source = OffsetView.Source(connector: "c", partition: ["s": .integer(1)])

    private func makeStore() throws -> OffsetStore {
        let topic = WorkerConfiguration.InternalTopic(name: "offsets", partitions: 1, replicationFactor: 1, configuration: [])
        return OffsetStore(log: try cluster.openLog(topic, purpose: .offsets))
    }

    /// Runs `body` on a thread and gives what became of it.
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

    private func awaitReads(_ count: Int) {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 20_000)
        #expect(cluster.state.wait(until: deadline) { $0.readCount >= count ? true : nil } == true)
    }

    /// GET offsets may read a long topic, or wait for brokers.
    @Test func offsetsAreWrittenWhileTheTopicIsRead() throws {
        let store = try makeStore()
        cluster.state.update { $0.holdsReads = true }
        let read = begin { try store.refresh() }
        awaitReads(1)
        try store.write(["p": .integer(7)], of: source)
        #expect(store.offset(of: source) == ["p": .integer(7)])
        cluster.state.update { $0.holdsReads = false }
        try end(read)
        #expect(store.offset(of: source) == ["p": .integer(7)])
    }

    /// All who ask during one read share the next.
    @Test func callersShareReadsThatBeginAfterTheyAsked() throws {
        let store = try makeStore()
        cluster.state.update { $0.holdsReads = true }
        let first = begin { try store.refresh() }
        awaitReads(1)
        let others = (0..<5).map { _ in begin { try store.refresh() } }
        cluster.state.update { $0.holdsReads = false }
        try end(first)
        for other in others { try end(other) }
        // One for each caller at most; one for all where they asked during the first.
        #expect((2...6).contains(cluster.state.withLock { $0.readCount }))
    }

    @Test func aReaderCanBeCancelledWhileTheTopicIsRead() throws {
        let store = try makeStore()
        let isCancelled = CancelFlag()
        cluster.state.update { $0.holdsReads = true }
        let read = begin { try store.refresh { isCancelled.value.load(ordering: .acquiring) } }
        awaitReads(1)
        isCancelled.value.store(true, ordering: .releasing)
        store.wakeReaders()
        #expect(throws: CancellationError.self) { try end(read) }
        cluster.state.update { $0.holdsReads = false }
        try store.refresh()
    }

    private final class CancelFlag: Sendable {
        let value = Atomic(false)
    }

    @Test func aFailedReadIsTheCallersAndTheNextOneIsTriedAgain() throws {
        let store = try makeStore()
        cluster.state.update { $0.refusedReads = .timedOut(what: "reading", milliseconds: 1, lastError: nil) }
        #expect(throws: KafkaError.self) { try store.refresh() }
        cluster.state.update { $0.refusedReads = nil }
        try store.refresh()
    }

    /// The topic is read after the write, and an older record of the same key comes along.
    @Test func whatThisWorkerWroteIsNotUndoneByOlderRecords() throws {
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
        // The broker had it already and does not say where.
        view.stored(["p": .integer(7)], of: source, key: key, at: RecordMetadata(partition: 2, offset: nil))
        #expect(view.offset(of: source) == ["p": .integer(7)])
        try view.apply(record(8, 8))
        #expect(view.offset(of: source) == ["p": .integer(8)])
    }
}
