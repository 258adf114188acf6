import ConnectData
import WireCore

/// What all connectors and tasks of a worker share.
struct WorkerEnvironment: Sendable {
    let configuration: WorkerConfiguration
    let plugins: PluginCatalog
    let cluster: any WorkerKafka
    let configs: ConfigStore
    let statuses: StatusStore
    let offsets: OffsetStore
    let committer: OffsetCommitter
    let identity: WorkerIdentity
    let presence: GroupPresence
    /// Milliseconds since the epoch.
    let clock: @Sendable () -> Int64
}

/// The kinds of connectors that this worker can run.
struct PluginCatalog: Sendable {
    let connectors: [any SourceConnector]

    /// By the full class name, the simple name, or the simple name without `Connector`.
    func connector(named name: String) -> (any SourceConnector)? {
        connectors.first { plugin in
            let simple = plugin.className.split(separator: ".").last.map(String.init) ?? plugin.className
            return name == plugin.className || name == simple || name + "Connector" == simple
        }
    }

    /// What Connect says of a class that it does not find.
    func unknown(_ name: String) -> String {
        let known = connectors.map(\.className).joined(separator: ", ")
        return "Failed to find any class that implements Connector and which name matches \(name), "
            + "available connectors are: \(known)"
    }
}
