import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct StatusStoreTests {
    /// A log whose appends fail as those of a producer that is replaced.
    private final class InterruptedLog: TopicLog {
        struct State: Sendable {
            var failures = 0
            var stored: [String] = []
        }

        let state: Monitor<State>

        init(failures: Int) { state = Monitor(State(failures: failures)) }

        func readToEnd(_ body: (StoreRecord) -> Void) throws {}

        func append(
            key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void
        ) {
            let isStored = state.update { state in
                if state.failures > 0 {
                    state.failures -= 1
                    return false
                }
                state.stored.append(String(decoding: value ?? [], as: UTF8.self))
                return true
            }
            completion(isStored ? .success(RecordMetadata(partition: 0, offset: 0)) : .failure(KafkaError.closed))
        }

        func awaitDelivery(timeoutMilliseconds: Int) {}
        func close(timeoutMilliseconds: Int) {}
    }

    private func status(_ state: StatusRecord.State) -> StatusRecord {
        StatusRecord(state: state, workerID: "w", generation: 1, version: nil)
    }

    @Test func statusThatAReplacedProducerDidNotStoreIsWrittenAgain() {
        let log = InterruptedLog(failures: 2)
        let store = StatusStore(log: log, retryMilliseconds: 1)
        store.put(connector: "a", status(.running))
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 10_000)
        let stored = log.state.wait(until: deadline) { $0.stored.first }
        #expect(stored?.contains("RUNNING") == true)
        store.close(timeoutMilliseconds: 10)
    }

    @Test func replacedStatusIsNotWrittenAgain() {
        var statuses = UnstoredStatuses()
        let first = statuses.add("k", [1])
        let second = statuses.add("k", [2])
        let isScheduled = statuses.failed(first)
        #expect(!isScheduled && statuses.takeFailed().isEmpty)
        let isFirst = statuses.failed(second)
        #expect(isFirst)
        let again = statuses.takeFailed()
        #expect(again == [second])
        statuses.stored(second)
        let late = statuses.failed(second)
        #expect(!late)
    }

    @Test func changesOfAnInterruptedReadAreKept() throws {
        let store = ConfigStore(log: HalfReadLog())
        #expect(throws: KafkaError.self) { try store.refresh() }
        #expect(store.snapshot.connectors["a"] != nil)
        try store.refresh()
        #expect(store.takeChanges().changes == [.connectorUpdated("a"), .connectorUpdated("b")])
        #expect(store.takeChanges().changes.isEmpty)
    }

    /// The first read fails after one record.
    private final class HalfReadLog: TopicLog {
        private let reads = Monitor(0)

        func readToEnd(_ body: (StoreRecord) -> Void) throws {
            let number = reads.update { reads in
                defer { reads += 1 }
                return reads
            }
            let value = Array(#"{"properties":{"x":"1"}}"#.utf8)
            body(StoreRecord(offset: Int64(number), key: Array("connector-\(number == 0 ? "a" : "b")".utf8), value: value))
            if number == 0 { throw KafkaError.timedOut(what: "fetch", milliseconds: 1, lastError: nil) }
        }

        func append(
            key: [UInt8], value: [UInt8]?, completion: @escaping @Sendable (Result<RecordMetadata, any Error>) -> Void
        ) { completion(.failure(KafkaError.closed)) }

        func awaitDelivery(timeoutMilliseconds: Int) {}
        func close(timeoutMilliseconds: Int) {}
    }
}
