import Foundation
import KafkaProtocol
import KafkaWire
import Testing
import WireCore
import WireStreams

/// The nodes of a cluster that `peers up kafka3` has started: they can be killed and started again.
struct KafkaNodes {
    static let addresses = (ProcessInfo.processInfo.environment["CDCD_TEST_KAFKA_NODES"] ?? "")
        .split(separator: ",").compactMap { SocketAddress(String($0)) }
    static let count = 3

    let client: KafkaClient
    let admin: KafkaAdmin
    private let peers: String

    init() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["CDCD_PEERS"], "CDCD_PEERS is not set")
        peers = "\(folder)/peers"
        client = KafkaClient(KafkaClientConfiguration(bootstrapServers: Self.addresses, clientID: "cdcd-kill-test"))
        admin = KafkaAdmin(client)
    }

    func createTopic(_ name: String, partitions: Int32) throws {
        try admin.createTopics([NewTopic(name: name, partitions: partitions, replicationFactor: 3)]).get()
    }

    /// - Parameter node: from 1.
    func kill(_ node: Int) throws { try run(["kill", "kafka3", "\(node)"]) }

    /// Returns when the node accepts connections.
    func start(_ node: Int) throws { try run(["start", "kafka3", "\(node)"]) }

    /// Not with Foundation's `Process`, which waits for the node, too: it inherits the descriptor that is watched.
    private func run(_ arguments: [String]) throws {
        guard try ChildProcess(peers, arguments).finish() == 0 else {
            throw ExternalProgram.Failure(description: "\(peers) \(arguments) has failed")
        }
    }

    /// Returns when every partition of these topics, and of the coordinators' topic if there is one, has all replicas
    /// in sync.
    func awaitReplicas(of topics: [String]) throws {
        let deadline = MonotonicInstant.now.advanced(byMilliseconds: 120_000)
        while MonotonicInstant.now < deadline {
            let names = try admin.topicNames().filter { topics.contains($0) || $0 == "__transaction_state" }
            let found = admin.describeTopics(names).compactMap { try? $0.get() }
            let partitions = found.flatMap(\.partitions)
            if found.count >= topics.count, partitions.allSatisfy({ $0.inSyncReplicas.count == Self.count }) { return }
        }
        throw ExternalProgram.Failure(description: "the replicas are not in sync after two minutes")
    }
}
