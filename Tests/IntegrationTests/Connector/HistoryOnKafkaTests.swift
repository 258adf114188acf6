import BinlogSource
import ConnectData
import Foundation
import KafkaBroker
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

@testable import cdcd

extension ConnectorTests {
    /// The schema history in a Kafka topic whose broker stops while a statement of a real server is recorded.
    @Suite struct HistoryOnKafkaTests {
        private final class Broker {
            private let directory = NSTemporaryDirectory() + "cdcd-history-on-kafka-" + UUID().uuidString
            private var broker: DevelopmentBroker
            let address: SocketAddress

            init() throws {
                broker = try DevelopmentBroker(
                    listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory)
                address = broker.address
                broker.start()
            }

            deinit {
                broker.stop()
                _ = try? FileManager.default.removeItem(atPath: directory)
            }

            func stop() { broker.stop() }

            func startAgain() throws {
                broker = try DevelopmentBroker(listen: address, dataDirectory: directory)
                broker.start()
            }
        }

        private func harness(_ name: String, _ broker: Broker) throws -> ConnectorHarness {
            let harness = try ConnectorHarness(name, server: try #require(RealServers.mysql))
            harness.configuration["schema.history.internal.kafka.bootstrap.servers"] = "\(broker.address)"
            harness.openHistoryLog = { try KafkaHistoryLog($0, report: $1) }
            try harness.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            return harness
        }

        private func waitForInterruption(_ harness: ConnectorHarness) -> Bool {
            harness.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("schema history") } else { false }
            }
        }

        @Test func taskWaitingForItsHistoryCanBeStoppedAndResumed() throws {
            let broker = try Broker()
            let harness = try harness("h_stop", broker)
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            broker.stop()
            try harness.sql("ALTER TABLE t ADD COLUMN v int")
            #expect(waitForInterruption(harness))
            #expect(run.stop() == nil)
            // A start waits, too, and can be stopped.
            let second = try harness.start()
            #expect(waitForInterruption(harness))
            #expect(second.stop() == nil)
            try broker.startAgain()
            let third = try harness.start()
            try harness.sql("INSERT INTO t VALUES (2, 2)")
            #expect(harness.waitForChanges(2))
            #expect(third.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2"])
        }

        @Test func taskWaitingForItsHistoryContinuesWhenKafkaIsBack() throws {
            let broker = try Broker()
            let harness = try harness("h_wait", broker)
            let run = try harness.start()
            #expect(harness.waitForChanges(1))
            #expect(harness.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            broker.stop()
            try harness.sql("ALTER TABLE t ADD COLUMN v int", "INSERT INTO t VALUES (2, 2)")
            #expect(waitForInterruption(harness))
            try broker.startAgain()
            #expect(harness.waitForChanges(2))
            #expect(harness.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(harness.changes(of: "t") == ["r1", "c2"])
        }
    }
}
