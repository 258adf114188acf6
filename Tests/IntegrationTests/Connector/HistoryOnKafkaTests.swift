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
    /// The schema history in a Kafka topic, whose broker goes away while a statement of a real server is recorded.
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

        private func world(_ name: String, _ broker: Broker) throws -> ConnectorWorld {
            let world = try ConnectorWorld(name, server: try #require(RealServers.mysql))
            world.configuration["schema.history.internal.kafka.bootstrap.servers"] = "\(broker.address)"
            world.openHistoryLog = { try KafkaHistoryLog($0, report: $1) }
            try world.sql("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
            return world
        }

        private func waitForInterruption(_ world: ConnectorWorld) -> Bool {
            world.recording.wait { state in
                if case .interrupted(let reason) = state.conditions.last { reason.contains("schema history") } else { false }
            }
        }

        @Test func taskWaitingForItsHistoryCanBeStoppedAndResumed() throws {
            let broker = try Broker()
            let world = try world("h_stop", broker)
            let run = try world.start()
            #expect(world.waitForChanges(1))
            #expect(world.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            broker.stop()
            try world.sql("ALTER TABLE t ADD COLUMN v int")
            #expect(waitForInterruption(world))
            #expect(run.stop() == nil)
            // A start waits as well, and can be stopped too.
            let second = try world.start()
            #expect(waitForInterruption(world))
            #expect(second.stop() == nil)
            try broker.startAgain()
            let third = try world.start()
            try world.sql("INSERT INTO t VALUES (2, 2)")
            #expect(world.waitForChanges(2))
            #expect(third.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2"])
        }

        @Test func taskWaitingForItsHistoryContinuesWhenKafkaIsBack() throws {
            let broker = try Broker()
            let world = try world("h_wait", broker)
            let run = try world.start()
            #expect(world.waitForChanges(1))
            #expect(world.recording.wait { $0.checkpoints.contains { $0.offset["snapshot"] == nil } })
            broker.stop()
            try world.sql("ALTER TABLE t ADD COLUMN v int", "INSERT INTO t VALUES (2, 2)")
            #expect(waitForInterruption(world))
            try broker.startAgain()
            #expect(world.waitForChanges(2))
            #expect(world.recording.wait { $0.conditions.last == .running })
            #expect(run.stop() == nil)
            #expect(world.changes(of: "t") == ["r1", "c2"])
        }
    }
}
