import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import ConnectRuntime

@Suite struct StatusStoreTests {
    private func status(_ state: StatusRecord.State) -> StatusRecord {
        StatusRecord(state: state, workerID: "w", generation: 1, version: nil)
    }

    @Test func statusThatTheBrokerRefusesTwiceIsWrittenAgain() throws {
        let kafka = try KafkaHarness()
        kafka.intercept { request, count in
            request.apiKey == .produce && count <= 2 ? .refuse(.topicAuthorizationFailed) : nil
        }
        let store = StatusStore(log: try kafka.openLog("status", purpose: .statuses), retryMilliseconds: 1)
        store.put(connector: "a", status(.running))
        let stored = try kafka.awaitRecords("status") { !$0.isEmpty }
        #expect(stored.first?.valueText?.contains("RUNNING") == true)
        #expect(kafka.requestCount(.produce) == 3)
        store.close(timeoutMilliseconds: 1000)
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

    @Test func changesOfAFailedReadAreKept() throws {
        let store = ConfigStore(log: HalfReadLog())
        #expect(throws: KafkaError.self) { try store.refresh() }
        #expect(store.snapshot.connectors["a"] != nil)
        try store.refresh()
        #expect(store.takeChanges().changes == [.connectorUpdated("a"), .connectorUpdated("b")])
        #expect(store.takeChanges().changes.isEmpty)
    }

    /// The first read fails after one record.
    private final class HalfReadLog: StoreLog {
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
