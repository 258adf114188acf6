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
    /// A broker in this process that can be away, and a history on it.
    private final class World {
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

    /// A history with a gap can't be replayed: whatever the broker does not keep must end the append.
    @Test func recordRefusedByTheBrokerIsAnError() throws {
        let world = try World()
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [world.broker.address]))
        defer { client.close() }
        try KafkaAdmin(client).createTopics([
            NewTopic(name: "history", partitions: 1, configuration: [("max.message.bytes", "1000")])
        ])
        let log = try world.history()
        defer { log.close() }
        try log.append([[1]])
        let error = #expect(throws: HistoryLogError.self) {
            try log.append([[2], [UInt8](repeating: 3, count: 2000)])
        }
        #expect(error?.description.contains("MESSAGE_TOO_LARGE") == true)
        try log.append([[4]])
        #expect(try records(log) == [[1], [2], [4]])
    }

    /// Everything that a task asks of its history, in the order of a start.
    @Test func operationsWaitForKafkaAndReportTheInterruption() throws {
        let world = try World()
        world.broker.stop()
        let use = Use(try world.history()) { history in
            if try !history.exists() { try history.create() }
            try history.append([[1], [2]])
            var records: [[UInt8]] = []
            try history.replay { records.append($0) }
            #expect(records == [[1], [2]])
        }
        #expect(world.conditions.isInterrupted.wait(milliseconds: 20_000))
        guard case .interrupted(let reason) = world.conditions.last else {
            Issue.record("\(String(describing: world.conditions.last))")
            return
        }
        #expect(reason.contains("history") && reason.contains("\(world.broker.address)"))
        try world.startAgain()
        try use.get()
        #expect(world.conditions.last == .running)
    }

    @Test func appendWaitingForKafkaCanBeCancelled() throws {
        let world = try World()
        let history = try world.history()
        try history.create()
        try history.append([[1]])
        let cancel = history.cancel
        world.broker.stop()
        let use = Use(history) { try $0.append([[2]]) }
        #expect(world.conditions.isInterrupted.wait(milliseconds: 20_000))
        cancel()
        #expect(throws: CancellationError.self) { try use.get() }
    }

    @Test func queryWaitingForKafkaCanBeCancelled() throws {
        let world = try World()
        world.broker.stop()
        let history = try world.history()
        let cancel = history.cancel
        let use = Use(history) { _ = try $0.exists() }
        #expect(world.conditions.isInterrupted.wait(milliseconds: 20_000))
        cancel()
        #expect(throws: CancellationError.self) { try use.get() }
    }

    /// `delivery.timeout.ms` of the task's producer holds for the history too.
    @Test func deliveryTimeoutFailsTheAppend() throws {
        let world = try World()
        let history = try world.history(deliveryTimeoutMilliseconds: 500)
        defer { history.close() }
        try history.create()
        try history.append([[1]])
        world.broker.stop()
        let error = #expect(throws: HistoryLogError.self) { try history.append([[2]]) }
        #expect(error?.description.contains("500 ms") == true)
    }

    /// A broker would create it with its own retention.
    @Test func appendDoesNotCreateTheTopic() throws {
        let world = try World()
        let history = try world.history(deliveryTimeoutMilliseconds: 300)
        defer { history.close() }
        #expect(throws: HistoryLogError.self) { try history.append([[1]]) }
        #expect(try !history.exists())
    }
}
