import ConnectData
import WireCore

/// The position of a connector: the value that Connect's offsets topic contains for its source partition.
///
/// Source: Debezium's `MySqlOffsetContext` (1.9) and `BinlogOffsetContext` (3.6).
package struct SourceOffset: Hashable, Sendable {
    /// The phase of the connector to which the offset belongs.
    package enum Phase: Hashable, Sendable {
        case streaming
        /// The snapshot is not finished: it starts again after a restart.
        case snapshotRunning
        /// The snapshot's last record.
        case snapshotFinished
    }

    /// The position from which reading restarts: the file's name (empty: the first one), and the position in bytes of
    /// the transaction in flight, or after the last event outside of transactions.
    package var file: String
    package var position: Int64
    /// The executed set without the transaction in flight, as stored; nil if GTIDs are not used.
    package var gtids: String?
    /// The number of processed events of the transaction in flight, including its BEGIN.
    package var eventCount: Int64
    /// The number of processed rows of the next event.
    package var rowCount: Int64
    /// The server that wrote the last event; 0 if none was read.
    package var serverID: Int64
    /// The database's time of the last event, in seconds since the epoch.
    package var timestampSeconds: Int64?
    package var phase: Phase

    package init(
        file: String, position: Int64, gtids: String? = nil, eventCount: Int64 = 0, rowCount: Int64 = 0,
        serverID: Int64 = 0, timestampSeconds: Int64? = nil, phase: Phase = .streaming
    ) {
        self.file = file
        self.position = position
        self.gtids = gtids
        self.eventCount = eventCount
        self.rowCount = rowCount
        self.serverID = serverID
        self.timestampSeconds = timestampSeconds
        self.phase = phase
    }

    /// Reads a stored offset of either generation.
    ///
    /// Throws if a member is missing or has an invalid value, and if Debezium was in the middle of something that
    /// cannot be taken over (an incremental snapshot).
    package init(_ stored: JSONObject) throws(ConnectorError) {
        guard let file = stored["file"]?.stringValue else {
            throw ConnectorError("Source offset 'file' parameter is missing", remedy: Self.remedy)
        }
        if stored["incremental_snapshot_primary_key"]?.stringValue != nil
            || stored["incremental_snapshot_collections"]?.stringValue != nil {
            throw ConnectorError(
                "The stored offset was written during an incremental snapshot, which is not supported yet",
                remedy: "Let Debezium finish the snapshot, or stop it with a stop-snapshot signal, and then start here.")
        }
        self.init(file: file, position: try Self.number("pos", in: stored) ?? 0)
        gtids = stored["gtids"]?.stringValue.map { String($0.filter { $0 != "\n" && $0 != "\r" }) }
        eventCount = try Self.number("event", in: stored) ?? 0
        rowCount = try Self.number("row", in: stored) ?? 0
        serverID = try Self.number("server_id", in: stored) ?? 0
        timestampSeconds = try Self.number("ts_sec", in: stored)
        if Self.isSnapshotMark(stored["snapshot"]) { phase = .snapshotRunning }
    }

    private static let remedy = "Correct the connector's offset with PATCH /connectors/NAME/offsets (the connector must be "
        + "stopped), or remove it with DELETE and let a new snapshot be taken."

    private static func number(_ name: String, in stored: JSONObject) throws(ConnectorError) -> Int64? {
        let value: Int64?
        switch stored[name] {
        case nil, .null?: return nil
        case .integer(let number)?: value = number
        case .string(let text)?: value = Int64(text)
        default: value = nil
        }
        guard let value, value >= 0 else {
            let shown = stored[name].map { String(decoding: $0.encoded(), as: UTF8.self) } ?? "null"
            throw ConnectorError(
                "Source offset '\(name)' parameter value \(shown) could not be converted to a long", remedy: remedy)
        }
        return value
    }

    /// 1.9 writes `true`; 3.x the kind of snapshot.
    private static func isSnapshotMark(_ value: JSONValue?) -> Bool {
        switch value {
        case .bool(let flag)?: flag
        case .string(let text)?: ["true", "initial", "blocking"].contains(text.lowercased())
        default: false
        }
    }

    /// The members that the generation stores. Members without information are absent, as in Debezium.
    package func encoded(for profile: DebeziumProfile) -> JSONObject {
        var members: [(name: String, value: JSONValue)] = []
        members.reserveCapacity(9)
        if phase == .streaming, profile.offsets.haveTransactionID {
            members.append((name: "transaction_id", value: .null))
        }
        if let timestampSeconds { members.append((name: "ts_sec", value: .integer(timestampSeconds))) }
        members.append((name: "file", value: .string(file)))
        members.append((name: "pos", value: .integer(position)))
        if let gtids { members.append((name: "gtids", value: .string(gtids))) }
        if phase == .snapshotRunning { members.append((name: "snapshot", value: profile.offsets.runningSnapshotMark)) }
        if rowCount != 0 { members.append((name: "row", value: .integer(rowCount))) }
        if serverID != 0 { members.append((name: "server_id", value: .integer(serverID))) }
        if eventCount != 0 { members.append((name: "event", value: .integer(eventCount))) }
        return JSONObject(distinct: members)
    }
}
