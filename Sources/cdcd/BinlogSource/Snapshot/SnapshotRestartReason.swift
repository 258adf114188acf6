import MySQLWire

/// The reasons for which a snapshot starts again instead of failing the task.
enum SnapshotRestartReason {
    /// The server's errors for a table or column that was dropped or changed after its definition was read.
    private static let changedTableCodes: Set<UInt16> = [
        1049,  // ER_BAD_DB_ERROR
        1054,  // ER_BAD_FIELD_ERROR
        1146,  // ER_NO_SUCH_TABLE
        1412,  // ER_TABLE_DEF_CHANGED
        1932,  // ER_NO_SUCH_TABLE_IN_ENGINE
    ]

    /// The reason why a new snapshot may succeed: the connection was lost, a table changed before its rows were read,
    /// or the connections led to different servers. nil if it would fail again.
    static func reason(of error: any Error) -> String? {
        if let other = error as? ServerMismatchError { return other.description }
        if let changed = error as? TableChangedError { return changed.description }
        guard let cause = error as? MySQLError ?? (error as? SessionError)?.error else { return nil }
        if case .server(let answer) = cause, changedTableCodes.contains(answer.code) { return cause.description }
        return cause.isRetriable ? cause.description : nil
    }
}
