/// What a task does first, by what it finds: the stored offset, the history and the snapshot mode.
///
/// Source: Debezium's `BinlogConnectorTask.start` (3.6), `MySqlConnectorTask.start` (1.9) and its snapshotters.
enum StartDecision: Hashable, Sendable {
    /// Take a snapshot: of rows too, or of definitions only.
    case snapshot(readsRows: Bool, reason: String)
    /// Rebuild the schema from the history and go on from the stored offset.
    case resume(SourceOffset)
    /// Read everything that the server has (`never`).
    case streamFromTheBeginning
    /// The snapshot was taken, and more is not wanted (`initial_only`).
    case nothing

    /// What is known before the server's logs are asked for.
    ///
    /// - Parameter historyExists: whether the history's topic is there.
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

    /// The result of a decision to resume when the server no longer has what follows the offset.
    static func whenUnavailable(
        _ offset: SourceOffset, reason: String, mode: SnapshotOptions.Mode, profile: DebeziumProfile
    ) throws(ConnectorError) -> StartDecision {
        guard mode == .whenNeeded else {
            throw BinlogAvailability.failure(offset, profile: profile, reason: reason)
        }
        return .snapshot(readsRows: true, reason: reason)
    }
}
