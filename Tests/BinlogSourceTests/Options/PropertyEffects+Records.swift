import ConnectData
import DebeziumPlugins
import PluginTestSupport
import WireCore

@testable import BinlogSource

extension PropertyEffect {
    /// Which records are emitted, to which topic, and what they contain besides the row.
    static let records = [
        PropertyEffect("topic.prefix", "q", from: "p.alltypes.uniq", to: "q.alltypes.uniq") {
            try EmittedRows("uniq", $0).topics.joined(separator: " ")
        },
        PropertyEffect("database.server.name", "q", .v19, from: "p.alltypes.uniq", to: "q.alltypes.uniq") {
            try EmittedRows("uniq", $0).topics.joined(separator: " ")
        },
        PropertyEffect("topic.delimiter", "_", from: "p.alltypes.uniq", to: "p_alltypes_uniq") {
            try EmittedRows("uniq", $0).topics.joined(separator: " ")
        },
        PropertyEffect("message.key.columns", "alltypes.modes:d,u", from: "id", to: "d,u") {
            try EmittedRows("modes", $0).keyFields
        },
        PropertyEffect(
            "extended.headers.enabled", "false",
            from: "__debezium.context.connectorLogicalName,__debezium.context.taskId,"
                + "__debezium.context.connectorName,__debezium.context.runId",
            to: ""
        ) {
            let headers = try EmittedRows("modes", $0).records.first?.headers.objectValue
            return headers?.members.map(\.0).joined(separator: ",") ?? "none"
        },
        PropertyEffect("tombstones.on.delete", "false", from: "c,d,tombstone,c,d,tombstone,d,tombstone", to: "c,d,c,d,d") {
            try EmittedRows("my-t $x", $0).operations
        },
        PropertyEffect("skipped.operations", "c", from: "c,d,tombstone,c,d,tombstone,d,tombstone", to: "d,tombstone,c,d,tombstone,d,tombstone") {
            try EmittedRows("my-t $x", $0).operations
        },
        PropertyEffect(
            "skip.messages.without.change", "true", with: ["column.exclude.list": "alltypes.nopk.w"],
            from: "u,u,d,tombstone,d,tombstone,c", to: "d,tombstone,d,tombstone,c"
        ) {
            try EmittedRows("nopk", $0).operations
        },
    ]
}
