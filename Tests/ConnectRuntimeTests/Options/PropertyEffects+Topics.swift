import KafkaBroker
import KafkaProtocol
import PluginTestSupport
import Testing
import WireStreams

@testable import ConnectRuntime

extension PropertyEffect {
    /// An internal topic as the worker requests to create it.
    ///
    /// - Parameter name: its default name.
    private static func created(
        _ name: String, _ show: @escaping @Sendable (CreateTopicsRequest.CreatableTopic) -> String
    ) -> Observation {
        { properties in
            let kafka = try KafkaHarness()
            kafka.createTopicsWithOneReplica()
            let worker = ConnectWorker(
                configuration: try configuration(
                    properties.merging(["bootstrap.servers": kafka.broker.address.description]) { $1 }),
                plugins: TestPlugins.registry)
            try worker.start()
            defer { worker.stop() }
            let others = Set(["configs", "offsets", "status"]).subtracting([name])
            return kafka.awaitCreatedTopics(3).first { !others.contains($0.name) }.map(show) ?? "none"
        }
    }

    private static func topic(_ store: String, name: String) -> [PropertyEffect] {
        [
            PropertyEffect("\(store).storage.topic", "mine", from: name, to: "mine", created(name) { $0.name }),
            PropertyEffect(
                "\(store).storage.replication.factor", "1", from: "3", to: "1",
                created(name) { "\($0.replicationFactor)" }),
            PropertyEffect(
                "\(store).storage.min.insync.replicas", "2", of: "\(store).storage.*", from: "",
                to: "min.insync.replicas=2",
                created(name) { topic in
                    topic.configs.filter { $0.name != "cleanup.policy" }.map { "\($0.name)=\($0.value ?? "null")" }
                        .joined(separator: ",")
                }),
        ]
    }

    /// The worker's own topics.
    static let topics =
        topic("config", name: "configs") + topic("offset", name: "offsets") + topic("status", name: "status") + [
            PropertyEffect(
                "offset.storage.partitions", "2", from: "25", to: "2", created("offsets") { "\($0.numPartitions)" }),
            PropertyEffect(
                "status.storage.partitions", "2", from: "5", to: "2", created("status") { "\($0.numPartitions)" }),
        ]
}
