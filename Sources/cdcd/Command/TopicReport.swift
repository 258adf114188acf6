import KafkaProtocol
import KafkaWire
import WireCore

/// What `cdcd topics describe` shows of a topic.
struct TopicReport {
    let topic: TopicDescription
    let configuration: [ConfigEntry]
    let beginnings: [Int32: Int64]
    let ends: [Int32: Int64]

    func write(to report: inout CommandReport) throws(CommandError) {
        try report.document(document)
        let id = topic.id == .zero ? "" : "  id \(topic.id)"
        try report.text("\(topic.name)\(id)  partitions \(topic.partitions.count)")
        report.row(["PARTITION", "LEADER", "EPOCH", "REPLICAS", "IN SYNC", "BEGINNING", "END"])
        for partition in topic.partitions {
            report.row([
                "\(partition.index)", partition.leader < 0 ? "none" : "\(partition.leader)", "\(partition.leaderEpoch)",
                Self.list(partition.replicas), Self.list(partition.inSyncReplicas),
                beginnings[partition.index].map { "\($0)" } ?? "?", ends[partition.index].map { "\($0)" } ?? "?",
            ])
        }
        try report.printTable()
        guard !configuration.isEmpty else { return }
        report.row(["CONFIGURATION", "VALUE", "SOURCE"])
        for entry in configuration { report.row([entry.name, Self.value(entry), "\(entry.source)"]) }
        try report.printTable()
    }

    private static func list(_ brokers: [Int32]) -> String { brokers.map { "\($0)" }.joined(separator: ",") }

    private static func value(_ entry: ConfigEntry) -> String { entry.value ?? (entry.isSensitive ? "[hidden]" : "") }

    private var document: JSONObject {
        let partitions = topic.partitions.map { partition in
            JSONValue.object([
                "partition": .integer(Int64(partition.index)), "leader": .integer(Int64(partition.leader)),
                "leaderEpoch": .integer(Int64(partition.leaderEpoch)), "replicas": Self.array(partition.replicas),
                "inSync": Self.array(partition.inSyncReplicas),
                "beginning": beginnings[partition.index].map { .integer($0) } ?? .null,
                "end": ends[partition.index].map { .integer($0) } ?? .null,
            ])
        }
        let configuration = configuration.map { entry in
            JSONValue.object([
                "name": .string(entry.name), "value": entry.value.map { .string($0) } ?? .null,
                "source": .string("\(entry.source)"),
            ])
        }
        return [
            "topic": .string(topic.name), "id": topic.id == .zero ? .null : .string("\(topic.id)"),
            "internal": .bool(topic.isInternal), "partitions": .array(partitions),
            "configuration": .array(configuration),
        ]
    }

    private static func array(_ numbers: [Int32]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
}
