import BinlogSource
import ConnectData
import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Synchronization
import Testing
import WireStreams

@testable import cdcd

@Suite struct KafkaHistoryLogTests {
    /// A broker in this process that can be stopped, and a schema history on it.
    private final class HistoryHarness {
        private let directory = NSTemporaryDirectory() + "cdcd-history-test-" + UUID().uuidString
        private(set) var broker: DevelopmentBroker
        let conditions = Conditions()

        init() throws {
            broker = try DevelopmentBroker(
                listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory)
            broker.start()
        }

        deinit {
            broker.stop()
            _ = try? FileManager.default.removeItem(atPath: directory)
        }

        func startAgain() throws {
            broker = try DevelopmentBroker(listen: broker.address, dataDirectory: directory)
            broker.start()
        }

        func history(deliveryTimeoutMilliseconds: Int? = nil) throws -> sending KafkaHistoryLog {
            let conditions = conditions
            return try KafkaHistoryLog(
                HistoryLogLocation(
                    topic: "history", bootstrapServers: "PLAINTEXT://\(broker.address)", clientID: "test",
                    queryTimeoutMilliseconds: 300, deliveryTimeoutMilliseconds: deliveryTimeoutMilliseconds)
            ) { conditions.add($0) }
        }
    }

    private final class Conditions: Sendable {
        private let all = Mutex<[TaskControl.Condition]>([])
        let isInterrupted = ThreadCompletion()

        func add(_ condition: TaskControl.Condition) {
            all.withLock { $0.append(condition) }
            if condition != .running { isInterrupted.finish() }
        }

        var last: TaskControl.Condition? { all.withLock { $0.last } }
    }

    /// Uses the history on a thread of its own.
    private final class Use: Sendable {
        private let outcome = Mutex<Result<Void, any Error>?>(nil)
        private let ended = ThreadCompletion()

        init(_ history: sending KafkaHistoryLog, _ body: @escaping @Sendable (KafkaHistoryLog) throws -> Void) {
            startThread(named: "task") { [self] in
                let result = Result { try body(history) }
                outcome.withLock { $0 = result }
                history.close()
                ended.finish()
            }
        }

        func get() throws {
            try #require(ended.wait(milliseconds: 20_000))
            try outcome.withLock { $0 }?.get()
        }
    }

    private func records(_ history: KafkaHistoryLog) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        try history.replay { records.append($0) }
        return records
    }

    /// A history with a gap cannot be recovered: any record that the broker does not store must fail the append.
    @Test func recordRefusedByTheBrokerIsAnError() throws {
        let harness = try HistoryHarness()
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [harness.broker.address]))
        defer { client.close() }
        try KafkaAdmin(client).createTopics([
            NewTopic(name: "history", partitions: 1, configuration: [("max.message.bytes", "1000")])
        ]).get()
        let log = try harness.history()
        defer { log.close() }
        try log.append([[1]])
        let error = #expect(throws: HistoryLogError.self) {
            try log.append([[2], [UInt8](repeating: 3, count: 2000)])
        }
        #expect(error?.description.contains("MESSAGE_TOO_LARGE") == true)
        try log.append([[4]])
        #expect(try records(log) == [[1], [2], [4]])
    }

    /// Every operation of a task on its history, in the order of a start.
    @Test func operationsWaitForKafkaAndReportTheInterruption() throws {
        let harness = try HistoryHarness()
        harness.broker.stop()
        let use = Use(try harness.history()) { history in
            if try !history.exists() { try history.create() }
            try history.append([[1], [2]])
            var records: [[UInt8]] = []
            try history.replay { records.append($0) }
            #expect(records == [[1], [2]])
        }
        #expect(harness.conditions.isInterrupted.wait(milliseconds: 20_000))
        guard case .interrupted(let reason) = harness.conditions.last else {
            Issue.record("\(String(describing: harness.conditions.last))")
            return
        }
        #expect(reason.contains("history") && reason.contains("\(harness.broker.address)"))
        try harness.startAgain()
        try use.get()
        #expect(harness.conditions.last == .running)
    }

    @Test func appendWaitingForKafkaCanBeCancelled() throws {
        let harness = try HistoryHarness()
        let history = try harness.history()
        try history.create()
        try history.append([[1]])
        let cancel = history.cancel
        harness.broker.stop()
        let use = Use(history) { try $0.append([[2]]) }
        #expect(harness.conditions.isInterrupted.wait(milliseconds: 20_000))
        cancel()
        #expect(throws: CancellationError.self) { try use.get() }
    }

    @Test func queryWaitingForKafkaCanBeCancelled() throws {
        let harness = try HistoryHarness()
        harness.broker.stop()
        let history = try harness.history()
        let cancel = history.cancel
        let use = Use(history) { _ = try $0.exists() }
        #expect(harness.conditions.isInterrupted.wait(milliseconds: 20_000))
        cancel()
        #expect(throws: CancellationError.self) { try use.get() }
    }

    /// `delivery.timeout.ms` of the task's producer applies to the history, too.
    @Test func deliveryTimeoutFailsTheAppend() throws {
        let harness = try HistoryHarness()
        let history = try harness.history(deliveryTimeoutMilliseconds: 500)
        defer { history.close() }
        try history.create()
        try history.append([[1]])
        harness.broker.stop()
        let error = #expect(throws: HistoryLogError.self) { try history.append([[2]]) }
        #expect(error?.description.contains("500 ms") == true)
    }

    /// A broker would create the topic with its default retention.
    @Test func appendDoesNotCreateTheTopic() throws {
        let harness = try HistoryHarness()
        let history = try harness.history(deliveryTimeoutMilliseconds: 300)
        defer { history.close() }
        #expect(throws: HistoryLogError.self) { try history.append([[1]]) }
        #expect(try !history.exists())
    }
}
