import PluginTestSupport
import Testing
import WireStreams

@testable import ConnectRuntime

extension PropertyEffect {
    /// An internal topic as the cluster is asked to open it.
    private static func opened(
        _ purpose: InternalTopicPurpose, _ show: @escaping @Sendable (WorkerConfiguration.InternalTopic) -> String
    ) -> Observation {
        { properties in
            let worker = try WorkerHarness(properties: properties)
            defer { worker.stop() }
            worker.awaitCluster("the internal topics are opened") { $0.openedTopics.count == 3 }
            return worker.cluster.state.withLock { $0.openedTopics[purpose] }.map(show) ?? "none"
        }
    }

    private static func topic(
        _ store: String, _ purpose: InternalTopicPurpose, name: String
    ) -> [PropertyEffect] {
        [
            PropertyEffect("\(store).storage.topic", "mine", from: name, to: "mine", opened(purpose) { $0.name }),
            PropertyEffect(
                "\(store).storage.replication.factor", "1", from: "3", to: "1",
                opened(purpose) { "\($0.replicationFactor)" }),
            PropertyEffect(
                "\(store).storage.min.insync.replicas", "2", of: "\(store).storage.*", from: "",
                to: "min.insync.replicas=2",
                opened(purpose) { $0.configuration.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }),
        ]
    }

    /// The worker's own topics.
    static let topics =
        topic("config", .configs, name: "configs") + topic("offset", .offsets, name: "offsets")
        + topic("status", .statuses, name: "status") + [
            PropertyEffect(
                "offset.storage.partitions", "2", from: "25", to: "2", opened(.offsets) { "\($0.partitions)" }),
            PropertyEffect(
                "status.storage.partitions", "2", from: "5", to: "2", opened(.statuses) { "\($0.partitions)" }),
        ]
}
