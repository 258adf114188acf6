import WireCore

/// One record of the schema history topic: a JSON document in a record without a key, in partition 0.
///
/// Source: Debezium's `HistoryRecord` and `JsonTableChangeSerializer`.
package struct HistoryRecord: Hashable, Sendable {
    /// `{"server": "<logical name>"}`.
    package var source: JSONObject
    /// The offset of the statement's event, with the connector's own member names.
    package var position: JSONObject
    /// The time at which the record was written; nil in 1.9.
    package var timestampMilliseconds: Int64?
    package var databaseName: String?
    package var schemaName: String?
    package var ddl: String?
    package var tableChanges: [TableChange]

    package init(
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

    /// The document as this generation writes it to Kafka: Jackson's pretty print.
    package func encoded(for profile: DebeziumProfile) -> [UInt8] {
        var document: JSONObject = ["source": .object(source), "position": .object(position)]
        if profile.history.hasTimestamps, let timestampMilliseconds {
            document["ts_ms"] = .integer(timestampMilliseconds)
        }
        if let databaseName { document["databaseName"] = .string(databaseName) }
        if let schemaName { document["schemaName"] = .string(schemaName) }
        if let ddl { document["ddl"] = .string(ddl) }
        document["tableChanges"] = .array(tableChanges.map { .object(Self.document($0, profile)) })
        return JSONValue.object(document).prettyPrinted()
    }

    /// Parses a document of either generation, with any spacing.
    package init(decoding bytes: [UInt8]) throws(HistoryError) {
        self = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(HistoryError) in try Self.decode(bytes) }
    }
}

/// The defect of a history's document.
package enum HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(String)
    case incomparable(String)

    package var description: String {
        switch self {
        case .malformed(let reason): "The schema history contains a document that is not a history record: \(reason)"
        case .incomparable(let reason):
            "The schema history cannot be compared with the stored offset: \(reason). Take a new snapshot (a connector "
                + "with a new name, or its offsets deleted), or rebuild the history with the recovery snapshot mode."
        }
    }
}
