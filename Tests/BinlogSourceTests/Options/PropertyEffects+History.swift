import ConnectData
import DebeziumPlugins
import PluginTestSupport
import WireCore

@testable import BinlogSource

extension PropertyEffect {
    /// The tables whose definitions a task records.
    private static let recorded: Observation = { properties in
        let run = try TaskRun(properties)
        let names = run.history.compactMap { record in
            record.ddl?.firstMatch(of: /CREATE TABLE `(\w+)`/).map { "\(record.databaseName ?? "").\($0.output.1)" }
        }
        return run.failure ?? names.sorted().joined(separator: " ")
    }

    /// The schema history, under the names of either generation.
    static let history = generationHistory(.v36, "schema.history.internal.") + generationHistory(.v19, "database.history.") + [
        PropertyEffect(
            "schema.history.internal.store.only.captured.databases.ddl", "true",
            with: ["table.include.list": "shop.orders", "database.include.list": "shop"],
            from: "other.things shop.notes shop.orders", to: "shop.notes shop.orders", recorded),
        PropertyEffect(
            "database.history.store.only.monitored.tables.ddl", "true", .v19,
            with: ["table.include.list": "shop.orders"], from: "other.things shop.notes shop.orders", to: "shop.orders",
            recorded),
        PropertyEffect("schema.history.internal.kafka.create.timeout.ms", "1234", from: "30000", to: "1234") {
            "\(try TaskRun($0).historyLocation?.createTimeoutMilliseconds ?? 0)"
        },
        PropertyEffect("include.schema.comments", "true", from: "none", to: "the key") { properties in
            let changes = try TaskRun(properties).history.flatMap(\.tableChanges)
            return changes.compactMap { $0.definition?.columns.first?.comment }.first ?? "none"
        },
        PropertyEffect("include.schema.changes", "false", from: "written", to: "none") { properties in
            let run = try TaskRun(properties)
            return run.failure ?? (run.records.contains { $0.topic == "p" } ? "written" : "none")
        },
    ]

    private static func generationHistory(_ generation: DebeziumGeneration, _ prefix: String) -> [PropertyEffect] {
        let all = "other.things shop.notes shop.orders"
        return [
            PropertyEffect(prefix + "kafka.topic", "h2", generation, from: "history", to: "h2") {
                try TaskRun($0).historyLocation?.topic ?? "none"
            },
            PropertyEffect(prefix + "kafka.bootstrap.servers", "k:1", generation, from: "b:9092", to: "k:1") {
                try TaskRun($0).historyLocation?.bootstrapServers ?? "none"
            },
            PropertyEffect(prefix + "kafka.query.timeout.ms", "1234", generation, from: "3000", to: "1234") {
                "\(try TaskRun($0).historyLocation?.queryTimeoutMilliseconds ?? 0)"
            },
            PropertyEffect(
                prefix + "producer.linger.ms", "7", generation, of: prefix + "producer.*", from: "none", to: "7"
            ) { try TaskRun($0).historyLocation?.clientProperties[prefix + "producer.linger.ms"] ?? "none" },
            PropertyEffect(
                prefix + "consumer.client.id", "c", generation, of: prefix + "consumer.*", from: "none", to: "c"
            ) { try TaskRun($0).historyLocation?.clientProperties[prefix + "consumer.client.id"] ?? "none" },
            PropertyEffect(
                prefix + "store.only.captured.tables.ddl", "true", generation,
                with: ["table.include.list": "shop.orders"], from: all, to: "shop.orders", recorded),
            PropertyEffect(
                prefix + "skip.unparseable.ddl", "true", generation, from: "stops", to: "continues"
            ) { properties in
                var tables = TaskRun.shop
                tables[2].definition = "CREATE TABLE `things` (`id` int, ?? )"
                return try TaskRun(properties, tables: tables).failure == nil ? "continues" : "stops"
            },
        ]
    }
}
