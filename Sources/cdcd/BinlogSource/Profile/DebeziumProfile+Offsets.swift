import ConnectData
import DebeziumPlugins
import WireCore

/// How the generations differ in offsets and in the texts about them.
extension DebeziumProfile {
    /// Whether offsets of streamed records have a member `transaction_id`, always null without transaction metadata.
    package var offsetsHaveTransactionID: Bool { generation == .v19 }

    /// The member `snapshot` of an offset while a snapshot runs.
    package var runningSnapshotMark: JSONValue { generation == .v19 ? .bool(true) : .string("INITIAL") }

    /// Whether a server with this `gtid_mode` is followed by GTIDs: 1.9 also while the mode is being changed.
    package func followsGTIDs(mode: String?) -> Bool {
        guard let mode = mode?.uppercased(), !mode.isEmpty else { return false }
        return generation == .v19 ? mode != "OFF" : mode == "ON"
    }

    /// Whether the time of a change is when its transaction was committed (if the server logs it), instead of the
    /// whole second in which its statement began.
    package var prefersCommitTime: Bool { generation == .v36 }

    /// What the messages call the binlog.
    package var binlogTerm: String { generation == .v19 ? "binlog" : "change stream" }

    /// What the messages call the server.
    package var serverTerm: String { generation == .v19 ? "MySQL server" : "database server" }

    /// The snapshot mode that messages recommend if the schema history is lost.
    package var recoveryModeName: String { generation == .v19 ? "SCHEMA_ONLY_RECOVERY" : "recovery" }

    /// Whether history records carry the time at which they were made.
    package var historyHasTimestamps: Bool { generation == .v36 }

    /// The suffix of the client ids of the history's Kafka clients, after the connector's logical name.
    package var historyClientSuffix: String { generation == .v19 ? "-dbhistory" : "-schemahistory" }
}
