import ConnectData
import WireCore

/// One record of the schema history topic: a JSON document in a record without a key, in partition 0.
///
/// Source: Debezium's `HistoryRecord`, `JsonTableChangeSerializer`.
public struct HistoryRecord: Hashable, Sendable {
    /// `{"server": "<logical name>"}`.
    public var source: JSONObject
    /// The offset of the statement's event, with the connector's own member names.
    public var position: JSONObject
    /// When the record was made; none in 1.9.
    public var timestampMilliseconds: Int64?
    public var databaseName: String?
    public var schemaName: String?
    public var ddl: String?
    public var tableChanges: [TableChange]

    public init(
        source: JSONObject, position: JSONObject, timestampMilliseconds: Int64? = nil, databaseName: String? = nil,
        schemaName: String? = nil, ddl: String? = nil, tableChanges: [TableChange] = []
    ) {
        self.source = source
        self.position = position
        self.timestampMilliseconds = timestampMilliseconds
        self.databaseName = databaseName
        self.schemaName = schemaName
        self.ddl = ddl
        self.tableChanges = tableChanges
    }
}

/// What is wrong with a history's document.
public enum HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(String)
    case incomparable(String)

    public var description: String {
        switch self {
        case .malformed(let reason): "The schema history holds a document that is no history record: \(reason)"
        case .incomparable(let reason): "The schema history cannot be compared with the stored offset: \(reason)"
        }
    }
}
