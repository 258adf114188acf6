/// The first step of a task, determined by the stored offset, the history and the snapshot mode.
///
/// Source: Debezium's `BinlogConnectorTask.start` (3.6), `MySqlConnectorTask.start` (1.9) and its snapshotters.
enum StartDecision: Hashable, Sendable {
    /// Take a snapshot: with rows, or of definitions only.
    case snapshot(readsRows: Bool, reason: String)
    /// Rebuild the schema from the history and continue from the stored offset.
    case resume(SourceOffset)
    /// Read the whole binlog of the server (`never`).
    case streamFromTheBeginning
    /// The snapshot was taken, and nothing is to be streamed (`initial_only`).
    case nothing

    /// The decision before the server's binlog is inspected.
    ///
    /// - Parameter historyExists: whether the history's topic exists.
    static func make(
        offset: SourceOffset?, historyExists: Bool, mode: SnapshotOptions.Mode, profile: DebeziumProfile,
        historyTopic: String
    ) throws(ConnectorError) -> StartDecision {
        let readsRows = mode != .noData
        guard let offset else {
            return mode == .never
                ? .streamFromTheBeginning : .snapshot(readsRows: readsRows, reason: "no offset is stored")
        }
        if offset.phase == .snapshotRunning {
            guard mode != .never else {
                throw ConnectorError(
                    "The connector previously stopped while taking a snapshot, but now the connector is configured to never "
                        + "allow snapshots. Reconfigure the connector to use snapshots initially or when needed.",
                    remedy: "Set snapshot.mode=initial or when_needed.")
            }
            return .snapshot(readsRows: readsRows, reason: "the previous snapshot was not finished")
        }
        if mode == .initialOnly { return .nothing }
        guard historyExists else {
            throw ConnectorError(
                "The db history topic is missing. You may attempt to recover it by reconfiguring the connector to "
                    + profile.messages.recoveryModeName,
                cause: "an offset is stored, and the topic \(historyTopic) does not exist",
                remedy: "Restore the topic, or take a new snapshot: stop the connector, DELETE its offsets, and resume it.")
        }
        return .resume(offset)
    }

    /// The result of a decision to resume if the server no longer has the events after the offset.
    static func whenUnavailable(
        _ offset: SourceOffset, reason: String, mode: SnapshotOptions.Mode, profile: DebeziumProfile
    ) throws(ConnectorError) -> StartDecision {
        guard mode == .whenNeeded else {
            throw BinlogAvailability.failure(offset, profile: profile, reason: reason)
        }
        return .snapshot(readsRows: true, reason: reason)
    }
}
