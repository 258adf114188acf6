import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// The offsets of one connector: those of a source in the offsets topic, those of a sink in its consumer group. Its
/// functions wait for Kafka, and `check` for the connector's plugin.
struct ConnectorOffsets {
    private let name: String
    private let config: ConnectorConfig
    private let environment: WorkerEnvironment
    private let logger: Logger

    init(of name: String, _ environment: WorkerEnvironment) {
        self.name = name
        self.environment = environment
        config = environment.configs.snapshot.connectors[name] ?? ConnectorConfig()
        logger = Logger(Herder.workerLoggerName, context: "[\(name)|worker] ")
    }

    private func resolved() throws -> [String: String] {
        try environment.configuration.configProviders.resolved(config.dictionary)
    }

    /// nil if the class is unknown.
    private func plugin() throws -> ConnectorPlugin? {
        let className = config["connector.class"] ?? ""
        if let plugin = environment.plugins.connectorPlugin(named: className) { return plugin }
        return environment.plugins.connectorPlugin(named: try resolved()["connector.class"] ?? "")
    }

    // MARK: Reading

    func list() throws -> [(partition: JSONObject, offset: JSONObject)] {
        guard try plugin()?.kind == .sink else {
            try environment.offsets.refresh()
            return environment.offsets.offsets(of: name)
        }
        let offsets: [(partition: TopicPartition, offset: Int64)]
        do { offsets = try withGroup(groupOffsets) } catch {
            throw failure("Failed to retrieve consumer group offsets for sink connector \(name)", error)
        }
        return offsets.map { partition, offset in
            (
                ["kafka_partition": .integer(Int64(partition.partition)), "kafka_topic": .string(partition.topic)],
                ["kafka_offset": .integer(offset)]
            )
        }
    }

    /// Ordered by partition.
    private func groupOffsets(
        _ admin: KafkaAdmin, _ groupID: String
    ) throws -> [(partition: TopicPartition, offset: Int64)] {
        var offsets: [(partition: TopicPartition, offset: Int64)] = []
        for entry in try admin.listGroupOffsets([(groupID, nil)])[0].get().sorted(by: { $0.partition < $1.partition }) {
            if let offset = try entry.offset.get() { offsets.append((TopicPartition(entry.partition), offset.offset)) }
        }
        return offsets
    }

    private func withGroup<R>(_ body: (KafkaAdmin, _ groupID: String) throws -> R) throws -> R {
        let overrides = ClientOverride(
            connector: try resolved(), worker: environment.configuration, name: name, kind: .sink)
        let admin = TaskAdmin(
            environment.cluster, overrides.admin, clientID: "connector-worker-adminclient-\(name)")
        defer { admin.close() }
        return try body(admin.operations, overrides.consumer.consumer.groupID ?? "")
    }

    /// Connect answers without the cause, which is logged.
    private func failure(_ text: String, _ cause: any Error) -> HerderError {
        logger.error("\(text): \(KafkaError.explained(cause))")
        return .failed(text)
    }

    // MARK: Changes

    /// Lets the connector check the changes.
    ///
    /// - Parameter requested: nil removes all offsets.
    func check(_ requested: [RequestedOffset]?) throws -> OffsetCheck {
        guard let plugin = try plugin() else {
            return OffsetCheck(changes: .source(try sourceOffsets(requested)), isComplete: false)
        }
        switch plugin.factory {
        case .source(let factory):
            let offsets = try sourceOffsets(requested)
            let connector = factory.makeConnector(environment.plugins)
            return OffsetCheck(
                changes: .source(offsets), isComplete: try connector.alterOffsets(try resolved(), offsets))
        case .sink(let factory):
            let offsets = try requested.map(SinkOffsets.parse) ?? committedPartitions()
            let connector = factory.makeConnector(environment.plugins)
            let isComplete = try connector.alterOffsets(try resolved(), offsets)
            if offsets.values.contains(where: { ($0 ?? 0) < 0 }) {
                throw HerderError.failed("Failed to modify offsets for sink connector \(name)")
            }
            return OffsetCheck(changes: requested == nil ? .sinkReset : .sink(offsets), isComplete: isComplete)
        }
    }

    private func sourceOffsets(_ requested: [RequestedOffset]?) throws -> [PartitionOffset] {
        try environment.offsets.refresh()
        guard let requested else {
            return environment.offsets.offsets(of: name).map { PartitionOffset(partition: $0.partition, offset: nil) }
        }
        return try requested.map { item in
            guard let partition = item.partition, partition.isFlat else {
                throw HerderError.failed("An element of \"offsets\" needs an object \"partition\" of plain values.")
            }
            guard item.offset?.isFlat != false else {
                throw HerderError.failed("\"offset\" has to be null or an object of plain values.")
            }
            return PartitionOffset(partition: partition, offset: item.offset)
        }
    }

    private func committedPartitions() throws -> [TopicPartition: Int64?] {
        do {
            let offsets = try withGroup(groupOffsets)
            return Dictionary(uniqueKeysWithValues: offsets.map { ($0.partition, Int64?.none) })
        } catch {
            throw failure("Failed to list offsets prior to resetting sink connector offsets", error)
        }
    }

    func write(_ changes: OffsetCheck.Changes) throws {
        switch changes {
        case .source(let offsets):
            for change in offsets {
                try environment.offsets.write(
                    change.offset, of: OffsetView.Source(connector: name, partition: change.partition))
            }
        case .sink(let offsets):
            do { try withGroup { try Self.alter(offsets, $0, $1) } } catch { throw groupFailure("alter", error) }
        case .sinkReset:
            do { try withGroup { try Self.delete($0, $1) } } catch { throw groupFailure("reset", error) }
        }
    }

    private static func alter(_ offsets: [TopicPartition: Int64?], _ admin: KafkaAdmin, _ groupID: String) throws {
        let ordered = offsets.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }
        let altered = ordered.compactMap { partition, offset in
            offset.map { (partition: partition.forClient, offset: OffsetAndMetadata($0)) }
        }
        let removed = ordered.filter { $0.value == nil }.map(\.key.forClient)
        var results = altered.isEmpty ? [] : admin.alterGroupOffsets(groupID, altered)
        results += removed.isEmpty ? [] : admin.deleteGroupOffsets(groupID, removed)
        for result in results { try result.get() }
    }

    private static func delete(_ admin: KafkaAdmin, _ groupID: String) throws {
        do throws(KafkaError) {
            try admin.deleteGroups([groupID])[0].get()
        } catch {
            // It is gone, or has never been there.
            guard error.errorCode == .groupIDNotFound else { throw error }
        }
    }

    private func groupFailure(_ verb: String, _ cause: any Error) -> HerderError {
        let text = "Failed to \(verb) consumer group offsets for connector \(name)"
        let ofMembers: Set<KafkaErrorCode> = [.unknownMemberID, .groupSubscribedToTopic, .nonEmptyGroup]
        guard let code = (cause as? KafkaError)?.errorCode, ofMembers.contains(code) else {
            return failure(text, cause)
        }
        return failure(
            "\(text) either because its tasks haven't stopped completely yet or the connector was resumed before the "
                + "request to \(verb) its offsets could be successfully completed. If the connector is in a stopped state, "
                + "this operation can be safely retried. If it doesn't eventually succeed, the Connect cluster may need to "
                + "be restarted to get rid of the zombie sink tasks.", cause)
    }
}

extension JSONObject {
    /// Whether the members are plain values.
    fileprivate var isFlat: Bool {
        members.allSatisfy { $0.value.objectValue == nil && $0.value.arrayValue == nil }
    }
}
