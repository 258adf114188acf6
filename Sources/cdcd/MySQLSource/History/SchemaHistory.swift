import ConnectData
import MySQLWire
import WireCore

/// Rebuilding the schema that held at an offset from the history that was recorded.
public enum SchemaHistory {
    /// What a history's replay gave.
    public struct Recovery: Sendable {
        public var schema: DatabaseSchema
        /// Records of this connector, at or before the offset or not.
        public var recordCount: Int
        /// Records that were applied.
        public var appliedCount: Int
    }

    /// Replays the log over `schema` (an empty one with the connector's rules): every record with this `source` whose
    /// position is at or before `offset`.
    ///
    /// Throws `HistoryError` for a document that is no history record, `DDLError` for a statement that cannot be
    /// followed, and what the log throws.
    public static func recover(
        from log: any HistoryLog, source: JSONObject, until offset: JSONObject,
        gtidSourceFilter: ((ServerUUID) -> Bool)? = nil, into schema: DatabaseSchema
    ) throws -> Recovery {
        Recovery(schema: schema, recordCount: 0, appliedCount: 0)
    }
}
