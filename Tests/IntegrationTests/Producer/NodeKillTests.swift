import Foundation
import KafkaWire
import Synchronization
import Testing
import WireTestSupport

/// Nodes of a real cluster with three replicas of each partition are killed while producers write to it.
///
/// `scripts/test kills` starts the cluster. `CDCD_TEST_KAFKA_NODES` has the addresses of the nodes of `peers up kafka3`
/// (with `min.insync.replicas` 2), `CDCD_PEERS` the folder of that program; `CDCD_TEST_KILLS` is the number of kills,
/// `CDCD_TEST_SEED` repeats a run.
@Suite(.ownThreads, .enabled(if: !KafkaNodes.addresses.isEmpty, "CDCD_TEST_KAFKA_NODES names no nodes"))
struct NodeKillTests {
    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }

    /// At once, unlike `print`: a run takes some minutes.
    private static func report(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }

    @Test func acknowledgedRecordsSurviveKillsInOrder() async throws {
        let seed = Self.number("CDCD_TEST_SEED") ?? .random(in: 0 ... .max)
        let kills = Self.number("CDCD_TEST_KILLS") ?? 20
        Self.report("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let nodes = try KafkaNodes()
        defer { nodes.client.close() }
        func load(_ kind: String, _ change: (inout ProducerConfiguration) -> Void) throws -> ProducerLoad {
            let topic = "cdcd-kills-\(kind)-\(UInt32.random(in: 0 ... .max))"
            try nodes.createTopic(topic, partitions: ProducerLoad.partitionCount)
            return try ProducerLoad(nodes.client, topic: topic, seed: generator.next(), change)
        }
        let loads = [
            try load("plain") {
                $0.isIdempotent = false
                $0.inFlightPerBrokerMax = 1
            },
            try load("idempotent") { _ in },
            try load("idempotent-lz4") { $0.compression = .lz4 },
            try load("transactional") { $0.transactionalID = "cdcd-kills" },
        ]
        // After an error; otherwise they have ended.
        defer { for load in loads { load.abandon() } }
        let clock = ContinuousClock()
        var longest = Duration.zero
        for kill in 1...kills {
            for load in loads { try load.awaitProgress() }
            try nodes.awaitReplicas(of: loads.map(\.topic))
            let node = Int.random(in: 1...KafkaNodes.count, using: &generator)
            // Some nodes are back before another leader is elected.
            let isStartedAtOnce = Int.random(in: 0..<4, using: &generator) == 0
            let start = clock.now
            try nodes.kill(node)
            if !isStartedAtOnce { for load in loads { try load.awaitProgress() } }
            let passed = clock.now - start
            if !isStartedAtOnce { longest = max(longest, passed) }
            let result = isStartedAtOnce ? "started at once" : "progress after \(passed)"
            Self.report("kill \(kill): node \(node), \(result)")
            try nodes.start(node)
        }
        for load in loads { try load.awaitProgress() }
        try nodes.awaitReplicas(of: loads.map(\.topic))
        for load in loads { try load.stop() }
        for load in loads { Self.report(try load.check(nodes.client)) }
        Self.report("\(kills) kills; all partitions accepted records again after \(longest) at most; seed \(seed)")
    }
}
