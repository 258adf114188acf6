import Foundation
import KafkaWire
import MySQLSource
import Testing
import WireStreams

@testable import cdcd

@Suite struct KafkaHistoryLogTests {
    /// A history with a gap can't be replayed: whatever the broker does not keep must end the append.
    @Test func aRecordThatTheBrokerRefusesIsAnError() throws {
        let directory = NSTemporaryDirectory() + "cdcd-history-test-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let broker = try DevelopmentBroker(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: directory)
        broker.start()
        defer { broker.stop() }
        let client = KafkaClient(KafkaClientConfiguration(bootstrapServers: [broker.address]))
        defer { client.close() }
        try KafkaAdmin(client).createTopics([
            NewTopic(name: "history", partitions: 1, configuration: [("max.message.bytes", "1000")])
        ])
        let log = try KafkaHistoryLog(
            HistoryLogLocation(topic: "history", bootstrapServers: "PLAINTEXT://\(broker.address)", clientID: "test"))
        defer { log.close() }
        try log.append([[1]])
        let error = #expect(throws: HistoryLogError.self) {
            try log.append([[2], [UInt8](repeating: 3, count: 2000)])
        }
        #expect(error?.description.contains("MESSAGE_TOO_LARGE") == true)
        try log.append([[4]])
        var records: [[UInt8]] = []
        try log.replay { records.append($0) }
        #expect(records == [[1], [2], [4]])
    }
}
