import ConnectData
import WireCore

/// The services that all connectors and tasks of a worker share.
struct WorkerEnvironment: Sendable {
    let configuration: WorkerConfiguration
    let plugins: PluginRegistry
    let cluster: KafkaCluster
    let configs: ConfigStore
    let statuses: StatusStore
    let offsets: OffsetStore
    let committer: OffsetCommitter
    let identity: WorkerIdentity
    let presence: GroupPresence
    /// Milliseconds since the epoch.
    let clock: @Sendable () -> Int64
}
