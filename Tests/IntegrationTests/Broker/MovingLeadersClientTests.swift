import Foundation
import KafkaBroker
import KafkaProtocol
import Testing
import WireStreams

/// kcat writes to a cluster of three nodes while leaders move and nodes stop and start.
@Suite(.serialized) struct MovingLeadersClientTests {
    private static let linesPerRound = 5000

    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func leader(_ broker: DevelopmentBroker) throws -> Int32 {
        try broker.cluster.leader(ofTopic: "lines", partition: 0).node
    }

    /// What happens in a round, after some of its records are stored.
    private func change(_ broker: DevelopmentBroker, _ round: Int) throws {
        let leader = try leader(broker)
        let next = leader % 3 + 1
        switch round % 4 {
        case 0: try broker.cluster.moveLeader(ofTopic: "lines", partition: 0, to: next)
        case 1: try broker.cluster.stop(node: leader)
        case 2:
            for node in broker.cluster.nodes where !node.isRunning { try broker.cluster.start(node: node.id) }
        default:
            try broker.cluster.stop(node: leader)
            try broker.cluster.stop(node: self.leader(broker))
            for node in broker.cluster.nodes where !node.isRunning { try broker.cluster.start(node: node.id) }
            try broker.cluster.electPreferredLeaders()
        }
    }

    @Test func kcatLosesAndRepeatsNothing() throws {
        let kcat = try ExternalProgram.kcat()
        var configuration = DevelopmentBrokerConfiguration(
            listen: SocketAddress(host: "127.0.0.1", port: 0), dataDirectory: scratch.path + "/data")
        configuration.nodeCount = 3
        let broker = try DevelopmentBroker(configuration)
        broker.start()
        defer { broker.stop() }
        let addresses = broker.cluster.nodes.compactMap { $0.addresses["PLAINTEXT"]?.description }
        let bootstrap = addresses.joined(separator: ",")
        let producer = try ChildProcess(
            kcat.path,
            [
                "-b", bootstrap, "-P", "-E", "-t", "lines", "-X", "enable.idempotence=true", "-X", "log_level=0",
                "-X", "reconnect.backoff.max.ms=100", "-X", "retry.backoff.ms=20",
            ])
        let roundCount = 12
        for round in 0..<roundCount {
            let first = round * Self.linesPerRound
            try producer.write((first..<first + Self.linesPerRound).map { "\($0)\n" }.joined())
            try awaitRecords(first + 1, kcat, bootstrap)
            try change(broker, round)
        }
        #expect(producer.finish() == 0)
        let read = try kcat.run(["-b", bootstrap, "-C", "-t", "lines", "-e", "-q", "-X", "check.crcs=true"])
        #expect(read == (0..<(roundCount * Self.linesPerRound)).map { "\($0)\n" }.joined())
        #expect(try broker.cluster.leader(ofTopic: "lines", partition: 0).epoch >= 9)
    }

    /// Returns when the topic has at least this number of records.
    private func awaitRecords(_ count: Int, _ kcat: ExternalProgram, _ bootstrap: String) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let answer = (try? kcat.run(["-b", bootstrap, "-Q", "-t", "lines:0:-1"])) ?? ""
            if let offset = answer.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }), offset >= count {
                return
            }
        }
        throw ExternalProgram.Failure(description: "fewer than \(count) records within a minute")
    }
}
