import ConnectData
import WireCore
import WireStreams

/// Starts the parts of a worker that need Kafka: reads the internal topics and joins the group.
struct WorkerStartup {
    let configuration: WorkerConfiguration
    let plugins: PluginRegistry
    let cluster: KafkaCluster
    let herder: Herder
    let identity: WorkerIdentity
    let presence: GroupPresence

    /// The cluster's id; nil if the brokers have none.
    func requestClusterID() throws -> String? {
        let servers = configuration.bootstrapServers.map(\.description).joined(separator: ",")
        herder.enter(stage: "requesting the cluster's id from the brokers \(servers)")
        let clusterID = try cluster.clusterID()
        Logger("org.apache.kafka.connect.runtime.WorkerConfig").info("Kafka cluster ID: \(clusterID ?? "null")")
        return clusterID
    }

    /// Reads the internal topics, and starts to commit offsets.
    func openStores() throws -> WorkerEnvironment {
        herder.enter(stage: "reading the internal topics")
        let offsets = OffsetStore(log: try cluster.openLog(configuration.offsetTopic, purpose: .offsets))
        try offsets.load()
        let statuses = StatusStore(log: try cluster.openLog(configuration.statusTopic, purpose: .statuses))
        try statuses.load()
        let configs = ConfigStore(log: try cluster.openLog(configuration.configTopic, purpose: .configs))
        try configs.load()
        let committer = OffsetCommitter(flushIntervalMilliseconds: configuration.offsetFlushIntervalMilliseconds)
        return WorkerEnvironment(
            configuration: configuration, plugins: plugins, cluster: cluster, configs: configs, statuses: statuses,
            offsets: offsets, committer: committer, identity: identity, presence: presence
        ) { WallTime.now.epochMilliseconds }
    }

    func makeMember(_ environment: WorkerEnvironment) -> WorkerGroupMembership {
        WorkerGroupMembership(configuration, client: cluster.groupClient, identity: identity) {
            environment.configs.snapshot
        }
    }

    /// Joins the group, and reports changes of the membership to the herder.
    ///
    /// - Parameter lost: called if the worker cannot continue.
    func join(_ member: WorkerGroupMembership, lost: @escaping @Sendable (WorkerError) -> Void) throws {
        herder.enter(stage: "joining the group \(configuration.groupID)")
        try member.join()
        let (presence, herder) = (presence, herder)
        member.start(WorkerGroupMembership.Reports(
            joined: { herder.post(.groupJoined) },
            suspended: { reason in
                herder.post(.membershipLost(reason: reason, revoked: presence.leave(reason, revokes: false)))
            },
            left: { reason in
                herder.post(.membershipLost(reason: reason, revoked: presence.leave(reason, revokes: true)))
            },
            rejoined: { herder.post(.membershipRegained(revoked: presence.rejoin(othersRan: $0))) },
            lost: lost))
        herder.enter(stage: "starting connectors")
    }
}
